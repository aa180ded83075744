import { SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ServiceEvent } from '../../local/aws/event-bus.ts';
import { type MailEndpoint, startMailEndpoint } from '../../local/aws/mail-endpoint.ts';
import { createMailSending } from '../../local/aws/mail-sending.ts';
import { HostError } from '../../local/host-error.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';
import { type Mail, startMail } from '../../local/mail.ts';
import { readMailFeedback } from '../../shared/mail-feedback/mail-feedback.ts';
import { templateOf } from './template-of.ts';

const destination = (properties: object) => ({
  type: 'AWS::SES::ConfigurationSetEventDestination',
  properties: {
    ConfigurationSetName: 'ours',
    EventDestination: {
      EventBridgeDestination: { EventBusArn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' },
      MatchingEventTypes: ['bounce', 'COMPLAINT', 'renderingFailure'],
      ...properties,
    },
  },
});
const sets = { ours: { type: 'AWS::SES::ConfigurationSet', properties: {} } };

let mail: Mail;
let endpoint: MailEndpoint;
let ses: SESv2Client;
const events: ServiceEvent[] = [];
const faults: unknown[] = [];

function use(...destinations: ReturnType<typeof destination>[]): void {
  const template = templateOf({ ...sets, ...Object.fromEntries(destinations.map((one, index) => [`D${index}`, one])) });
  endpoint.use(createMailSending(template, { put: (event) => events.push(event) }));
}

beforeAll(async () => {
  mail = await startMail(0);
  endpoint = await startMailEndpoint(mail.url, { judge: () => undefined }, (error) => faults.push(error));
  ses = new SESv2Client({
    endpoint: endpoint.url,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
});
beforeEach(() => {
  events.length = 0;
  use(destination({}));
});
afterAll(async () => {
  ses.destroy();
  await endpoint.stop();
  await mail.stop();
  expect(faults).toEqual([]);
});

const TAGS = { group: 'lead_00000000-0000-4000-8000-000000000001', channel: 'lead-mail' };

async function send(to: string, configurationSet: string | undefined = 'ours', tags: Record<string, string> = TAGS) {
  const { MessageId } = await ses.send(
    new SendEmailCommand({
      ConfigurationSetName: configurationSet,
      FromEmailAddress: 'from@alpine.example',
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: 'A subject' }, Body: { Text: { Data: 'Hello é' } } } },
      EmailTags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
  // The events follow the answer.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return MessageId;
}

async function inbox(): Promise<{ messageId: string; body: { text: string } }[]> {
  return ((await (await fetch(`${mail.url}/store`)).json()) as { emails: never[] }).emails;
}

async function refusalOf(sending: Promise<unknown>): Promise<SESv2ServiceException> {
  const error = await sending.then(
    () => undefined,
    (refusal: unknown) => refusal,
  );
  if (!(error instanceof SESv2ServiceException)) throw new Error(`must be refused, not ${error}`);
  return error;
}

describe('the functions’ way to SES', () => {
  test('hands a mail on as it is, with the answer', async () => {
    const messageId = await send('someone@mailbox.example');
    expect((await inbox()).find((one) => one.messageId === messageId)?.body.text).toBe('Hello é');
    expect(events).toEqual([]);
  });

  test.each([
    ['bounce@simulator.amazonses.com', 'bounced'],
    ['Bounce+north-1@simulator.amazonses.com', 'bounced'],
    ['suppressionlist@simulator.amazonses.com', 'bounced'],
    ['complaint+north@simulator.amazonses.com', 'complained'],
  ])('makes of a mail to %s the event that SES would publish, with the mail’s own tags', async (to, kind) => {
    const before = Date.now();
    await send(to);
    expect(events).toHaveLength(1);
    const { sentAt, ...feedback } = readMailFeedback(events[0]);
    expect(feedback).toEqual({
      kind,
      delivery: { group: 'lead#00000000-0000-4000-8000-000000000001', channel: 'lead-mail' },
      to,
    });
    expect(Date.parse(sentAt)).toBeGreaterThanOrEqual(before);
    expect(events[0]).toMatchObject({
      source: 'aws.ses',
      detailType: kind === 'bounced' ? 'Email Bounced' : 'Email Complaint Received',
      detail: { mail: { tags: { 'ses:configuration-set': ['ours'] } } },
    });
  });

  test.each(['success@simulator.amazonses.com', 'ooto@simulator.amazonses.com', 'bounce@mailbox.example'])(
    'makes nothing of one to %s',
    async (to) => {
      await send(to);
      expect(events).toEqual([]);
    },
  );

  test('publishes what a configuration set’s destinations ask for, and nothing else', async () => {
    use(destination({ MatchingEventTypes: ['complaint'] }), destination({ Enabled: false }));
    await send('bounce@simulator.amazonses.com');
    expect(events).toEqual([]);
    await send('complaint@simulator.amazonses.com');
    expect(events).toHaveLength(1);
    use();
    await send('complaint@simulator.amazonses.com');
    expect(events).toHaveLength(1);
  });

  test('refuses a configuration set that is not there, and tags that SES refuses, and hands neither on', async () => {
    const count = (await inbox()).length;
    expect((await refusalOf(send('bounce@simulator.amazonses.com', 'theirs'))).name).toBe('NotFoundException');
    expect((await refusalOf(send('x@mailbox.example', 'ours', { group: 'lead#1' }))).name).toBe('BadRequestException');
    expect((await refusalOf(send('x@mailbox.example', 'ours', { to: 'x@mailbox.example' }))).name).toBe(
      'BadRequestException',
    );
    expect(await inbox()).toHaveLength(count);
    expect(events).toEqual([]);
  });

  test('wants EventBridge as the destination of events', () => {
    expect(() => use(destination({ EventBridgeDestination: undefined, SnsDestination: {} }))).toThrow(HostError);
  });
});
