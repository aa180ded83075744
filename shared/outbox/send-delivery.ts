import { tagsOfDelivery } from '../mail-feedback/delivery-tags.ts';
import type { Reservation } from '../reservations/reservation.ts';
import { buyerMailOf } from './buyer-mail-delivery.ts';
import {
  type ClaimedDelivery,
  type DeliveryKey,
  type DeliveryOutcome,
  type DeliveryStatus,
  isMail,
  MOST_TRIES,
  retryWaitSeconds,
} from './delivery.ts';
import { type AddressedMail, GONE } from './delivery-parts.ts';
import { type DispatchDesk, MailRefused } from './dispatch-desk.ts';
import {
  adfMailOf,
  closedLeadOf,
  leadClosedMailOf,
  leadMailOf,
  standingLeadOf,
  waitingLeadMailOf,
} from './lead-delivery.ts';
import { sendClosedWebhook, sendLeadWebhook } from './send-webhook.ts';

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

async function attempt(delivery: ClaimedDelivery, desk: DispatchDesk, onMail: () => void): Promise<DeliveryOutcome> {
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
  delivery: ClaimedDelivery,
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
