import { FACT_EVENTS, type FactDimensions, type FactEvent, UNKNOWN_GROUP } from '../counts/fact.ts';

/** Events that were counted, of one tuple of all dimensions. */
export type EventCounts = Readonly<Record<FactEvent, number>>;

export const NO_EVENTS = Object.fromEntries(FACT_EVENTS.map((event) => [event, 0])) as EventCounts;

/** A tuple of all dimensions with what stands and what was counted. */
export interface Tuple {
  readonly dimensions: FactDimensions;
  /** Confirmed reservations. */
  readonly standing: number;
  readonly events: EventCounts;
}

/** Facts to add: one event, so many times. */
export interface MissingFacts {
  readonly event: FactEvent;
  readonly dimensions: FactDimensions;
  readonly times: number;
}

/** Where a withdrawal is put of which nothing is left but its tombstone. */
const NOWHERE: FactDimensions = {
  state: UNKNOWN_GROUP,
  metro: UNKNOWN_GROUP,
  county: UNKNOWN_GROUP,
  zip3: UNKNOWN_GROUP,
  dealer: 'none',
  distanceBand: 'none',
  model: 'undecided',
  timeframe: UNKNOWN_GROUP,
  locale: 'en-US',
  campaign: 'none',
};

/**
 * The facts by which the counts become those of the reservations again: facts are only ever added. A reservation that stands
 * uncounted is counted as confirmed while fewer were confirmed than there are reservations and tombstones, and as moved in from
 * then on; one that is counted and does not stand as withdrawn while there are more tombstones than withdrawals, and as moved
 * out from then on. So a confirmation that was lost with its reservation stays a confirmation, and is active no more.
 */
export function missingFacts(tuples: readonly Tuple[], tombstones: number): readonly MissingFacts[] {
  const total = (of: (tuple: Tuple) => number) => tuples.reduce((sum, tuple) => sum + of(tuple), 0);
  let confirmations = total(({ standing }) => standing) + tombstones - total(({ events }) => events.confirmed);
  let withdrawals = tombstones - total(({ events }) => events.withdrawn);
  const missing: MissingFacts[] = [];
  const add = (event: FactEvent, dimensions: FactDimensions, times: number) => {
    if (times > 0) missing.push({ event, dimensions, times });
  };
  for (const { dimensions, standing, events } of tuples) {
    const off = standing - (events.confirmed + events.movedIn - events.withdrawn - events.movedOut);
    const came = Math.max(0, off);
    const confirmed = Math.min(came, Math.max(0, confirmations));
    add('confirmed', dimensions, confirmed);
    add('movedIn', dimensions, came - confirmed);
    confirmations -= confirmed;
    const left = Math.max(0, -off);
    const withdrawn = Math.min(left, Math.max(0, withdrawals));
    add('withdrawn', dimensions, withdrawn);
    add('movedOut', dimensions, left - withdrawn);
    withdrawals -= withdrawn;
  }
  // Confirmed and withdrawn while nothing was kept.
  add('confirmed', NOWHERE, Math.max(0, withdrawals));
  add('withdrawn', NOWHERE, Math.max(0, withdrawals));
  return missing;
}

/** Tuples whose numbers differ from what stands. */
export function differing(tuples: readonly Tuple[]): number {
  return tuples.filter(
    ({ standing, events: { confirmed, movedIn, withdrawn, movedOut } }) =>
      standing !== confirmed + movedIn - withdrawn - movedOut,
  ).length;
}
