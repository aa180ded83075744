import { randomUUID } from 'node:crypto';

/** An event of SES as EventBridge hands it on, after the examples of the SES developer guide ("Examples of event data"). */
export interface SesEventParts {
  readonly eventType: 'Bounce' | 'Complaint' | 'Reject' | 'Rendering Failure';
  readonly bounceType?: 'Permanent' | 'Transient' | 'Undetermined';
  readonly group: string;
  readonly channel: string;
  readonly to: string;
  /** RFC 3339: when SES took the mail. */
  readonly sentAt: string;
}

const DETAIL_TYPES = {
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
  Reject: 'Email Rejected',
  'Rendering Failure': 'Email Rendering Failed',
} as const;

export function sesEvent({ eventType, bounceType = 'Permanent', group, channel, to, sentAt }: SesEventParts) {
  const timestamp = new Date(Date.parse(sentAt) + 1_000).toISOString();
  const feedbackId = '01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000';
  const parts = {
    Bounce: {
      bounce: {
        bounceType,
        bounceSubType: 'General',
        bouncedRecipients: [
          { emailAddress: to, action: 'failed', status: '5.1.1', diagnosticCode: `smtp; 550 5.1.1 <${to}> unknown` },
        ],
        timestamp,
        feedbackId,
        reportingMTA: 'dsn; mta.example.com',
      },
    },
    Complaint: {
      complaint: {
        complainedRecipients: [{ emailAddress: to }],
        timestamp,
        feedbackId,
        complaintSubType: null,
        complaintFeedbackType: 'abuse',
      },
    },
    Reject: { reject: { reason: 'Bad content' } },
    'Rendering Failure': { failure: { templateName: 'none', errorMessage: "Attribute 'x' is not present" } },
  };
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DETAIL_TYPES[eventType],
    source: 'aws.ses',
    account: '123456789012',
    time: `${timestamp.slice(0, 19)}Z`,
    region: 'us-east-1',
    resources: ['arn:aws:ses:us-east-1:123456789012:configuration-set/ours'],
    detail: {
      eventType,
      ...parts[eventType],
      mail: {
        timestamp: sentAt,
        source: 'no-reply@alpine.example',
        sourceArn: 'arn:aws:ses:us-east-1:123456789012:identity/alpine.example',
        sendingAccountId: '123456789012',
        messageId: 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000',
        destination: [to],
        headersTruncated: false,
        headers: [{ name: 'To', value: to }],
        commonHeaders: { from: ['no-reply@alpine.example'], to: [to], subject: 'A subject' },
        tags: {
          'ses:configuration-set': ['ours'],
          'ses:source-ip': ['192.0.2.0'],
          'ses:from-domain': ['alpine.example'],
          'ses:caller-identity': ['deliver-outbox'],
          group: [group.replace('#', '_')],
          channel: [channel],
        },
      },
    },
  };
}
