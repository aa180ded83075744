import * as z from 'zod/mini';
import type { DeliveryKey } from '../outbox/delivery.ts';
import { deliveryOfTags } from './delivery-tags.ts';

/**
 * What SES says of a mail that it took.
 * - `bounced`: the mailbox refused it for good.
 * - `undelivered`: a mailbox that was full, a server that did not answer in all of SES's tries; also an absence note.
 * - `complained`: the recipient called it spam.
 * - `rejected`: SES found a virus in it, and did not send it. `not-rendered`: SES could not make it from its template.
 */
export type FeedbackKind = 'bounced' | 'undelivered' | 'complained' | 'rejected' | 'not-rendered';

export interface MailFeedback {
  readonly kind: FeedbackKind;
  /** The delivery that the mail was of. */
  readonly delivery: DeliveryKey;
  /** Whom it was sent to. A person's address: neither to be kept nor logged. */
  readonly to: string;
  /** RFC 3339 UTC with milliseconds: when SES took it. */
  readonly sentAt: string;
}

/** An event that is none that we know of. It names what is missing in it, and repeats none of it. */
export class FeedbackUnreadable extends Error {
  override readonly name = 'FeedbackUnreadable';
}

/** As SES hands events to EventBridge (SES developer guide, "Contents of event data"); what is not used here is let through. */
const Mail = z.object({
  timestamp: z.string(),
  destination: z.array(z.string()).check(z.minLength(1), z.maxLength(1)),
  tags: z.record(z.string(), z.array(z.string())),
});
const SesEvent = z.object({
  source: z.literal('aws.ses'),
  detail: z.discriminatedUnion('eventType', [
    z.object({
      eventType: z.literal('Bounce'),
      bounce: z.object({ bounceType: z.enum(['Permanent', 'Transient', 'Undetermined']) }),
      mail: Mail,
    }),
    z.object({ eventType: z.literal('Complaint'), mail: Mail }),
    z.object({ eventType: z.literal('Reject'), mail: Mail }),
    z.object({ eventType: z.literal('Rendering Failure'), mail: Mail }),
  ]),
});

/** @throws FeedbackUnreadable */
export function readMailFeedback(event: unknown): MailFeedback {
  const parsed = SesEvent.safeParse(event);
  if (!parsed.success) {
    const members = parsed.error.issues.map(({ path }) => path.join('.') || 'the event');
    throw new FeedbackUnreadable(`not as SES describes it: ${members.join(', ')}`);
  }
  const { detail } = parsed.data;
  const { timestamp, destination, tags } = detail.mail;
  const delivery = deliveryOfTags(tags);
  if (delivery === undefined) throw new FeedbackUnreadable('the mail has no tags of a delivery');
  const sentAtMilliseconds = Date.parse(timestamp);
  if (Number.isNaN(sentAtMilliseconds)) throw new FeedbackUnreadable('not as SES describes it: detail.mail.timestamp');
  return {
    kind: kindOf(detail),
    delivery,
    to: destination[0] ?? '',
    sentAt: new Date(sentAtMilliseconds).toISOString(),
  };
}

function kindOf(detail: z.infer<typeof SesEvent>['detail']): FeedbackKind {
  switch (detail.eventType) {
    case 'Bounce':
      return detail.bounce.bounceType === 'Permanent' ? 'bounced' : 'undelivered';
    case 'Complaint':
      return 'complained';
    case 'Reject':
      return 'rejected';
    case 'Rendering Failure':
      return 'not-rendered';
  }
}
