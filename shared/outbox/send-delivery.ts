import type { LeadRouting, PublicDealer } from '../dealers/dealer.ts';
import type { MailContent } from '../mail/mail-content.ts';
import { tagsOfDelivery } from '../mail-feedback/delivery-tags.ts';
import type { ConfirmedReservation, Reservation } from '../reservations/reservation.ts';
import type { SigningKey } from '../reservations/signed-token.ts';
import { buyerMailOf } from './buyer-mail-delivery.ts';
import { type Delivery, type DeliveryStatus, isMail, MOST_TRIES, retryWaitSeconds } from './delivery.ts';
import { type AddressedMail, GONE } from './delivery-parts.ts';
import {
  adfMailOf,
  closedLeadOf,
  leadClosedMailOf,
  leadMailOf,
  standingLeadOf,
  waitingLeadMailOf,
} from './lead-delivery.ts';
import type { MailTurn } from './mail-turns.ts';
import type { ClaimedDelivery, DeliveryKey, DeliveryOutcome, OutboxTable } from './outbox-table.ts';
import { type PostedWebhook, type PostResult, sendClosedWebhook, sendLeadWebhook } from './send-webhook.ts';

/**
 * The sender of mails refused one, or gave no answer. `lasting`: it would refuse it again. Not `answered`: it may have taken the
 * mail all the same.
 */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
  /** A word of the sender's own, such as `MessageRejected`: never the address. */
  readonly reason: string;
  readonly lasting: boolean;
  readonly answered: boolean;

  constructor(reason: string, lasting: boolean, cause: unknown, answered = true) {
    super(reason, { cause });
    this.reason = reason;
    this.lasting = lasting;
    this.answered = answered;
  }
}

/** What sending works with. */
export interface DispatchDesk {
  readonly outbox: OutboxTable;
  readonly reservations: {
    find(reservationId: string): Promise<Reservation | undefined>;
    placeInLine(reservation: ConfirmedReservation & { dealerId: string }): Promise<number>;
  };
  readonly dealers: {
    getDealer(dealerId: string): Promise<PublicDealer | undefined>;
    getLeadRouting(dealerId: string): Promise<LeadRouting | undefined>;
  };
  readonly signingKeys: readonly SigningKey[];
  /** The site's origin. */
  readonly siteUrl: string;
  /** Takes the leads of stores without an address of their own. */
  readonly fallbackLeadEmail: string;
  /** Takes word of leads that a store leaves for too long. */
  readonly escalationEmail: string;
  nowMilliseconds(): number;
  /** From 0 to below 1. */
  chance(): number;
  /** Waits until one more mail may go out. @returns `undefined` when none may before `untilMilliseconds` */
  awaitMailTurn(untilMilliseconds: number): Promise<MailTurn | undefined>;
  /**
   * @param tags what SES tells with a bounce or complaint of this mail
   * @throws MailRefused
   */
  sendMail(to: string, content: MailContent, tags: Readonly<Record<string, string>>): Promise<void>;
  postWebhook(webhook: PostedWebhook): Promise<PostResult>;
  /** Told of every error that is no refusal of the sender's, before the delivery is put off. */
  reportFault(error: unknown, delivery: Delivery): void;
}

/** What became of a delivery, for the log and its metrics. `no-time`: it was left as it is. */
export type Dispatched = DeliveryStatus | 'not-due' | 'superseded' | 'no-time';

/**
 * Sends a delivery if it is due and nobody else is sending it, and notes how it ended. A mail waits for its turn first, so that
 * nothing is held meanwhile, and what it says is read when it goes out.
 *
 * At least once: when this process dies between sending and noting, the claim ends after two minutes and the sweep sends it
 * again. What is sent is made from the reservation as it stands now, so nothing of the buyer's goes out for one that is gone.
 * @param untilMilliseconds a mail whose turn comes later is left as it is
 * @param onClaim told of the delivery once it is held
 */
export async function dispatch(
  key: DeliveryKey,
  desk: DispatchDesk,
  untilMilliseconds = Number.POSITIVE_INFINITY,
  onClaim: (claimed: ClaimedDelivery) => void = () => {},
): Promise<Dispatched> {
  if (!isMail(key.channel)) return dispatchNow(key, desk, onClaim, () => {});
  const turn = await desk.awaitMailTurn(untilMilliseconds);
  if (turn === undefined) return 'no-time';
  let isUsed = false;
  try {
    return await dispatchNow(key, desk, onClaim, () => {
      isUsed = true;
    });
  } finally {
    if (!isUsed) turn.giveBack();
  }
}

/** @param onMail told when a mail is handed to the sender, whatever comes of it */
async function dispatchNow(
  key: DeliveryKey,
  desk: DispatchDesk,
  onClaim: (claimed: ClaimedDelivery) => void,
  onMail: () => void,
): Promise<Dispatched> {
  const claimed = await desk.outbox.claim(key, desk.nowMilliseconds());
  if (claimed === undefined) return 'not-due';
  onClaim(claimed);
  if (claimed.attempts > MOST_TRIES) {
    // Nobody ever noted how a try ended: whatever it holds ends its senders.
    const outcome = { kind: 'failed', reason: 'every try ended without an outcome' } as const;
    return desk.outbox.settle(claimed, outcome, desk.nowMilliseconds());
  }
  const outcome = await attempt(claimed, desk, onMail).catch((error: unknown): DeliveryOutcome => {
    desk.reportFault(error, claimed);
    return { kind: 'retry', reason: 'internal fault' };
  });
  return desk.outbox.settle(claimed, withWait(outcome, claimed, desk), desk.nowMilliseconds());
}

function withWait(outcome: DeliveryOutcome, { attempts }: ClaimedDelivery, desk: DispatchDesk): DeliveryOutcome {
  if (outcome.kind !== 'retry') return outcome;
  const waitSeconds = retryWaitSeconds(attempts, desk.chance(), outcome.waitSeconds);
  return waitSeconds === undefined ? outcome : { ...outcome, waitSeconds };
}

async function attempt(delivery: Delivery, desk: DispatchDesk, onMail: () => void): Promise<DeliveryOutcome> {
  const reservation = await desk.reservations.find(delivery.reservationId);
  const mail = await mailOrOutcome(delivery, reservation, desk);
  if ('kind' in mail) return mail;
  onMail();
  try {
    await desk.sendMail(mail.to, mail.content, tagsOfDelivery(delivery));
    return { kind: 'delivered' };
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    const { reason, lasting, answered } = error;
    return lasting ? { kind: 'failed', reason } : { kind: 'retry', reason, unanswered: !answered };
  }
}

/**
 * The mail of a delivery that is one; or how the delivery ended: as it is no mail, or as the reservation, as it stands, does not
 * ask for it.
 */
async function mailOrOutcome(
  delivery: Delivery,
  reservation: Reservation | undefined,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  const { channel } = delivery;
  switch (channel) {
    case 'confirmation-mail':
    case 'receipt-mail':
    case 'known-address-mail':
    case 'change-mail': {
      if (reservation === undefined || reservation.status === 'withdrawn') return GONE;
      return buyerMailOf({ ...delivery, channel }, reservation, desk);
    }
    case 'lead-closed-mail':
    case 'lead-closed-webhook': {
      const closed = await closedLeadOf(delivery, reservation, desk);
      if ('kind' in closed) return closed;
      return channel === 'lead-closed-mail'
        ? leadClosedMailOf(closed, desk)
        : sendClosedWebhook(delivery, closed, desk);
    }
    case 'lead-mail':
    case 'adf-mail':
    case 'webhook':
    case 'reminder-mail':
    case 'escalation-mail': {
      const standing = await standingLeadOf(delivery, reservation, desk);
      if ('kind' in standing) return standing;
      if (channel === 'lead-mail') return leadMailOf(delivery, standing, desk);
      if (channel === 'adf-mail') return adfMailOf(delivery, standing, desk);
      if (channel === 'webhook') return sendLeadWebhook(delivery, standing, desk);
      return waitingLeadMailOf({ ...delivery, channel }, standing, desk);
    }
  }
}
