/** Mails to the buyer. */
export const BUYER_CHANNELS = ['confirmation-mail', 'receipt-mail', 'known-address-mail', 'change-mail'] as const;
export type BuyerChannel = (typeof BUYER_CHANNELS)[number];

/** The ways in which a store gets a lead. */
export const LEAD_CHANNELS = ['lead-mail', 'adf-mail'] as const;
export type LeadChannel = (typeof LEAD_CHANNELS)[number];

/** What is sent. `lead-closed-mail` tells a store that a lead it has been sent is no longer its own. */
export type DeliveryChannel = BuyerChannel | LeadChannel | 'lead-closed-mail';

/**
 * `pending`: to be sent, or sent again. `delivered`: handed over. `failed`: given up after the last try.
 * `cancelled`: what it was about is gone or has changed.
 */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

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
  /** RFC 3339 UTC: when it was last handed over. What is sent after that is marked as sent again. */
  readonly deliveredAt?: string;
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
  channel: BuyerChannel,
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
  lead: Pick<Lead, 'id' | 'reservationId' | 'dealerId'>,
  channels: readonly (LeadChannel | 'lead-closed-mail')[],
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
