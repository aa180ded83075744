import { FACT_TABLE } from '../../shared/counts/fact-table.ts';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import type { ConfirmedReservation, Reservation } from '../../shared/reservations/reservation.ts';
import { RESERVATION_TABLE, reservationOfItem } from '../../shared/reservations/reservation-table.ts';
import type { MailTaker } from '../stack/mail-taker.ts';
import type { BuyerRecord } from './chaos-buyer.ts';

type Row = Readonly<Record<string, unknown>>;
type Group = Readonly<Record<string, unknown>> & { readonly active: number };

export interface ChaosScene {
  readonly buyers: readonly BuyerRecord[];
  /** All rows, by the variable that names their table. */
  readonly tables: ReadonlyMap<string, readonly Row[]>;
  /** As marketing is told. */
  readonly counted: { readonly total: Readonly<Record<string, number>>; readonly byDealer: readonly Group[] };
  readonly taker: Pick<MailTaker, 'mails' | 'webhooks'>;
}

const REMINDERS: readonly unknown[] = ['reminder-mail', 'escalation-mail'];

/** What buyers were told, against what the tables hold when all is calm. Gives what is wrong, in words. */
export function faultsOfTruth(scene: ChaosScene): readonly string[] {
  const rowsOf = (table: { readonly environmentVariable: string }): readonly Row[] =>
    scene.tables.get(table.environmentVariable) ?? [];
  const reservations = rowsOf(RESERVATION_TABLE);
  const states = reservations.filter(({ sk }) => sk === 'state').flatMap((row) => reservationOfItem(row) ?? []);
  const confirmed = states.filter((state) => state.status === 'confirmed');
  const facts = rowsOf(FACT_TABLE).filter((row) => 'dimensions' in row && 'event' in row && !('counts' in row));
  const outbox = rowsOf(OUTBOX_TABLE);
  return [
    ...faultsOfBuyers(scene, states, reservations),
    ...faultsOfPeople(states, reservations),
    ...faultsOfLines(confirmed, reservations),
    ...faultsOfCounts(scene.counted, facts, states),
    ...faultsOfLeads(confirmed, outbox, scene),
    ...faultsOfOutbox(outbox, states),
  ];
}

/** Nothing that was told is lost, nothing that was taken back is there. */
function faultsOfBuyers(
  { buyers, tables }: ChaosScene,
  states: readonly Reservation[],
  reservations: readonly Row[],
): readonly string[] {
  const everything = JSON.stringify([...tables.values()]);
  const idOfNumber = new Map(
    reservations
      .filter(({ sk }) => sk === 'taken')
      .map(({ pk, reservationId }) => [String(pk).slice('number#'.length), reservationId]),
  );
  return buyers.flatMap(({ email, accepted, numbers, changed, changeUnknown, withdrawal }) => {
    const own = states.filter((state) => state.status !== 'withdrawn' && state.person.email === email);
    const faults: string[] = [];
    if (numbers.size > 1) faults.push(`${email} was told ${numbers.size} numbers`);
    if (own.length > 1) faults.push(`${email} has ${own.length} reservations`);
    const [held] = own;
    if (withdrawal === 'told') {
      if (everything.includes(email)) faults.push(`${email} has withdrawn, and a trace is left`);
      const [number = ''] = numbers;
      if (!states.some(({ id, status }) => id === idOfNumber.get(number) && status === 'withdrawn')) {
        faults.push(`${email} has withdrawn, and no tombstone is left`);
      }
      return faults;
    }
    if (withdrawal === 'unknown') return faults;
    if (accepted > 0 && held === undefined)
      faults.push(`${email} was told that the form is accepted, and nothing is held`);
    const [number] = numbers;
    if (number !== undefined) {
      if (held?.status !== 'confirmed')
        faults.push(`${email} was told ${number}, and is ${held?.status ?? 'not there'}`);
      else if (held.number !== number) faults.push(`${email} was told ${number}, and has ${held.number}`);
    }
    if (changed !== undefined && !changeUnknown && held?.status === 'confirmed') {
      const has = { model: held.model, dealerId: held.dealerId, zip: held.person.zip };
      if (JSON.stringify(has) !== JSON.stringify(changed))
        faults.push(`${email} was told of a change that is not held`);
    }
    return faults;
  });
}

/** One active reservation a person, the one that the pointer leads to; no number twice. */
function faultsOfPeople(states: readonly Reservation[], reservations: readonly Row[]): readonly string[] {
  const active = states.filter((state) => state.status !== 'withdrawn');
  const pointers = new Map(
    reservations.filter(({ sk }) => sk === 'pointer').map(({ pk, reservationId }) => [String(pk), reservationId]),
  );
  const lost = active.filter(({ id, personKey }) => pointers.get(`person#${personKey}`) !== id);
  const astray = [...pointers.values()].filter((id) => !active.some((state) => state.id === id));
  const numbers = states.flatMap((state) => (state.status === 'confirmed' ? [state.number] : []));
  return [
    ...(lost.length > 0 ? [`${lost.length} reservations have no pointer`] : []),
    ...(astray.length > 0 ? [`${astray.length} pointers lead to nothing`] : []),
    ...(new Set(numbers).size < numbers.length ? ['a number was given twice'] : []),
  ];
}

/** Everyone stands once, in the line of their store. */
function faultsOfLines(confirmed: readonly ConfirmedReservation[], reservations: readonly Row[]): readonly string[] {
  const lines = reservations.filter(({ pk }) => String(pk).startsWith('line#')).map(({ pk, sk }) => `${pk} ${sk}`);
  const expected = confirmed
    .filter(({ dealerId }) => dealerId !== null)
    .map(({ dealerId, confirmedAt, id }) => `line#${dealerId} ${confirmedAt}#${id}`);
  return JSON.stringify(lines.toSorted()) === JSON.stringify(expected.toSorted())
    ? []
    : ['the lines are not those of the reservations'];
}

/** Facts are the reservations, and what marketing is told is the facts. */
function faultsOfCounts(
  { total, byDealer }: ChaosScene['counted'],
  facts: readonly Row[],
  states: readonly Reservation[],
): readonly string[] {
  const confirmed = states.filter((state) => state.status === 'confirmed');
  const withdrawn = states.filter(({ status }) => status === 'withdrawn').length;
  const events = (event: string): number => facts.filter((fact) => fact['event'] === event).length;
  const faults: string[] = [];
  const expect = (what: string, is: number | undefined, shouldBe: number): void => {
    if (is !== shouldBe) faults.push(`${what}: ${is} instead of ${shouldBe}`);
  };
  expect('submitted facts', events('submitted'), states.length);
  expect('confirmed facts', events('confirmed'), confirmed.length + withdrawn);
  expect('withdrawn facts', events('withdrawn'), withdrawn);
  expect('facts of moving in', events('movedIn'), events('movedOut'));
  for (const event of ['submitted', 'confirmed', 'withdrawn', 'movedIn', 'movedOut']) {
    expect(`${event}, as marketing is told`, total[event], events(event));
  }
  expect('active, as marketing is told', total['active'], confirmed.length);
  const standing = Map.groupBy(confirmed, ({ dealerId }) => dealerId ?? 'none');
  const told = new Map(byDealer.map((group) => [String(group['dealer']), group.active]));
  for (const dealer of new Set([...standing.keys(), ...told.keys()])) {
    expect(`active at ${dealer}, as marketing is told`, told.get(dealer) ?? 0, standing.get(dealer)?.length ?? 0);
  }
  return faults;
}

/** Each confirmed reservation with a store has its lead, and the store has it or the ledger says why not. */
function faultsOfLeads(
  confirmed: readonly ConfirmedReservation[],
  outbox: readonly Row[],
  { taker }: ChaosScene,
): readonly string[] {
  const tagged = new Set(taker.mails.map(({ tags }) => tags));
  const leads = new Map(outbox.filter(({ sk }) => sk === 'lead').map((row) => [String(row['id']), row]));
  return confirmed.flatMap(({ person: { email }, dealerId, leadId }) => {
    if (dealerId === null) return [];
    const lead = leads.get(String(leadId));
    if (lead === undefined || lead['dealerId'] !== dealerId) return [`${email} has a store and no lead for it`];
    const deliveries = outbox.filter(
      ({ group, channel }) => group === `lead#${leadId}` && !REMINDERS.includes(channel),
    );
    if (deliveries.length === 0) return [`the lead ${leadId} was never to be sent`];
    return deliveries.flatMap(({ channel, status, lastError }) => {
      if (status === 'delivered') {
        const isMail = channel !== 'webhook' && channel !== 'lead-closed-webhook';
        const wasTaken =
          !isMail || [...tagged].some((tags) => tags.includes(String(leadId)) && tags.includes(String(channel)));
        return wasTaken ? [] : [`the ${channel} of lead ${leadId} is marked as sent, and nobody got it`];
      }
      if ((status === 'failed' || status === 'cancelled') && typeof lastError === 'string') return [];
      return [`the ${channel} of lead ${leadId} is ${status}, and nothing says why`];
    });
  });
}

/** Nothing is left to be sent, and nothing there belongs to nobody. */
function faultsOfOutbox(outbox: readonly Row[], states: readonly Reservation[]): readonly string[] {
  const ids = new Set<unknown>(states.map(({ id }) => id));
  const leads = new Set(outbox.filter(({ sk }) => sk === 'lead').map(({ id }) => `lead#${id}`));
  const deliveries = outbox.filter(({ sk }) => String(sk).startsWith('delivery#'));
  const due = deliveries.filter((row) => 'due' in row);
  const ownerless = deliveries.filter(({ reservationId }) => !ids.has(reservationId));
  const leadless = deliveries.filter(({ group }) => String(group).startsWith('lead#') && !leads.has(String(group)));
  return [
    ...(due.length > 0
      ? [`${due.length} deliveries are still due: ${[...new Set(due.map(({ channel }) => channel))]}`]
      : []),
    ...(ownerless.length > 0 ? [`${ownerless.length} deliveries are of no reservation`] : []),
    ...(leadless.length > 0 ? [`${leadless.length} deliveries are of no lead`] : []),
  ];
}
