import fc from 'fast-check';
import { FACT_EVENTS, type Fact, type FactDimensions } from '../../shared/counts/fact.ts';

/** Few values each, so that groups hold more than one fact; `unknown` and `none` among them. */
const anyDimensions: fc.Arbitrary<FactDimensions> = fc.record({
  state: fc.constantFrom('FL', 'TX', 'PR', 'unknown'),
  county: fc.constantFrom('12011', '48113', 'unknown'),
  metro: fc.constantFrom('33100', '19100', 'unknown'),
  zip3: fc.constantFrom('333', '752', '090'),
  dealer: fc.constantFrom('2157', '2157-b', 'none'),
  model: fc.constantFrom('a110', 'crossover-compact', 'undecided'),
  timeframe: fc.constantFrom('0-6-months', 'unknown'),
  distanceBand: fc.constantFrom('0-10', '100-250', '250+', 'none'),
  locale: fc.constantFrom('en-US', 'es-US'),
  campaign: fc.constantFrom('Spring', 'spring.2', 'none'),
});

/** Days around the ends of weeks, months and years. */
export const anyDay: fc.Arbitrary<string> = fc
  .date({ min: new Date('2026-12-20T00:00:00Z'), max: new Date('2027-03-05T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** Hours of those days, of which few have any number, so that they are met again. */
export const anyHour: fc.Arbitrary<string> = fc
  .tuple(anyDay, fc.constantFrom('00', '01', '12', '22', '23'))
  .map(([day, hour]) => `${day}T${hour}`);

export const anyFact: fc.Arbitrary<Fact> = fc.record({
  id: fc.uuid(),
  hour: anyHour,
  event: fc.constantFrom(...FACT_EVENTS),
  dimensions: anyDimensions,
});
