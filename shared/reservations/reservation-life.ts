import type { Fact, FactEvent } from '../counts/fact.ts';
import { hourAt } from '../counts/period.ts';
import {
  type BuyerChannel,
  buyerDelivery,
  type Delivery,
  handoverDeliveries,
  type Lead,
  type LeadHandover,
  leadDeliveries,
} from '../outbox/delivery.ts';
import type {
  ActiveReservation,
  ConfirmedReservation,
  PendingReservation,
  Reservation,
  WithdrawnReservation,
} from './reservation.ts';

/** A pending reservation that nobody confirms is forgotten after this long. */
export const PENDING_SECONDS = 7 * 24 * 3600;

/** One step in a reservation's life with everything it causes: all of it is committed, or none. */
export interface Transition {
  /** What stood before; the commit fails when it no longer does. `undefined`: the person had none. */
  readonly from: Reservation | undefined;
  /** What stands afterwards; `from` itself when only something is to be sent. */
  readonly to: Reservation;
  readonly facts: readonly Fact[];
  readonly lead: Lead | undefined;
  readonly deliveries: readonly Delivery[];
  /** Deliveries of a lead that the store may have had before, to be sent as the reservation stands now. */
  readonly renewals: readonly Delivery[];
  /** The id of the request that asks for the step: its deliveries keep it, for the log. */
  readonly causedBy?: string | undefined;
}

/** How long a retry of a request is recognised. */
export const IDEMPOTENCY_SECONDS = 24 * 3600;

/** Committed with the step of a request that must have one effect however often it comes. */
export interface IdempotencyRecord {
  /** Never the caller's key itself, which may be anything. */
  readonly keyHash: string;
  /** Tells the same request from another one under the same key. */
  readonly fingerprint: string;
  readonly expiresAtSeconds: number;
}

/**
 * A step was not committed and nothing was written. `changed`: something else came first, so read and decide again.
 * `conflict`: someone else is committing to the same items at this moment. `number-taken`: draw another number.
 * `limit-reached`: it has happened as often as it may for now.
 */
export class CommitRefused extends Error {
  override readonly name = 'CommitRefused';
  readonly reason: 'changed' | 'conflict' | 'number-taken' | 'limit-reached';

  constructor(reason: CommitRefused['reason'], cause: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** What a step is given instead of a clock and chance. */
export interface Moment {
  readonly nowMilliseconds: number;
  newId(): string;
}

/** What the person asks for, before it has an id. */
export type Interest = Omit<PendingReservation, 'id' | 'version' | 'status' | 'expiresAtSeconds' | 'history'>;

/** Whether a pending reservation's time is over: it is then as if it had never been, even before it is deleted. */
export function isExpired(reservation: Reservation, nowMilliseconds: number): boolean {
  return reservation.status === 'pending' && nowMilliseconds >= reservation.expiresAtSeconds * 1000;
}

/**
 * Someone asks for a reservation with an address.
 * - New: a pending one, counted as submitted, and a mail to confirm.
 * - Pending: what is asked for now replaces it, and another mail. Links of earlier mails end, unless nothing changed within
 *   a day: what is confirmed is what the mail said, and its seven days begin again.
 * - Confirmed: nothing changes; the mail says so, with the link to manage it.
 * @param current what the person holds; withdrawn and expired ones count as nothing
 */
export function submit(current: ActiveReservation | undefined, interest: Interest, moment: Moment): Transition {
  const { nowMilliseconds } = moment;
  if (current?.status === 'confirmed') {
    return sendOnly(current, 'known-address-mail', moment);
  }
  if (current !== undefined && !isExpired(current, nowMilliseconds)) {
    if (asksTheSame(current, interest) && hasTime(current, nowMilliseconds)) {
      return sendOnly(current, 'confirmation-mail', moment);
    }
    const to: PendingReservation = {
      ...interest,
      id: current.id,
      version: current.version + 1,
      status: 'pending',
      expiresAtSeconds: expiry(nowMilliseconds),
      history: [...current.history, { at: timestamp(nowMilliseconds), event: 'resubmitted' }],
    };
    return {
      from: current,
      to,
      facts: [],
      lead: undefined,
      deliveries: [mailTo(to, 'confirmation-mail', moment)],
      renewals: [],
    };
  }
  const to: PendingReservation = {
    ...interest,
    id: moment.newId(),
    version: 1,
    status: 'pending',
    expiresAtSeconds: expiry(nowMilliseconds),
    history: [{ at: timestamp(nowMilliseconds), event: 'submitted' }],
  };
  return {
    from: current,
    to,
    facts: [fact('submitted', to, moment)],
    lead: undefined,
    deliveries: [mailTo(to, 'confirmation-mail', moment)],
    renewals: [],
  };
}

/**
 * The link of a mail was followed.
 * @param version the version that mail was about
 * @param number the number it gets when this confirms it
 * @param handover how leads reach its store
 * @returns the step; the reservation itself when it was confirmed by this link before; `undefined` when the link is good for
 * nothing (any more)
 */
export function confirm(
  current: Reservation | undefined,
  version: number,
  number: string,
  handover: LeadHandover,
  moment: Moment,
): Transition | ConfirmedReservation | undefined {
  if (current === undefined || current.status === 'withdrawn') return undefined;
  if (current.status === 'confirmed') return current.confirmedVersion === version ? current : undefined;
  const { nowMilliseconds } = moment;
  if (current.version !== version || isExpired(current, nowMilliseconds)) return undefined;
  const { expiresAtSeconds: _, ...kept } = current;
  const confirmedAt = new Date(nowMilliseconds).toISOString();
  const leadId = current.dealerId === null ? null : moment.newId();
  const to: ConfirmedReservation = {
    ...kept,
    version: current.version + 1,
    status: 'confirmed',
    number,
    confirmedAt,
    confirmedVersion: version,
    leadId,
    history: [...current.history, { at: timestamp(nowMilliseconds), event: 'confirmed' }],
  };
  const lead: Lead | undefined =
    leadId === null || current.dealerId === null
      ? undefined
      : {
          id: leadId,
          reservationId: to.id,
          reservationNumber: number,
          dealerId: current.dealerId,
          createdAt: confirmedAt,
        };
  return {
    from: current,
    to,
    facts: [fact('confirmed', to, moment)],
    lead,
    deliveries: [
      mailTo(to, 'receipt-mail', moment),
      ...(lead === undefined ? [] : handoverDeliveries(lead, handover, to.version, nowMilliseconds)),
    ],
    renewals: [],
  };
}

/**
 * The person takes it back: nothing of them stays but a tombstone, by which late deliveries find nothing to do. A store that
 * has the lead is told.
 */
export function withdraw(current: ConfirmedReservation, moment: Moment): Transition {
  const to: WithdrawnReservation = { id: current.id, version: current.version + 1, status: 'withdrawn' };
  return {
    from: current,
    to,
    facts: [fact('withdrawn', current, moment)],
    lead: undefined,
    deliveries: leadClosed(current, to.version, moment),
    renewals: [],
  };
}

/** Tells the present store, when there is one, that the lead is no longer its own. */
export function leadClosed(
  { id, dealerId, leadId }: ConfirmedReservation,
  version: number,
  { nowMilliseconds }: Moment,
): readonly Delivery[] {
  if (dealerId === null || leadId === null) return [];
  const lead = { id: leadId, reservationId: id, dealerId };
  return leadDeliveries(lead, ['lead-closed-mail', 'lead-closed-webhook'], version, nowMilliseconds);
}

function sendOnly(
  current: ActiveReservation,
  channel: 'confirmation-mail' | 'known-address-mail',
  moment: Moment,
): Transition {
  return {
    from: current,
    to: current,
    facts: [],
    lead: undefined,
    deliveries: [mailTo(current, channel, moment)],
    renewals: [],
  };
}

export function mailTo(reservation: ActiveReservation, channel: BuyerChannel, moment: Moment): Delivery {
  return buyerDelivery(channel, {
    id: moment.newId(),
    reservationId: reservation.id,
    reservationVersion: reservation.version,
    nowMilliseconds: moment.nowMilliseconds,
  });
}

export function fact(event: FactEvent, reservation: Pick<ActiveReservation, 'dimensions'>, moment: Moment): Fact {
  return {
    id: moment.newId(),
    hour: hourAt(moment.nowMilliseconds),
    event,
    dimensions: reservation.dimensions,
  };
}

/** Whether a second form says what the first one said, but for the moment it was sent. */
function asksTheSame(current: PendingReservation, interest: Interest): boolean {
  const gist = (asked: Interest) =>
    JSON.stringify([
      asked.person.email,
      asked.person.givenName,
      asked.person.familyName,
      asked.person.phone ?? null,
      asked.person.zip,
      asked.model,
      asked.dealerId,
      asked.timeframe,
      asked.locale,
      asked.consents.map(({ id, granted, version }) => [id, granted, version]),
    ]);
  return gist(current) === gist(interest);
}

/** Whether a link mailed now would still be good for most of what a new one would be. */
function hasTime({ expiresAtSeconds }: PendingReservation, nowMilliseconds: number): boolean {
  return expiresAtSeconds * 1000 - nowMilliseconds > (PENDING_SECONDS - 24 * 3600) * 1000;
}

function expiry(nowMilliseconds: number): number {
  return Math.floor(nowMilliseconds / 1000) + PENDING_SECONDS;
}

/** RFC 3339 UTC, in whole seconds. */
export function timestamp(nowMilliseconds: number): string {
  return `${new Date(nowMilliseconds).toISOString().slice(0, 19)}Z`;
}
