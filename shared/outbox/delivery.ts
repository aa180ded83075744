/** What is sent. The first three go to the buyer, the others to the store. */
export const DELIVERY_CHANNELS = [
  'confirmation-mail',
  'receipt-mail',
  'known-address-mail',
  'lead-mail',
  'adf-mail',
] as const;
export type DeliveryChannel = (typeof DELIVERY_CHANNELS)[number];

/**
 * `pending`: to be sent, or sent again. `delivered`: handed over. `failed`: given up after the last try.
 * `cancelled`: what it was about is gone or has changed.
 */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

/** One thing to send. It holds ids only: what is sent is read from the reservation at that moment, or no longer. */
export interface Delivery {
  /** `lead#<lead id>` or `mail#<id>`: the deliveries of one lead lie together. */
  readonly group: string;
  readonly channel: DeliveryChannel;
  readonly reservationId: string;
  /** The reservation's version that caused it. */
  readonly reservationVersion: number;
  readonly leadId: string | null;
  readonly dealerId: string | null;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  readonly status: DeliveryStatus;
  /** Tries begun so far. */
  readonly attempts: number;
  /** Unix seconds; the next try is due from then on. */
  readonly dueAtSeconds: number;
}

/** A lead handed to a store: the ledger's row, without a word about the customer. */
export interface Lead {
  readonly id: string;
  readonly reservationId: string;
  readonly reservationNumber: string;
  readonly dealerId: string;
  readonly createdAt: string;
}

const MINUTE = 60;
const HOUR = 3600;

/** Seconds to wait after the first, second, … failed try; together about three days (Standard Webhooks, "Deliverability"). */
const BACKOFF_SECONDS = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** A delivery that has been tried so often and is still not settled is given up. */
export const MOST_TRIES = BACKOFF_SECONDS.length + 1;

/**
 * When to try again after a failed try.
 * @param attempts tries begun so far, 1 or more
 * @returns seconds from now; `undefined` when it was the last try
 */
export function backoffSeconds(attempts: number): number | undefined {
  if (!Number.isInteger(attempts) || attempts < 1) throw new RangeError(`attempts must be 1 or more, not ${attempts}`);
  return BACKOFF_SECONDS[attempts - 1];
}

/** A delivery to the buyer, due at once. */
export function buyerDelivery(
  channel: 'confirmation-mail' | 'receipt-mail' | 'known-address-mail',
  about: { id: string; reservationId: string; reservationVersion: number; nowMilliseconds: number },
): Delivery {
  return {
    group: `mail#${about.id}`,
    channel,
    leadId: null,
    dealerId: null,
    ...dueNow(about),
  };
}

/** The deliveries of a lead to its store, due at once. */
export function leadDeliveries(
  lead: Lead,
  channels: readonly ('lead-mail' | 'adf-mail')[],
  reservationVersion: number,
  nowMilliseconds: number,
): Delivery[] {
  return channels.map((channel) => ({
    group: `lead#${lead.id}`,
    channel,
    leadId: lead.id,
    dealerId: lead.dealerId,
    ...dueNow({ reservationId: lead.reservationId, reservationVersion, nowMilliseconds }),
  }));
}

function dueNow(about: { reservationId: string; reservationVersion: number; nowMilliseconds: number }) {
  return {
    reservationId: about.reservationId,
    reservationVersion: about.reservationVersion,
    createdAt: new Date(about.nowMilliseconds).toISOString(),
    status: 'pending',
    attempts: 0,
    dueAtSeconds: Math.floor(about.nowMilliseconds / 1000),
  } as const;
}
