import assert from 'node:assert/strict';
import type { Fact } from '../../shared/counts/fact.ts';
import { type Counts, countFacts, type GroupKey } from '../../shared/counts/grouping.ts';
import type { ConfirmedReservation } from '../../shared/reservations/reservation.ts';
import { isExpired } from '../../shared/reservations/reservation-life.ts';
import type { Item, LocatorTables } from '../support/locator-tables.ts';
import type { History } from './fault-history.ts';
import { expectStoresServed } from './history-leads.ts';
import { type HistoryRecord, type Judged, pointerPlace, readRecord } from './history-record.ts';

/**
 * Holds what the tables hold of a history against what its callers were told.
 * @returns what was counted of it
 * @throws AssertionError
 */
export async function expectTruth(history: History, tables: LocatorTables): Promise<Counts> {
  const record = await readRecord(history, tables);
  expectOneLife(record);
  expectOneActive(history, record);
  expectNothingLost(history, record);
  expectOneEffect(record);
  expectLines(record);
  expectStoresServed(history, record);
  expectBuyersServed(record);
  return expectFacts(record);
}

/** Each step stands on the one before it, versions rise by one, and what is held is what the last one left. */
function expectOneLife({ attempts, states }: HistoryRecord): void {
  const steps = attempts.filter(({ committed }) => committed !== false);
  const certain = steps.filter(({ committed }) => committed === true);
  const changes = certain.filter(({ transition: { from, to } }) => from !== to);
  const leftBy = (id: string, version: number) =>
    steps.filter(({ transition: { from, to } }) => from !== to && to.id === id && to.version === version);

  for (const { transition } of certain) {
    const { from, to } = transition;
    assert.notEqual(from?.status, 'withdrawn', 'nothing comes after a withdrawal');
    if (from === undefined) continue;
    const before = leftBy(from.id, from.version).map((step) => step.transition.to);
    assert.ok(before.some(isLike(from)), `version ${to.version} does not stand on the one before it`);
  }
  for (const own of Map.groupBy(changes, ({ transition: { to } }) => to.id).values()) {
    const versions = own.map(({ transition: { to } }) => to.version);
    assert.equal(new Set(versions).size, versions.length, `versions ${versions} were written twice`);
    const [first] = own;
    if (first === undefined) continue;
    const { id } = first.transition.to;
    const last = Math.max(...versions);
    const isReplaced = changes.some(({ transition: { from, to } }) => from?.id === id && to.id !== id);
    const state = states.get(id);
    assert.equal(state === undefined, isReplaced, 'only one whose time was over goes');
    if (state === undefined) continue;
    assert.ok(state.version === last || state.version === last + 1, `holds version ${state.version} after ${last}`);
    assert.ok(leftBy(id, state.version).some(({ transition: { to } }) => isLike(state)(to)));
  }
  const written = new Set(changes.map(({ transition: { to } }) => to.id));
  for (const id of states.keys()) assert.ok(written.has(id), 'a state that nobody wrote');
}

/** One active reservation a person, the one that the pointer leads to; and no trace of who has none. */
function expectOneActive(history: History, record: HistoryRecord): void {
  for (const email of history.emails) {
    const own = [...record.states.values()].filter(
      (state) => state.status !== 'withdrawn' && state.person.email === email,
    );
    const active = own.filter((state) => !isExpired(state, history.now));
    assert.ok(active.length <= 1, `${active.length} active reservations of one person`);
    const { table, pk, sk } = pointerPlace(email, history);
    const pointer = record.item(table, pk, sk);
    const [held = own[0]] = active;
    assert.equal(pointer?.['reservationId'], held?.id);
    if (own.length === 0) {
      assert.ok(!record.asText().includes(email) && !record.asText().includes(pk.slice('person#'.length)), 'a trace');
    }
  }
}

/** What callers were told is so, or was taken back since. */
function expectNothingLost(history: History, record: HistoryRecord): void {
  const { attempts, states } = record;
  const asked = attempts.filter(({ committed, counts }) => committed === true && counts.length > 0);
  for (const { email, request } of history.accepted) {
    const mails = asked.filter(({ transition: { to } }) => to.status !== 'withdrawn' && to.person.email === email);
    // Past five in an hour a form is answered, and nothing is done.
    assert.ok(mails.length >= 5 || mails.some((step) => step.request === request), 'an accepted form is lost');
  }
  for (const number of history.numberByToken.values()) {
    const id = String(record.item('reservations', `number#${number}`, 'taken')?.['reservationId']);
    const state = states.get(id);
    assert.ok(state?.status === 'withdrawn' || (state?.status === 'confirmed' && state.number === number), 'a receipt');
  }
  for (const told of history.changed) {
    const isKnown = attempts.some(({ committed, transition: { to } }) => committed !== false && isLike(told)(to));
    assert.ok(isKnown, 'a change that was told is lost');
    assert.ok((states.get(told.id)?.version ?? 0) >= told.version);
  }
  for (const id of history.unsubscribed) {
    const state = states.get(id);
    if (state?.status !== 'confirmed') continue;
    const ended = state.consents.filter((consent) => consent.id === 'email').findLastIndex(({ granted }) => !granted);
    assert.ok(ended > 0, 'who unsubscribed was not heard');
  }
  for (const id of history.withdrawn) assert.equal(states.get(id)?.status, 'withdrawn');
}

/** A request has one effect, however often it is sent; a number and a mail's count are for one step each. */
function expectOneEffect({ attempts, confirmed, item }: HistoryRecord): void {
  const certain = attempts.filter(({ committed }) => committed === true);
  for (const own of Map.groupBy(certain, ({ request }) => request).values()) {
    assert.equal(own.length, 1, 'one request had several effects');
  }
  for (const { id, number } of confirmed) {
    assert.equal(item('reservations', `number#${number}`, 'taken')?.['reservationId'], id);
  }
  const counted = (list: readonly Judged[]) => {
    const keys = list.flatMap(({ counts }) => counts.map(({ Update }) => Update?.Key as { pk: string; sk: string }));
    return Map.groupBy(keys, ({ pk, sk }) => JSON.stringify([pk, sk]));
  };
  const committed = counted(certain);
  for (const [text, [key]] of counted(attempts)) {
    if (key === undefined) continue;
    assert.equal(
      item('limits', key.pk, key.sk)?.['hits'] ?? 0,
      committed.get(text)?.length ?? 0,
      'mails were miscounted',
    );
  }
}

/** Exactly one entry, in the line of the present store. */
function expectLines({ lines, confirmed }: HistoryRecord): void {
  for (const [store, entries] of lines) {
    const own = confirmed.filter(({ dealerId }) => dealerId === store);
    assert.deepEqual(entries, own.map(({ confirmedAt, id }) => `${confirmedAt}#${id}`).sort());
  }
}

/** Nothing is left to be sent, and buyers have the receipt and the last change. */
function expectBuyersServed({ attempts, deliveries, states }: HistoryRecord): void {
  for (const { channel, status, ...row } of deliveries.values()) {
    assert.ok(status === 'delivered' || status === 'cancelled', `a ${channel} is ${status}: ${row['lastError']}`);
    assert.ok(!('due' in row));
  }
  for (const { committed, transition } of attempts) {
    if (committed !== true || transition.to.status !== 'confirmed') continue;
    const { to } = transition;
    const state = states.get(to.id);
    if (state?.status !== 'confirmed') continue;
    for (const { group, channel, reservationVersion } of transition.deliveries) {
      const isLast = !state.history.slice(reservationVersion).some(({ event }) => event === 'changed');
      if (channel === 'receipt-mail' || (channel === 'change-mail' && isLast)) {
        assert.equal(deliveries.get(`${group}/${channel}`)?.status, 'delivered', `a ${channel}`);
      }
    }
  }
}

const GROUPED_BY: readonly (readonly [GroupKey, (state: ConfirmedReservation) => string])[] = [
  ['dealer', ({ dealerId }) => dealerId ?? 'none'],
  ['model', ({ model }) => model],
  ['zip3', ({ person }) => person.zip.slice(0, 3)],
  ['state', ({ person }) => (person.zip.startsWith('9') ? 'CA' : 'FL')],
  ['timeframe', ({ timeframe }) => timeframe ?? 'unknown'],
  ['locale', ({ locale }) => locale],
];

/** Facts are the truth, in all and in every group. */
function expectFacts({ facts, attempts, states, confirmed }: HistoryRecord): Counts {
  const read = facts.map(factOf);
  const { total } = countFacts(read, [], {}, () => undefined);
  const withdrawn = [...states.values()].filter(({ status }) => status === 'withdrawn').length;
  const begun = attempts.filter(({ committed, transition: { to } }) => committed === true && to.version === 1);
  assert.deepEqual(total, {
    submitted: new Set(begun.map(({ transition: { to } }) => to.id)).size,
    confirmed: confirmed.length + withdrawn,
    withdrawn,
    movedIn: total.movedOut,
    movedOut: total.movedOut,
    active: confirmed.length,
  });
  for (const [key, groupOf] of GROUPED_BY) {
    const standing = Map.groupBy(confirmed, groupOf);
    const { groups } = countFacts(read, [key], {}, () => undefined);
    for (const group of groups) {
      assert.equal(group.active, standing.get(group[key] ?? '')?.length ?? 0, `active by ${key} of ${group[key]}`);
    }
  }
  return total;
}

function factOf(item: Item): Fact {
  return {
    id: String(item['sk']).slice(3),
    hour: `${String(item['pk']).slice(0, 10)}T${String(item['sk']).slice(0, 2)}`,
    event: item['event'] as Fact['event'],
    dimensions: item['dimensions'] as Fact['dimensions'],
  };
}

/** Whether another says the same, member by member. */
function isLike(one: unknown): (other: unknown) => boolean {
  const text = canonical(one);
  return (other) => canonical(other) === text;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
