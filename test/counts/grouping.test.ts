import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FACT_EVENTS, type Fact, type FactEvent } from '../../shared/counts/fact.ts';
import {
  type Counts,
  countFacts,
  type Filters,
  GROUP_KEYS,
  type Group,
  type GroupKey,
} from '../../shared/counts/grouping.ts';
import { dayOf } from '../../shared/counts/period.ts';
import { anyDay, anyFact } from './arbitrary-fact.ts';
import { anyFilters, censusOf } from './counting-desk.ts';

const COUNTED = [...FACT_EVENTS, 'active'] as const;
const EVERY_BY: readonly (readonly GroupKey[])[] = [
  ...GROUP_KEYS.map((key) => [key]),
  ...GROUP_KEYS.flatMap((a) => GROUP_KEYS.filter((b) => b !== a).map((b) => [a, b])),
];
const anyFacts = fc.array(anyFact, { maxLength: 60, size: 'max' });

/** The value that a fact has for a key, worked out in another way. */
function groupValue(fact: Fact, key: GroupKey): string {
  const { distanceBand, ...dimensions } = fact.dimensions;
  const date = new Date(`${dayOf(fact.hour)}T12:00:00Z`);
  switch (key) {
    case 'day':
      return dayOf(fact.hour);
    case 'month':
      return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`;
    case 'week': {
      while (date.toUTCString().slice(0, 3) !== 'Mon') date.setTime(date.getTime() - 86_400_000);
      return date.toISOString().slice(0, 10);
    }
    case 'division':
      return { FL: 'South Atlantic', TX: 'West South Central' }[dimensions.state] ?? 'unknown';
    case 'region':
      return { FL: 'South', TX: 'South' }[dimensions.state] ?? 'unknown';
    case 'distance-band':
      return distanceBand;
    default:
      return dimensions[key];
  }
}

function recount(facts: readonly Fact[]): Counts {
  const of = (event: FactEvent) => facts.filter((fact) => fact.event === event).length;
  const [submitted, confirmed, withdrawn] = [of('submitted'), of('confirmed'), of('withdrawn')];
  const [movedIn, movedOut] = [of('movedIn'), of('movedOut')];
  return { submitted, confirmed, withdrawn, movedIn, movedOut, active: confirmed - withdrawn + movedIn - movedOut };
}

function passes({ dimensions }: Fact, filters: Filters): boolean {
  const asked = [
    [filters.state, dimensions.state],
    [filters.model, dimensions.model],
    [filters.dealer, dimensions.dealer],
    [filters.metro, dimensions.metro],
    [filters.campaign, dimensions.campaign],
  ];
  return asked.every(([wanted, value]) => wanted === undefined || wanted === value);
}

describe('counting facts', () => {
  test('gives the groups of a naive recount, by every key and every pair of keys', () => {
    fc.assert(
      fc.property(anyFacts, anyFilters, (facts, filters) => {
        const kept = facts.filter((fact) => passes(fact, filters));
        for (const by of EVERY_BY) {
          const { total, groups } = countFacts(facts, by, filters, censusOf);
          expect(total).toEqual(recount(kept));
          const byValue = Object.groupBy(kept, (fact) => by.map((key) => groupValue(fact, key)).join('|'));
          const expected = Object.entries(byValue).map(([values, members = []]): Group => {
            const named = Object.fromEntries(values.split('|').map((value, at) => [by[at], value]));
            return { ...named, ...recount(members) };
          });
          expect(new Set(groups)).toEqual(new Set(expected));
          expect(groups).toHaveLength(expected.length);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('gives groups that sum to the total, by every key and every pair of keys', () => {
    fc.assert(
      fc.property(anyFacts, anyFilters, (facts, filters) => {
        for (const by of EVERY_BY) {
          const { total, groups } = countFacts(facts, by, filters, censusOf);
          for (const name of COUNTED) expect(groups.reduce((sum, group) => sum + group[name], 0)).toBe(total[name]);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('orders groups by their keys', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...EVERY_BY), (facts, by) => {
        const { groups } = countFacts(facts, by, {}, censusOf);
        const keys = groups.map((group) => by.map((key) => group[key] ?? ''));
        const inOrder = keys.toSorted((a, b) => {
          const at = a.findIndex((value, index) => value !== b[index]);
          return (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
        });
        expect(keys).toEqual(inOrder);
      }),
    );
  });

  test('without a key gives the total alone', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(countFacts(facts, [], {}, censusOf)).toEqual({ total: recount(facts), groups: [] });
      }),
    );
  });
});

test('weeks run from Monday to Sunday, across the ends of months and years', () => {
  fc.assert(
    fc.property(anyDay, anyFact, (day, fact) => {
      const { groups } = countFacts([{ ...fact, hour: `${day}T00` }], ['week'], {}, censusOf);
      const monday = new Date(`${groups[0]?.week}T00:00:00Z`);
      expect(monday.getUTCDay()).toBe(1);
      const daysAfter = (Date.parse(day) - monday.getTime()) / 86_400_000;
      expect(daysAfter).toBeGreaterThanOrEqual(0);
      expect(daysAfter).toBeLessThan(7);
    }),
  );
});
