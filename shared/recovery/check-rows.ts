import type { DeliveryKey } from '../outbox/delivery.ts';
import type { HeldLead } from '../outbox/held-leads-table.ts';
import type { HeldReservation, HeldRows, LinePlace, Pointer } from '../reservations/held-table.ts';

/** What does not fit together after a table has come back from an earlier time. All empty: it does. */
export interface Misfits {
  /** Ids of the journal of erasures whose reservation is not erased: people who have withdrawn and are held again. */
  readonly erased: readonly string[];
  /** Leads by which a pending reservation was confirmed, just as it stands. */
  readonly confirmationsLost: readonly HeldLead[];
  /** Tombstones that the journal does not name. */
  readonly unjournalled: readonly string[];
  readonly pointersMissing: readonly Pointer[];
  /** Pointers to what does not stand: they keep their person from ever reserving again. */
  readonly pointersAstray: readonly Pointer[];
  readonly placesMissing: readonly LinePlace[];
  /** Places in line of nobody: they put everyone behind them too far back. */
  readonly placesAstray: readonly LinePlace[];
  /** Numbers that were given and may be given again, with their reservations. */
  readonly numbersMissing: ReadonlyMap<string, string>;
  /** Notices that a lead is closed which stands again: with them it could not be closed once more. */
  readonly closingsAstray: readonly DeliveryKey[];
  /** Reservations whose lead is not in the ledger. */
  readonly leadsMissing: readonly HeldReservation[];
  /** Leads that stores have, or will be sent, of reservations that do not stand with them any more. */
  readonly leadsAstray: readonly HeldLead[];
}

export interface KeptRows extends HeldRows {
  readonly leads: ReadonlyMap<string, HeldLead>;
  readonly journal: ReadonlySet<string>;
}

/** Holds the rows of the reservations against each other, the journal of erasures and the ledger. */
export function checkRows(rows: KeptRows, nowMilliseconds: number): Misfits {
  const { reservations, pointers, numbers, places, leads, journal } = rows;
  const nowSeconds = Math.floor(nowMilliseconds / 1000);
  const all = [...reservations.values()];
  const confirmed = all.filter(({ status }) => status === 'confirmed');
  const active = all.filter(
    ({ status, expiresAtSeconds = 0 }) =>
      status === 'confirmed' || (status === 'pending' && expiresAtSeconds > nowSeconds),
  );
  const pointedAt = new Map(pointers.map(({ personKey, reservationId }) => [personKey, reservationId]));
  const standingPlaces = new Map(confirmed.flatMap((held) => placeOf(held)).map((place) => [textOf(place), place]));
  const heldPlaces = new Set(places.map(textOf));

  const numbersMissing = new Map<string, string>();
  for (const { number, id } of confirmed) if (number !== undefined) numbersMissing.set(number, id);
  for (const { reservationNumber, reservationId } of leads.values()) {
    numbersMissing.set(reservationNumber, reservationId);
  }
  for (const number of numbers.keys()) numbersMissing.delete(number);

  const wasConfirmedBy = ({ reservationId, dealerId, sentVersion, closings }: HeldLead) => {
    const held = reservations.get(reservationId);
    const isAsSent = held?.status === 'pending' && held.dealerId === dealerId && held.version + 1 === sentVersion;
    return isAsSent && closings.length === 0 && !journal.has(reservationId);
  };
  const isStanding = ({ id, reservationId }: HeldLead) => reservations.get(reservationId)?.leadId === id;
  return {
    erased: [...journal].filter((id) => reservations.get(id)?.status !== 'withdrawn'),
    confirmationsLost: [...leads.values()].filter(wasConfirmedBy),
    unjournalled: all.filter(({ id, status }) => status === 'withdrawn' && !journal.has(id)).map(({ id }) => id),
    pointersMissing: active.flatMap((held) => pointerOf(held, pointedAt)),
    pointersAstray: pointers.filter(({ personKey, reservationId, freeFromSeconds = Number.POSITIVE_INFINITY }) => {
      const held = reservations.get(reservationId);
      const leadsSomewhere = held !== undefined && held.personKey === personKey;
      // After a pending one's time its pointer is free, and time to live takes it some day.
      return !leadsSomewhere && freeFromSeconds > nowSeconds;
    }),
    placesMissing: [...standingPlaces].filter(([text]) => !heldPlaces.has(text)).map(([, place]) => place),
    placesAstray: places.filter((place) => !standingPlaces.has(textOf(place))),
    numbersMissing,
    closingsAstray: [...leads.values()].filter(isStanding).flatMap(({ closings }) => closings),
    leadsMissing: confirmed.filter(({ leadId }) => typeof leadId === 'string' && !leads.has(leadId)),
    leadsAstray: [...leads.values()].filter(
      (lead) =>
        !isStanding(lead) &&
        !wasConfirmedBy(lead) &&
        lead.closings.length === 0 &&
        reservations.get(lead.reservationId)?.status !== 'withdrawn' &&
        !journal.has(lead.reservationId),
    ),
  };
}

function pointerOf(held: HeldReservation, pointedAt: ReadonlyMap<string, string>): readonly Pointer[] {
  const { id, personKey, status, expiresAtSeconds } = held;
  if (personKey === undefined || pointedAt.get(personKey) === id) return [];
  return [{ personKey, reservationId: id, ...(status === 'pending' && { freeFromSeconds: expiresAtSeconds ?? 0 }) }];
}

function placeOf({ id, dealerId, confirmedAt }: HeldReservation): readonly LinePlace[] {
  return typeof dealerId === 'string' && confirmedAt !== undefined ? [{ id, dealerId, confirmedAt }] : [];
}

const textOf = ({ dealerId, confirmedAt, id }: LinePlace): string => `${dealerId}#${confirmedAt}#${id}`;
