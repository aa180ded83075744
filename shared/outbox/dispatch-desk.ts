import type { LeadRouting, PublicDealer } from '../dealers/dealer.ts';
import type { MailContent } from '../mail/mail-content.ts';
import type { ConfirmedReservation, Reservation } from '../reservations/reservation.ts';
import type { SigningKey } from '../reservations/signed-token.ts';
import type { WebhookPost, WebhookResult } from '../webhooks/webhook-post.ts';
import type { Delivery } from './delivery.ts';
import type { MailTurn } from './mail-turns.ts';
import type { OutboxTable } from './outbox-table.ts';

/**
 * The sender of mails refused one, failed at it or gave no answer. `lasting`: it would refuse it again. Not `answered`: it may have
 * taken the mail all the same.
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
  postWebhook(webhook: WebhookPost): Promise<WebhookResult>;
  /** Told of every error that is no refusal of the sender's, before the delivery is put off. */
  reportFault(error: unknown, delivery: Delivery): void;
}
