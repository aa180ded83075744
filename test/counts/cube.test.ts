import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cube, cubeOf, projectCubes } from '../../shared/counts/cube.ts';
import { decodeFragment, encodeColumns, encodeCube, joinFragments } from '../../shared/counts/cube-codec.ts';
import { DIMENSIONS, FACT_EVENTS, type Fact } from '../../shared/counts/fact.ts';
import { VIEWS, viewFor } from '../../shared/counts/views.ts';
import { anyFact } from './arbitrary-fact.ts';

const anyFacts = fc.array(anyFact, { maxLength: 60, size: 'max' });
const anyDimensions = fc.subarray([...DIMENSIONS]);

/** A cube's rows as text, in their order. */
function rowsOf(cube: Cube): string[] {
  return Array.from({ length: cube.rows }, (_, row) =>
    JSON.stringify([
      ...[...cube.columns.values()].map(({ dictionary, indexes }) => dictionary[indexes[row] ?? -1]),
      ...cube.counts.map((counts) => counts[row]),
    ]),
  );
}

/** The same rows, worked out from the facts. */
function expectedRows(facts: readonly Fact[], dimensions: readonly (typeof DIMENSIONS)[number][]): string[] {
  const groups = Map.groupBy(facts, (fact) => dimensions.map((dimension) => fact.dimensions[dimension]).join('\n'));
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, own]) =>
      JSON.stringify([
        ...(dimensions.length === 0 ? [] : key.split('\n')),
        ...FACT_EVENTS.map((event) => own.filter((fact) => fact.event === event).length),
      ]),
    );
}

describe('a cube', () => {
  test('has a row for each distinct tuple, in order, with its events', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(rowsOf(cubeOf(facts))).toEqual(expectedRows(facts, DIMENSIONS));
      }),
    );
  });

  test('of parts is the cube of the whole, with any dimensions', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, anyDimensions, (some, others, dimensions) => {
        const joined = projectCubes([cubeOf(some), cubeOf(others)], dimensions);
        expect(rowsOf(joined)).toEqual(expectedRows([...some, ...others], dimensions));
      }),
    );
  });

  test('keeps tuples apart and in order when their number passes what a number holds', () => {
    const facts = Array.from({ length: 3_000 }, (_, at): Fact => {
      const [sample] = fc.sample(anyFact, { seed: at, numRuns: 1 });
      if (sample === undefined) throw new Error('must be one');
      const spread = Object.fromEntries(
        DIMENSIONS.map((name, position) => [name, String((at * (2 * position + 7)) % 2_003)]),
      );
      return { ...sample, dimensions: { ...sample.dimensions, ...spread } };
    });
    expect(rowsOf(cubeOf(facts))).toEqual(expectedRows(facts, DIMENSIONS));
  });

  test('comes back from its bytes, whole and by columns', () => {
    fc.assert(
      fc.property(anyFacts, anyDimensions, (facts, wanted) => {
        const cube = cubeOf(facts);
        expect(encodeCube(cube).map((bytes) => joinFragments([decodeFragment(bytes)]))).toEqual([cube]);
        const columns = encodeColumns(cube).map((part) =>
          joinFragments(
            [...wanted, 'counts' as const].map((name) => decodeFragment(part.get(name) ?? new Uint8Array())),
          ),
        );
        expect(columns.map(rowsOf)).toEqual([
          rowsOf({
            ...cube,
            columns: new Map(
              wanted.map((name) => [name, cube.columns.get(name) ?? { dictionary: [], indexes: new Uint32Array() }]),
            ),
          }),
        ]);
      }),
    );
  });

  test('is the same bytes in whatever order its facts come', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(encodeCube(cubeOf(facts.toReversed()))).toEqual(encodeCube(cubeOf(facts)));
      }),
    );
  });

  test('that is too large for an item comes in parts that are not', () => {
    const facts = Array.from({ length: 30_000 }, (_, at): Fact => {
      const campaign = Buffer.from(Float64Array.of(Math.sin(at), Math.cos(at), Math.tan(at)).buffer).toString('base64');
      return {
        id: '',
        hour: '',
        event: 'submitted',
        dimensions: {
          state: 'FL',
          county: '',
          metro: '',
          zip3: '',
          dealer: '',
          model: '',
          timeframe: '',
          distanceBand: '',
          locale: '',
          campaign,
        },
      };
    });
    const cube = cubeOf(facts);
    const parts = encodeCube(cube);
    expect(parts.length).toBeGreaterThan(2);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(390_000);
    expect(parts.flatMap((part) => rowsOf(joinFragments([decodeFragment(part)])))).toEqual(rowsOf(cube));
  });

  test('is refused when its fragments are of different rows', () => {
    const [[one = new Map()] = [], [other = new Map()] = []] = [[], fc.sample(anyFact, { seed: 3, numRuns: 9 })].map(
      (facts) => encodeColumns(cubeOf(facts)),
    );
    const fragments = [one.get('state'), other.get('counts')].map((bytes) => decodeFragment(bytes ?? new Uint8Array()));
    expect(() => joinFragments(fragments)).toThrow('do not belong together');
  });
});

describe('the view for a count', () => {
  test('knows every dimension that is asked for, and is there for none, one or two of them', () => {
    fc.assert(
      fc.property(anyDimensions, (dimensions) => {
        const view = viewFor(dimensions);
        if (dimensions.length <= 2) expect(view).toBeDefined();
        if (view !== undefined) expect(view.dimensions).toEqual(expect.arrayContaining(dimensions));
      }),
    );
  });

  test('of a county serves its state and metro too', () => {
    expect(viewFor(['state', 'metro', 'county', 'model'])?.name).toBe('state.metro.county.model');
    expect(viewFor(['state', 'dealer', 'model'])).toBeUndefined();
    expect(VIEWS.length).toBeLessThan(60);
  });
});
