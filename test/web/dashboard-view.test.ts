import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countFacts } from '../../shared/counts/grouping.ts';
import { colorOf, colorSteps, MOST_STEPS, stepOf } from '../../web/dashboard/color-steps.ts';
import {
  COUNT_NAMES,
  type CountsGroup,
  formatCount,
  formatShare,
  formatSum,
  sumTold,
} from '../../web/dashboard/counts.ts';
import {
  dayOf,
  daysOf,
  isDay,
  lengthInDays,
  nextPeriod,
  type Period,
  periodFor,
  periodOf,
  periodsBetween,
  RANGE_PRESETS,
  shiftDay,
} from '../../web/dashboard/day-range.ts';
import { growthSeries } from '../../web/dashboard/growth-series.ts';
import { type MapPoint, shapeTowards } from '../../web/dashboard/nearest-shape.ts';
import { AREAS, DEFAULT_VIEW, MEASURES, readView, type View, withFilter, writeView } from '../../web/dashboard/view.ts';

const day = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }).map(dayOf);
const period = fc.constantFrom<Period>('day', 'week', 'month');

const view: fc.Arbitrary<View> = fc.record({
  range: fc.oneof(
    fc.constantFrom(...RANGE_PRESETS),
    day.map((from) => ({ from })),
    day.map((to) => ({ to })),
    fc.tuple(day, day).map(([a, b]) => (a <= b ? { from: a, to: b } : { from: b, to: a })),
  ),
  filters: fc.record(
    {
      state: fc.stringMatching(/^[A-Z]{2}$/),
      model: fc.stringMatching(/^[a-z0-9-]{1,40}$/),
      dealerId: fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
      metro: fc.stringMatching(/^\d{5}$/),
      campaign: fc.stringMatching(/^[A-Za-z0-9._-]{1,60}$/),
    },
    { requiredKeys: [] },
  ),
  measure: fc.constantFrom(...MEASURES),
  area: fc.constantFrom(...AREAS),
});

describe('the address', () => {
  test('gives back the view that it was written for', () => {
    fc.assert(
      fc.property(view, (given) => {
        expect(readView(writeView(given))).toEqual(given);
      }),
    );
  });

  test('of the default view is empty, and an empty one is the default view', () => {
    expect(writeView(DEFAULT_VIEW)).toBe('');
    expect(readView('')).toEqual(DEFAULT_VIEW);
  });

  test.each([
    '?state=florida',
    '?state=FL%26model=a110',
    '?metro=3310',
    '?from=2026-02-30',
    '?from=2026-03-01&to=2026-02-01',
    '?range=2y',
    '?measure=moved',
    '?campaign=%3Cscript%3E',
    '?code=abc',
  ])('%s names nothing that can be shown', (search) => {
    expect(readView(search)).toEqual(DEFAULT_VIEW);
  });

  test('says the same for whatever anybody types into it, read twice', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), (search) => {
        const read = readView(search);
        expect(readView(writeView(read))).toEqual(read);
      }),
    );
  });

  test('loses one filter and keeps the others', () => {
    const filtered = withFilter(withFilter(DEFAULT_VIEW, 'state', 'FL'), 'model', 'a110');
    expect(writeView(withFilter(filtered, 'state', undefined))).toBe('?model=a110');
  });
});

describe('days', () => {
  test('of a preset are so many, today the last', () => {
    expect(daysOf('7d', '2026-03-03')).toEqual({ from: '2026-02-25' });
    expect(lengthInDays('2026-02-25', '2026-03-03')).toBe(7);
    expect(daysOf('all', '2026-03-03')).toEqual({});
  });

  test('that do not exist are none', () => {
    expect(['2028-02-29', '2026-02-29', '2026-13-01', '26-01-01', null].map(isDay)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test('lie in one period each, and periods follow each other without gap', () => {
    fc.assert(
      fc.property(day, fc.nat(800), period, (from, length, each) => {
        const to = shiftDay(from, length);
        const keys = periodsBetween(from, to, each);
        const oracle = new Set(Array.from({ length: length + 1 }, (_, index) => periodOf(shiftDay(from, index), each)));
        expect(keys).toEqual([...oracle]);
        expect(keys.slice(1)).toEqual(keys.slice(0, -1).map((key) => nextPeriod(key, each)));
      }),
      { numRuns: 50 },
    );
  });

  test('fall in the periods that the API groups by', () => {
    const dimensions = {} as never;
    fc.assert(
      fc.property(day, period, (of, each) => {
        const { groups } = countFacts(
          [{ id: '1', hour: `${of}T12`, event: 'submitted', dimensions }],
          [each],
          {},
          () => undefined,
        );
        expect(groups[0]?.[each]).toBe(periodOf(of, each));
      }),
    );
  });

  test('are grouped so that a chart has at most 45 bars within two years', () => {
    for (let days = 1; days <= 730; days += 1) {
      const bars = periodsBetween('2026-01-01', shiftDay('2026-01-01', days - 1), periodFor(days)).length;
      expect(bars, `${days} days`).toBeLessThanOrEqual(45);
      if (days >= 7) expect(bars, `${days} days`).toBeGreaterThanOrEqual(7);
    }
  });
});

describe('the growth series', () => {
  const group = (key: string, active: number | null): CountsGroup => ({
    day: key,
    submitted: 2,
    confirmed: active,
    withdrawn: 0,
    movedIn: 0,
    movedOut: 0,
    active,
  });

  test('fills days on which nothing happened, and adds up what stands', () => {
    const points = growthSeries(
      [group('2026-01-02', 3), group('2026-01-04', -1)],
      'day',
      { from: '2026-01-01' },
      10,
      '2026-01-05',
    );
    expect(points.map(({ key, submitted, standing }) => [key, submitted, standing])).toEqual([
      ['2026-01-01', 0, 10],
      ['2026-01-02', 2, 13],
      ['2026-01-03', 0, 13],
      ['2026-01-04', 2, 12],
      ['2026-01-05', 0, 12],
    ]);
  });

  test('knows no sum from the first change on that is not told', () => {
    const points = growthSeries(
      [group('2026-01-02', null)],
      'day',
      { from: '2026-01-01', to: '2026-01-03' },
      10,
      '2026-02-01',
    );
    expect(points.map(({ standing }) => standing)).toEqual([10, null, null]);
  });

  test('of all days begins with the first that has any; of none there is none', () => {
    expect(growthSeries([group('2026-01-02', 1)], 'day', {}, 0, '2026-01-03')).toHaveLength(2);
    expect(growthSeries([], 'day', {}, 0, '2026-01-03')).toEqual([]);
  });
});

describe('colours', () => {
  const counts = fc.array(fc.option(fc.nat(2_000_000), { nil: null }));

  test('divide all counts into steps without gap, each with a colour of its own, the last the strongest', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const steps = colorSteps(given);
        expect(steps.length).toBeLessThanOrEqual(MOST_STEPS);
        expect(steps[0]?.from).toBe(1);
        expect(steps.at(-1)?.to).toBeUndefined();
        for (const [index, { to }] of steps.entries()) {
          if (to !== undefined) expect(steps[index + 1]?.from).toBe(to + 1);
        }
        const colors = steps.map((_, index) => colorOf(index + 1, steps));
        expect(new Set(colors).size).toBe(colors.length);
        expect(colors.toSorted((a, b) => a - b)).toEqual(colors);
        expect(colors.at(-1)).toBe(MOST_STEPS);
      }),
    );
  });

  test('of a larger count are no paler', () => {
    fc.assert(
      fc.property(counts, fc.nat(2_000_000), fc.nat(2_000_000), (given, a, b) => {
        const steps = colorSteps([...given, a, b]);
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(stepOf(low, steps)).toBeLessThanOrEqual(stepOf(high, steps) ?? -1);
      }),
    );
  });

  test('have none for nothing, and none at all for what is not told', () => {
    const steps = colorSteps([0, 7]);
    expect([stepOf(0, steps), stepOf(-2, steps), stepOf(null, steps)]).toEqual([0, 0, undefined]);
    expect(steps).toEqual([
      { from: 1, to: 1 },
      { from: 2, to: 4 },
      { from: 5, to: undefined },
    ]);
  });
});

describe('arrow keys on the map', () => {
  const grid: MapPoint[] = [0, 1, 2].flatMap((y) => [0, 1, 2].map((x): MapPoint => [x * 10, y * 10]));

  test.each([
    ['ArrowLeft', 3],
    ['ArrowRight', 5],
    ['ArrowUp', 1],
    ['ArrowDown', 7],
  ] as const)('%s goes from the middle to number %i', (key, wanted) => {
    expect(shapeTowards(key, 4, grid)).toBe(wanted);
  });

  test('stop at the rim', () => {
    expect(shapeTowards('ArrowUp', 1, grid)).toBeUndefined();
    expect(shapeTowards('ArrowLeft', 9, grid)).toBeUndefined();
  });
});

describe('counts in words', () => {
  test('are hidden as what they are below', () => {
    expect([formatCount(1234, 5), formatCount(null, 5), formatCount(0, 5)]).toEqual(['1,234', '< 5', '0']);
  });

  test('sum to what is known at least, never to what is not told', () => {
    expect(formatSum(sumTold([3, null, 4]))).toBe('≥ 7');
    expect(formatSum(sumTold([3, 4]))).toBe('7');
  });

  test('have no share of nothing', () => {
    expect([formatShare(1, 4), formatShare(0, 0), formatShare(null, 4), formatShare(1, null)]).toEqual([
      '25%',
      '–',
      '–',
      '–',
    ]);
  });

  test('are the six of the API', () => {
    const { total } = countFacts([], [], {}, () => undefined);
    expect(Object.keys(total).toSorted()).toEqual([...COUNT_NAMES].toSorted());
  });
});
