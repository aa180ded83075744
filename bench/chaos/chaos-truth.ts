import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import type { ConfirmedReservation, Reservation } from '../../shared/reservations/reservation.ts';
import { reservationOfItem } from '../../shared/reservations/reservation-rows-table.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { type ChaosScene, type Row, rowsOf } from './chaos-scene.ts';
import { faultsOfCounts } from './truth-of-counts.ts';
import { faultsOfDeliveries } from './truth-of-deliveries.ts';

/** What buyers, stores and marketing were told, against what the tables hold when all is calm. Gives what is wrong, in words. */
export function faultsOfTruth(scene: ChaosScene): readonly string[] {
  const reservations = rowsOf(scene, RESERVATION_TABLE);
  const states = reservations.filter(({ sk }) => sk === 'state').flatMap((row) => reservationOfItem(row) ?? []);
  const confirmed = states.filter((state) => state.status === 'confirmed');
  return [
    ...faultsOfBuyers(scene, states, reservations),
    ...faultsOfPeople(states, reservations),
    ...faultsOfNumbers(states, reservations),
    ...faultsOfLines(confirmed, reservations),
    ...faultsOfCounts(scene, states),
    ...faultsOfDeliveries(scene, states, rowsOf(scene, OUTBOX_TABLE)),
  ];
}

/** Nothing that was told is lost, nothing that was taken back is there. */
function faultsOfBuyers(
  { buyers, tables }: ChaosScene,
  states: readonly Reservation[],
  reservations: readonly Row[],
): readonly string[] {
  const everything = JSON.stringify([...tables.values()]);
  const idOfNumber = idsByNumber(reservations);
  return buyers.flatMap(({ email, familyName, accepted, numbers, mayHold, withdrawal }) => {
    const own = states.filter((state) => state.status !== 'withdrawn').filter(({ person }) => person.email === email);
    const faults: string[] = [];
    if (numbers.size > 1) faults.push(`${email} was told ${numbers.size} numbers`);
    if (own.length > 1) faults.push(`${email} has ${own.length} reservations`);
    const [held] = own;
    const [number] = numbers;
    // One that nobody has told about is done or not, and nothing between.
    if (withdrawal === 'told' || (withdrawal === 'unknown' && held === undefined)) {
      if ([email, familyName].some((value) => everything.includes(value)))
        faults.push(`${email} has withdrawn, and a trace is left`);
      const id = number === undefined ? undefined : idOfNumber.get(number);
      if (!states.some((state) => state.id === id && state.status === 'withdrawn')) {
        faults.push(`${email} has withdrawn, and no tombstone is left`);
      }
      return faults;
    }
    if (accepted > 0 && held === undefined)
      faults.push(`${email} was told that the form is accepted, and nothing is held`);
    if (number !== undefined) {
      if (held?.status !== 'confirmed')
        faults.push(`${email} was told ${number}, and is ${held?.status ?? 'not there'}`);
      else if (held.number !== number) faults.push(`${email} was told ${number}, and has ${held.number}`);
    }
    if (held !== undefined) {
      const has = { model: held.model, dealerId: held.dealerId, zip: held.person.zip };
      const isTheirs = mayHold.some((choice) => JSON.stringify(choice) === JSON.stringify(has));
      if (!isTheirs) faults.push(`${email} has what they neither asked for nor were told of: ${JSON.stringify(has)}`);
    }
    return faults;
  });
}

/** One active reservation a person, the one that the pointer leads to. */
function faultsOfPeople(states: readonly Reservation[], reservations: readonly Row[]): readonly string[] {
  const active = states.filter((state) => state.status !== 'withdrawn');
  const pointers = new Map(
    reservations.filter(({ sk }) => sk === 'pointer').map(({ pk, reservationId }) => [String(pk), reservationId]),
  );
  const lost = active.filter(({ id, personKey }) => pointers.get(`person#${personKey}`) !== id);
  const astray = [...pointers.values()].filter((id) => !active.some((state) => state.id === id));
  return [
    ...(lost.length > 0 ? [`${lost.length} reservations have no pointer`] : []),
    ...(astray.length > 0 ? [`${astray.length} pointers lead to nothing`] : []),
  ];
}

/** Whoever was confirmed has a number of their own, which is nobody else's after a withdrawal either. */
function faultsOfNumbers(states: readonly Reservation[], reservations: readonly Row[]): readonly string[] {
  const stateOf = new Map(states.map((state) => [state.id, state]));
  const taken = [...idsByNumber(reservations)];
  const astray = taken.filter(([number, id]) => {
    const state = stateOf.get(String(id));
    return state?.status !== 'withdrawn' && !(state?.status === 'confirmed' && state.number === number);
  });
  const wereConfirmed = states.filter(({ status }) => status !== 'pending').length;
  return [
    ...(astray.length > 0 ? [`${astray.length} numbers are taken by nobody`] : []),
    ...(taken.length === wereConfirmed ? [] : [`${taken.length} numbers are taken, by ${wereConfirmed} reservations`]),
  ];
}

function idsByNumber(reservations: readonly Row[]): ReadonlyMap<string, unknown> {
  return new Map(
    reservations
      .filter(({ sk }) => sk === 'taken')
      .map(({ pk, reservationId }) => [String(pk).slice('number#'.length), reservationId]),
  );
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
