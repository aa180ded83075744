import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FACT_EVENTS, type FactDimensions } from '../../shared/counts/fact.ts';
import { differing, missingFacts, NO_EVENTS, type Tuple } from '../../shared/recovery/mend-counts.ts';

const few = fc.nat({ max: 4 });
const events = fc.record(Object.fromEntries(FACT_EVENTS.map((event) => [event, few]))) as fc.Arbitrary<Tuple['events']>;
const tuples: fc.Arbitrary<Tuple[]> = fc
  .array(fc.record({ standing: few, events }), { minLength: 1, maxLength: 5 })
  .map((all) => all.map((one, index) => ({ ...one, dimensions: dimensionsOf(`campaign-${index}`) })));

function dimensionsOf(campaign: string): FactDimensions {
  const place = { state: 'FL', metro: '33100', county: '12011', zip3: '333', distanceBand: '0-10' };
  return { ...place, dealer: 'north', model: 'a110', timeframe: 'unknown', locale: 'en-US', campaign };
}

/** The tuples once the missing facts are among the events. */
function mended(all: readonly Tuple[], tombstones: number): readonly Tuple[] {
  const after = new Map(all.map((tuple) => [tuple.dimensions.campaign, { ...tuple, events: { ...tuple.events } }]));
  for (const { event, dimensions, times } of missingFacts(all, tombstones)) {
    expect(times).toBeGreaterThan(0);
    const tuple = after.get(dimensions.campaign) ?? { dimensions, standing: 0, events: { ...NO_EVENTS } };
    tuple.events[event] += times;
    after.set(dimensions.campaign, tuple);
  }
  return [...after.values()];
}

const total = (all: readonly Tuple[], of: (tuple: Tuple) => number) => all.reduce((sum, tuple) => sum + of(tuple), 0);

test('whatever was lost, every group is counted as it stands, and so are withdrawals unless too many were', () => {
  fc.assert(
    fc.property(tuples, few, (all, tombstones) => {
      const after = mended(all, tombstones);
      expect(differing(after)).toBe(0);
      const withdrawn = (of: readonly Tuple[]) => total(of, ({ events: own }) => own.withdrawn);
      expect(withdrawn(after)).toBe(Math.max(tombstones, withdrawn(all)));
    }),
  );
});

test('nothing is added where nothing is missing, and nothing twice', () => {
  fc.assert(
    fc.property(tuples, few, (all, tombstones) => {
      expect(missingFacts(mended(all, tombstones), tombstones)).toEqual([]);
    }),
  );
});

test('confirmations that the facts lost are confirmations again, up to as many as there must have been', () => {
  const tuple: Tuple = { dimensions: dimensionsOf('spring'), standing: 5, events: { ...NO_EVENTS, confirmed: 3 } };
  expect(missingFacts([tuple], 0)).toMatchObject([{ event: 'confirmed', times: 2 }]);
  const moved: Tuple = { dimensions: dimensionsOf('summer'), standing: 0, events: { ...NO_EVENTS, confirmed: 2 } };
  expect(missingFacts([tuple, moved], 0)).toMatchObject([
    { event: 'movedIn', times: 2 },
    { event: 'movedOut', times: 2 },
  ]);
});
