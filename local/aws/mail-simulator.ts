import { randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { ServiceEvent } from './event-bus.ts';

/** A mail as SES took it. */
export interface TakenMail {
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly configurationSet: string;
  /** Tags of the sender's own. */
  readonly tags: readonly { readonly name: string; readonly value: string }[];
  readonly takenAtMilliseconds: number;
}

export type SesEventType = 'bounce' | 'complaint';

/** An event of SES, and the type by which an event destination asks for it. */
export interface SesEvent extends ServiceEvent {
  readonly type: SesEventType;
}

/** `bounce@simulator.amazonses.com`, also with a label: `bounce+anything@…`. */
const SIMULATOR = /^(bounce|complaint|suppressionlist)(?:\+[^@]*)?@simulator\.amazonses\.com$/i;

/**
 * What the mailbox simulator of SES makes of a mail (SES developer guide, "Using the Amazon SES mailbox simulator"): the events
 * that SES would publish. A mail to anyone else causes none.
 */
export function simulatedEvents(mail: TakenMail, region: string): readonly SesEvent[] {
  return mail.to.flatMap((address): SesEvent[] => {
    const mailbox = SIMULATOR.exec(address)?.[1]?.toLowerCase();
    if (mailbox === undefined) return [];
    return [mailbox === 'complaint' ? complaintOf(mail, address, region) : bounceOf(mail, address, mailbox, region)];
  });
}

function bounceOf(mail: TakenMail, address: string, mailbox: string, region: string): SesEvent {
  const isSuppressed = mailbox === 'suppressionlist';
  return {
    ...envelopeOf(mail, region),
    type: 'bounce',
    detailType: 'Email Bounced',
    detail: {
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: isSuppressed ? 'Suppressed' : 'General',
        bouncedRecipients: [
          {
            emailAddress: address,
            action: 'failed',
            status: '5.1.1',
            diagnosticCode: isSuppressed
              ? 'Amazon SES has suppressed sending to this address'
              : 'smtp; 550 5.1.1 user unknown',
          },
        ],
        timestamp: new Date(mail.takenAtMilliseconds).toISOString(),
        feedbackId: randomUUID(),
        reportingMTA: 'dns; amazonses.com',
      },
      mail: mailOf(mail, region),
    },
  };
}

function complaintOf(mail: TakenMail, address: string, region: string): SesEvent {
  return {
    ...envelopeOf(mail, region),
    type: 'complaint',
    detailType: 'Email Complaint Received',
    detail: {
      eventType: 'Complaint',
      complaint: {
        feedbackId: randomUUID(),
        complaintSubType: null,
        complainedRecipients: [{ emailAddress: address }],
        timestamp: new Date(mail.takenAtMilliseconds).toISOString(),
        userAgent: 'Amazon SES Mailbox Simulator',
        complaintFeedbackType: 'abuse',
        arrivalDate: new Date(mail.takenAtMilliseconds).toISOString(),
      },
      mail: mailOf(mail, region),
    },
  };
}

function envelopeOf({ configurationSet }: TakenMail, region: string) {
  return {
    source: 'aws.ses',
    region,
    resources: [`arn:aws:ses:${region}:${LOCAL_ACCOUNT}:configuration-set/${configurationSet}`],
  };
}

/** The `mail` object of every event (SES developer guide, "Contents of event data"). Each tag has a list of values. */
function mailOf(
  { messageId, from, to, subject, configurationSet, tags, takenAtMilliseconds }: TakenMail,
  region: string,
) {
  return {
    timestamp: new Date(takenAtMilliseconds).toISOString(),
    source: from,
    sourceArn: `arn:aws:ses:${region}:${LOCAL_ACCOUNT}:identity/${from}`,
    sendingAccountId: LOCAL_ACCOUNT,
    messageId,
    destination: to,
    headersTruncated: false,
    headers: [
      { name: 'From', value: from },
      { name: 'To', value: to.join(', ') },
      { name: 'Subject', value: subject },
    ],
    commonHeaders: { from: [from], to, messageId, subject },
    tags: {
      'ses:operation': ['SendEmail'],
      'ses:configuration-set': [configurationSet],
      'ses:source-ip': ['127.0.0.1'],
      'ses:from-domain': [from.split('@').at(-1) ?? ''],
      'ses:caller-identity': ['local'],
      ...Object.fromEntries(tags.map(({ name, value }) => [name, [value]])),
    },
  };
}
