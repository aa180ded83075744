import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveryOfTags, tagsOfDelivery } from '../../shared/mail-feedback/delivery-tags.ts';
import { FeedbackUnreadable, readMailFeedback } from '../../shared/mail-feedback/mail-feedback.ts';
import { BUYER_CHANNELS, LEAD_CHANNELS, LEAD_NOTICES } from '../../shared/outbox/delivery.ts';
import { sesEvent } from './ses-events.ts';

const CHANNELS = [...BUYER_CHANNELS, ...LEAD_CHANNELS, ...LEAD_NOTICES];
const ADDRESS = 'somebody@mailbox.example';
const BOUNCE = sesEvent({
  eventType: 'Bounce',
  group: 'lead#1',
  channel: 'lead-mail',
  to: ADDRESS,
  sentAt: '2026-11-23T14:05:11.012Z',
});

test('the tags of a mail lead back to its delivery, and SES takes them', () => {
  const groups = fc.tuple(fc.constantFrom('lead', 'mail'), fc.uuid()).map(([kind, id]) => `${kind}#${id}`);
  fc.assert(
    fc.property(groups, fc.constantFrom(...CHANNELS), (group, channel) => {
      const tags = Object.entries(tagsOfDelivery({ group, channel }));
      for (const text of tags.flat()) expect(text).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
      const repeated = Object.fromEntries(tags.map(([name, value]) => [name, [value]]));
      expect(deliveryOfTags(repeated)).toEqual({ group, channel });
    }),
  );
});

describe('an event', () => {
  test('is read as what it says of its mail', () => {
    expect(readMailFeedback(BOUNCE)).toEqual({
      kind: 'bounced',
      delivery: { group: 'lead#1', channel: 'lead-mail' },
      to: ADDRESS,
      sentAt: '2026-11-23T14:05:11.012Z',
    });
  });

  test.each([
    ['Permanent', 'bounced'],
    ['Transient', 'undelivered'],
    ['Undetermined', 'undelivered'],
  ] as const)('of a %s bounce is %s', (bounceType, kind) => {
    const event = sesEvent({ ...partsOf(), bounceType });
    expect(readMailFeedback(event).kind).toBe(kind);
  });

  test('that lacks anything needed, or is another’s, is refused, without a word of what it says', () => {
    const { mail } = BOUNCE.detail;
    const broken: unknown[] = [
      undefined,
      null,
      'text',
      [],
      {},
      { ...BOUNCE, source: 'aws.ec2' },
      { ...BOUNCE, detail: { ...BOUNCE.detail, eventType: 'Delivery' } },
      { ...BOUNCE, detail: { ...BOUNCE.detail, bounce: undefined } },
      { ...BOUNCE, detail: { ...BOUNCE.detail, bounce: { bounceType: ADDRESS } } },
      { ...BOUNCE, detail: { ...BOUNCE.detail, mail: undefined } },
      ...[
        { timestamp: ADDRESS },
        { destination: [] },
        { destination: [ADDRESS, ADDRESS] },
        { tags: {} },
        { tags: { group: ['lead_1'] } },
        { tags: { group: ['lead_1', 'lead_2'], channel: ['lead-mail'] } },
        { tags: { group: [`lead_${ADDRESS}`], channel: ['lead-mail'] } },
        { tags: { group: ['reservation_1'], channel: ['lead-mail'] } },
        { tags: { group: ['lead_1'], channel: [ADDRESS] } },
      ].map((change) => ({ ...BOUNCE, detail: { ...BOUNCE.detail, mail: { ...mail, ...change } } })),
    ];
    for (const event of broken) {
      const error = refusalOf(event);
      expect(error, JSON.stringify(event)).toBeInstanceOf(FeedbackUnreadable);
      expect(error.message).not.toContain(ADDRESS);
    }
  });
});

function partsOf() {
  return {
    eventType: 'Bounce',
    group: 'lead#1',
    channel: 'lead-mail',
    to: ADDRESS,
    sentAt: '2026-11-23T14:05:11.012Z',
  } as const;
}

function refusalOf(event: unknown): Error {
  try {
    readMailFeedback(event);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('must be refused');
}
