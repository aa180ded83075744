import { tupleOf } from '../counts/audit-counts.ts';
import type { FactDimensions } from '../counts/fact.ts';
import type { FactTable } from '../counts/fact-table.ts';
import { dayAfter, dayOf, firstHourOf, hourAt } from '../counts/period.ts';
import type { DealerTable } from '../dealers/dealer-table.ts';
import { handoverDeliveries, type Lead } from '../outbox/delivery.ts';
import type { HeldLeads } from '../outbox/held-leads-table.ts';
import type { OutboxTable } from '../outbox/outbox-table.ts';
import type { HeldReservation, HeldTable } from '../reservations/held-table.ts';
import { channelsTo } from '../reservations/reservation-desk.ts';
import type { ReservationTable } from '../reservations/reservation-table.ts';
import { checkRows, type KeptRows, type Misfits } from './check-rows.ts';
import { differing, missingFacts, NO_EVENTS, type Tuple } from './mend-counts.ts';
import { confirmAgain, eraseAgain } from './steps-again.ts';

/** What recovery works with, while no function writes to the tables. */
export interface RecoveryDesk {
  readonly reservations: Pick<ReservationTable, 'find' | 'commit'>;
  readonly held: HeldTable;
  readonly facts: FactTable;
  /** Writes facts and entries of the journal that no step brings. */
  putItems(items: readonly ReturnType<FactTable['addition']>[]): Promise<void>;
  readonly outbox: Pick<OutboxTable, 'additions' | 'listDeliveries'>;
  readonly leads: HeldLeads;
  readonly dealers: DealerTable;
  readonly leadTimes: { readonly remindAfterSeconds: number; readonly escalateAfterSeconds: number };
  nowMilliseconds(): number;
  newId(): string;
}

const AT_ONCE = 16;
/** Of a transaction. */
const MOST_ITEMS = 100;

/**
 * Erases every reservation that the journal names and the table still holds; those that it never held get their tombstone, too.
 * Doing it again does nothing more.
 * @returns how many were erased by this call, of how many in the journal
 */
export async function eraseAll(desk: RecoveryDesk): Promise<{ erased: number; journal: number }> {
  const journal = await desk.facts.readErasures();
  let erased = 0;
  await eachOf(journal, async (id) => {
    const step = eraseAgain(id, await desk.reservations.find(id));
    if (step === undefined) return;
    await desk.reservations.commit(step);
    erased += 1;
  });
  return { erased, journal: journal.size };
}

export interface Check {
  readonly reservations: number;
  readonly misfits: Misfits;
  /** Tuples of all dimensions that are counted otherwise than they stand. */
  readonly countsOff: number;
}

/** Looks, and changes nothing. */
export async function check(desk: RecoveryDesk): Promise<Check> {
  const rows = await readRows(desk);
  return {
    reservations: rows.reservations.size,
    misfits: checkRows(rows, desk.nowMilliseconds()),
    countsOff: differing(await readTuples(rows.reservations, desk)),
  };
}

/** People who have withdrawn are held again, and that comes before all else. */
export class NotErased extends Error {
  override readonly name = 'NotErased';

  constructor(people: number) {
    super(`${people} who have withdrawn are held again, or lack their tombstone: erase them first.`);
  }
}

/** Erasures are not among it: those come first. */
export type Mended = Readonly<Record<Exclude<keyof Misfits, 'erased' | 'leadsAstray'> | 'facts', number>>;

/**
 * Mends what has one right answer; sends nothing but leads that the ledger lacks. Run `eraseAll` before.
 * @throws NotErased while someone who has withdrawn is still held
 */
export async function mend(desk: RecoveryDesk): Promise<Mended> {
  const { erased, confirmationsLost } = checkRows(await readRows(desk), desk.nowMilliseconds());
  if (erased.length > 0) throw new NotErased(erased.length);
  await eachOf(confirmationsLost, async (lead) => {
    const current = await desk.reservations.find(lead.reservationId);
    const step = current?.status === 'pending' ? confirmAgain(current, lead) : undefined;
    if (step !== undefined) await desk.reservations.commit(step);
  });
  // What stands now is what all else has to fit.
  const rows = await readRows(desk);
  const misfits = checkRows(rows, desk.nowMilliseconds());
  const { unjournalled, numbersMissing } = misfits;
  const { held } = desk;
  // Pointers astray first: one that is missing may take the place of one.
  await eachOf(misfits.pointersAstray, (pointer) => held.deletePointer(pointer));
  await eachOf(misfits.pointersMissing, (pointer) => held.putPointer(pointer));
  await eachOf(misfits.placesAstray, (place) => held.deletePlace(place));
  await eachOf(misfits.placesMissing, (place) => held.putPlace(place));
  await eachOf(numbersMissing, ([number, id]) => held.putNumber(number, id));
  await eachOf(misfits.closingsAstray, (key) => desk.leads.deleteClosing(key));
  await eachOf(misfits.leadsMissing, (reservation) => handOverAgain(reservation, desk));
  const today = dayOf(hourAt(desk.nowMilliseconds()));
  await desk.facts.announceDay(today);
  await putAll(
    unjournalled.map((id) => desk.facts.erasure(id, today)),
    desk,
  );
  return {
    confirmationsLost: confirmationsLost.length,
    unjournalled: unjournalled.length,
    pointersMissing: misfits.pointersMissing.length,
    pointersAstray: misfits.pointersAstray.length,
    placesMissing: misfits.placesMissing.length,
    placesAstray: misfits.placesAstray.length,
    numbersMissing: numbersMissing.size,
    closingsAstray: misfits.closingsAstray.length,
    leadsMissing: misfits.leadsMissing.length,
    facts: await mendFacts(rows.reservations, desk),
  };
}

async function readRows(desk: RecoveryDesk): Promise<KeptRows> {
  const [rows, leads, journal] = await Promise.all([desk.held.read(), desk.leads.read(), desk.facts.readErasures()]);
  return { ...rows, leads, journal };
}

/** Adds the facts that are missing, of the hour that it is: nothing of a closed period changes. */
async function mendFacts(reservations: KeptRows['reservations'], desk: RecoveryDesk): Promise<number> {
  const tombstones = [...reservations.values()].filter(({ status }) => status === 'withdrawn').length;
  const hour = hourAt(desk.nowMilliseconds());
  const facts = missingFacts(await readTuples(reservations, desk), tombstones).flatMap(({ event, dimensions, times }) =>
    Array.from({ length: times }, () => ({ id: desk.newId(), hour, event, dimensions })),
  );
  await putAll(
    facts.map((fact) => desk.facts.addition(fact)),
    desk,
  );
  return facts.length;
}

/** What stands and what was counted, a day at a time: all facts together may not fit into memory. */
async function readTuples(
  reservations: KeptRows['reservations'],
  { facts }: Pick<RecoveryDesk, 'facts'>,
): Promise<readonly Tuple[]> {
  const tuples = new Map<string, Tuple>();
  const add = (dimensions: FactDimensions, change: (tuple: Tuple) => Tuple) => {
    const key = tupleOf(dimensions);
    tuples.set(key, change(tuples.get(key) ?? { dimensions, standing: 0, events: NO_EVENTS }));
  };
  for (const { status, dimensions } of reservations.values()) {
    if (status !== 'confirmed' || dimensions === undefined) continue;
    add(dimensions, (tuple) => ({ ...tuple, standing: tuple.standing + 1 }));
  }
  for (const day of await facts.readDays({})) {
    for (const { event, dimensions } of await facts.readFacts({
      from: firstHourOf(day),
      until: firstHourOf(dayAfter(day)),
    })) {
      add(dimensions, (tuple) => ({ ...tuple, events: { ...tuple.events, [event]: tuple.events[event] + 1 } }));
    }
  }
  return [...tuples.values()];
}

/** A lead that the ledger lacks, under its own id: a store that has had it knows it by that. */
async function handOverAgain({ id, leadId, dealerId, number, confirmedAt }: HeldReservation, desk: RecoveryDesk) {
  if (typeof leadId !== 'string' || typeof dealerId !== 'string') return;
  const lead: Lead = {
    id: leadId,
    reservationId: id,
    reservationNumber: number ?? '',
    dealerId,
    createdAt: confirmedAt ?? '',
  };
  const channels = await channelsTo(dealerId, desk);
  const version = (await desk.reservations.find(id))?.version ?? 0;
  const deliveries = handoverDeliveries(lead, { ...desk.leadTimes, channels }, version, desk.nowMilliseconds());
  const kept = new Set((await desk.outbox.listDeliveries(leadId)).map(({ channel }) => channel));
  const missing = deliveries.filter(({ channel }) => !kept.has(channel));
  await desk.putItems(desk.outbox.additions(lead, missing));
}

async function putAll(items: readonly ReturnType<FactTable['addition']>[], desk: RecoveryDesk): Promise<void> {
  for (let from = 0; from < items.length; from += MOST_ITEMS) {
    await desk.putItems(items.slice(from, from + MOST_ITEMS));
  }
}

async function eachOf<T>(all: Iterable<T>, act: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = all[Symbol.iterator]();
  const work = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
