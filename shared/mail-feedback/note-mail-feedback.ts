import { BUYER_CHANNELS, type Delivery, type DeliveryChannel, LEAD_CHANNELS } from '../outbox/delivery.ts';
import { type ComplaintDesk, stopMail } from '../reservations/complaint.ts';
import { type FeedbackKind, type MailFeedback, readMailFeedback } from './mail-feedback.ts';
import type { SentDeliveries } from './sent-delivery-table.ts';

/** Addresses of a store that a mail can show to be dead. */
export type StoreAddress = 'lead-mail' | 'adf-mail';

/** What feedback works with. */
export interface FeedbackDesk extends ComplaintDesk {
  readonly deliveries: SentDeliveries;
  /** Sends nothing more to this address of a store. Doing it again changes nothing. */
  blockAddress(dealerId: string, channel: StoreAddress, address: string): Promise<void>;
}

/** What came of one event, in words for the log. */
export interface NotedFeedback {
  readonly delivery: MailFeedback['delivery'];
  /**
   * `failed`: the delivery is marked. `remarked`: it stands as it did. `past`: it had failed, was cancelled or was made due again
   * since that mail. `unknown`: there is no such delivery any more.
   */
  readonly outcome: 'failed' | 'remarked' | 'past' | 'unknown';
  readonly kind: FeedbackKind;
  /** Whether it showed an address of a store, or of the store group, to be dead. */
  readonly storeAddressBounced: boolean;
  /** Whether it took a lead from a store. */
  readonly leadGivenUp: boolean;
  /** The request that the delivery goes back to. */
  readonly causedBy?: string;
}

const REASONS: Readonly<Record<FeedbackKind, string>> = {
  bounced: 'the mail bounced: the address takes none',
  undelivered: 'the mailbox did not take the mail, or sent an absence note',
  complained: 'the recipient called the mail spam',
  rejected: 'SES found the mail harmful and did not send it',
  'not-rendered': 'SES could not make the mail',
};

/** Which address of the store a mail about a lead goes to. Escalations go to the store group, whose address is configuration. */
const ADDRESS_OF: Partial<Record<DeliveryChannel, StoreAddress>> = {
  'lead-mail': 'lead-mail',
  'adf-mail': 'adf-mail',
  'reminder-mail': 'lead-mail',
  'lead-closed-mail': 'lead-mail',
};

const isOneOf = (channels: readonly string[], channel: string): boolean => channels.includes(channel);

/**
 * Takes in what SES says of a mail that it took. Every step can be done again, and in any order with other events, so one that
 * comes twice or late does no harm.
 * @throws FeedbackUnreadable for an event that is none that we know of
 */
export async function noteMailFeedback(event: unknown, desk: FeedbackDesk): Promise<NotedFeedback> {
  const feedback = readMailFeedback(event);
  const { kind, delivery: key, to, sentAt } = feedback;
  const delivery = await desk.deliveries.find(key);
  const noted = {
    delivery: key,
    kind,
    storeAddressBounced: false,
    leadGivenUp: false,
    ...(delivery?.causedBy !== undefined && { causedBy: delivery.causedBy }),
  } as const;
  if (delivery === undefined) return { ...noted, outcome: 'unknown' };
  if (kind === 'undelivered') {
    await desk.deliveries.remark(key, REASONS[kind], sentAt);
    return { ...noted, outcome: 'remarked' };
  }
  // The mark comes last: an event that fails half-way is tried again, and is all done when the mark is there.
  const storeAddressBounced = await blockStoreAddress(delivery, { kind, to }, desk);
  if (kind === 'complained' && isOneOf(BUYER_CHANNELS, key.channel)) await stopMail(delivery.reservationId, desk);
  const isMarked = await desk.deliveries.fail(key, REASONS[kind], sentAt, desk.nowMilliseconds());
  return {
    ...noted,
    outcome: isMarked ? 'failed' : 'past',
    storeAddressBounced,
    leadGivenUp: isMarked && isOneOf(LEAD_CHANNELS, key.channel),
  };
}

/** A mail that SES held back says nothing about its address. */
async function blockStoreAddress(
  { channel, dealerId }: Delivery,
  { kind, to }: Pick<MailFeedback, 'kind' | 'to'>,
  desk: FeedbackDesk,
): Promise<boolean> {
  if (kind !== 'bounced' && kind !== 'complained') return false;
  const address = ADDRESS_OF[channel];
  if (address !== undefined && dealerId !== null) await desk.blockAddress(dealerId, address, to);
  return !isOneOf(BUYER_CHANNELS, channel);
}
