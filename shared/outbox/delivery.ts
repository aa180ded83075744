/** Mails to the buyer. */
export const BUYER_CHANNELS = ['confirmation-mail', 'receipt-mail', 'known-address-mail', 'change-mail'] as const;
export type BuyerChannel = (typeof BUYER_CHANNELS)[number];

/** The ways in which a store gets a lead. */
export const LEAD_CHANNELS = ['lead-mail', 'adf-mail', 'webhook'] as const;
export type LeadChannel = (typeof LEAD_CHANNELS)[number];

/**
 * What else is sent about a lead: that it is closed and no longer the store's own, that the store has not taken it on yet, and,
 * to the store group, that it still has not.
 */
export const LEAD_NOTICES = ['lead-closed-mail', 'lead-closed-webhook', 'reminder-mail', 'escalation-mail'] as const;
export type LeadNotice = (typeof LEAD_NOTICES)[number];

export type DeliveryChannel = BuyerChannel | LeadChannel | LeadNotice;

/** How a lead is handed to a store. */
export interface LeadHandover {
  /** Empty without a store. */
  readonly channels: readonly LeadChannel[];
  /** How long people may leave a lead before they are reminded, and before the store group is told. */
  readonly remindAfterSeconds: number;
  readonly escalateAfterSeconds: number;
}

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
  /** RFC 3339 UTC: when it was last handed over. */
  readonly deliveredAt?: string;
  /** The id of the request that made it due, last: its lines of the log have it. Says nothing of whoever asked. */
  readonly causedBy?: string;
  /** Why the last try failed, or why it was cancelled: in words of our own. */
  readonly lastError?: string;
}

/**
 * How a try ended. `reason` is of our own words: never a customer's data, never a raw exception. `unanswered`: it was sent, and
 * nobody knows whether it was taken.
 */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'cancelled'; readonly reason: string }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly unanswered?: boolean;
      /** Seconds until the next try, if there is one; by the schedule when absent. */
      readonly waitSeconds?: number;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** What names a delivery. */
export type DeliveryKey = Pick<Delivery, 'group' | 'channel'>;

/** A delivery that its holder alone sends. */
export interface ClaimedDelivery extends Delivery {
  /** Unix milliseconds: tells this claim from every other of the same delivery. */
  readonly claimedAtMilliseconds: number;
  /** When each claim of it was taken whose end nobody has noted or knows, this one among them, in Unix milliseconds. */
  readonly openClaims?: ReadonlySet<number>;
}

/** A lead handed to a store: the ledger's row, without a word about the customer. */
export interface Lead {
  readonly id: string;
  readonly reservationId: string;
  readonly reservationNumber: string;
  readonly dealerId: string;
  readonly createdAt: string;
  /** RFC 3339 UTC: when the store said that it has taken it on; absent until then. */
  readonly acknowledgedAt?: string;
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

/** Those put off together do not come back together: a wait is longer than the schedule's by up to a fifth. */
const JITTER = 0.2;

/**
 * How long to wait after a failed try.
 * @param attempts tries begun so far, 1 or more
 * @param chance from 0 to below 1
 * @param askedSeconds what the receiver asked for: never less than that
 * @returns whole seconds from now; `undefined` when it was the last try
 */
export function retryWaitSeconds(attempts: number, chance: number, askedSeconds = 0): number | undefined {
  const wait = backoffSeconds(attempts);
  return wait === undefined ? undefined : Math.max(Math.floor(wait * (1 + JITTER * chance)), askedSeconds);
}

/** Whether a channel is a mail: those keep to the rate that SES allows. */
export function isMail(channel: DeliveryChannel): boolean {
  return channel !== 'webhook' && channel !== 'lead-closed-webhook';
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
  channels: readonly (LeadChannel | 'lead-closed-mail' | 'lead-closed-webhook')[],
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

/**
 * A new lead's deliveries, due at once, and the reminders that are due unless it is acknowledged before. Only a mail to people
 * has the link to acknowledge, so only those who get one are reminded.
 */
export function handoverDeliveries(
  lead: Lead,
  { channels, remindAfterSeconds, escalateAfterSeconds }: LeadHandover,
  reservationVersion: number,
  nowMilliseconds: number,
): Delivery[] {
  const now = leadDeliveries(lead, channels, reservationVersion, nowMilliseconds);
  const mail = now.find(({ channel }) => channel === 'lead-mail');
  if (mail === undefined) return now;
  return [
    ...now,
    { ...mail, channel: 'reminder-mail', dueAtSeconds: mail.dueAtSeconds + remindAfterSeconds },
    { ...mail, channel: 'escalation-mail', dueAtSeconds: mail.dueAtSeconds + escalateAfterSeconds },
  ];
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
