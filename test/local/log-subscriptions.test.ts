import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLogSubscriptions } from '../../local/aws/log-subscriptions.ts';
import { HostError } from '../../local/host-error.ts';
import { type PlainResource, templateOf } from './template-of.ts';

const NOW = Date.UTC(2026, 10, 25, 14, 5, 9, 120);

const subscription = (properties: object = {}): PlainResource => ({
  type: 'AWS::Logs::SubscriptionFilter',
  properties: {
    LogGroupName: 'searches',
    FilterPattern: '{ $.status = 200 }',
    DestinationArn: 'arn:aws:lambda:us-east-1:000000000000:function:count',
    ...properties,
  },
});
const lambda = (name: string, logGroup: string | undefined): PlainResource => ({
  type: 'AWS::Lambda::Function',
  ref: name,
  properties: logGroup === undefined ? {} : { LoggingConfig: { LogGroup: logGroup } },
});

function subscriptionsOf(resources: Readonly<Record<string, PlainResource>>) {
  const calls: { name: string; batch: Record<string, unknown>; what: string }[] = [];
  const subscriptions = createLogSubscriptions(templateOf(resources), {
    calls: {
      call(name, event, what) {
        const { awslogs } = event as { awslogs: { data: string } };
        const batch = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString());
        calls.push({ name, batch, what });
      },
    },
    now: () => NOW,
  });
  return { subscriptions, calls };
}

const messagesOf = ({ batch }: { batch: Record<string, unknown> }) =>
  (batch['logEvents'] as { message: string }[]).map(({ message }) => message);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a log subscription', () => {
  test('hands its function the lines that fit, gathered, in CloudWatch Logs’ own form', () => {
    const { subscriptions, calls } = subscriptionsOf({ Fits: subscription() });
    for (const line of ['{"status":200,"n":1}', '{"status":404}', 'START', '{"status":200,"n":2}']) {
      subscriptions.put('searches', line);
    }
    subscriptions.put('other', '{"status":200}');
    expect(calls).toEqual([]);
    vi.runAllTimers();
    const id = expect.stringMatching(/^\d{56}$/);
    expect(calls).toEqual([
      {
        name: 'count',
        what: 'a batch of 2 lines of searches',
        batch: {
          messageType: 'DATA_MESSAGE',
          owner: '000000000000',
          logGroup: 'searches',
          logStream: 'local',
          subscriptionFilters: ['Fits'],
          logEvents: [
            { id, timestamp: NOW, message: '{"status":200,"n":1}' },
            { id, timestamp: NOW, message: '{"status":200,"n":2}' },
          ],
        },
      },
    ]);
  });

  test('gives no two lines one id, and no line to two batches', () => {
    const { subscriptions, calls } = subscriptionsOf({ Fits: subscription() });
    for (let batch = 0; batch < 3; batch += 1) {
      for (let line = 0; line < 50; line += 1) subscriptions.put('searches', '{"status":200}');
      vi.runAllTimers();
    }
    const ids = calls.flatMap(({ batch }) => (batch['logEvents'] as { id: string }[]).map(({ id }) => id));
    expect(ids).toHaveLength(150);
    expect(new Set(ids).size).toBe(150);
  });

  test('is one of several of a group, each with its own pattern', () => {
    const { subscriptions, calls } = subscriptionsOf({
      All: { ...subscription({ FilterPattern: '{ $.status >= 0 }' }), ref: 'all' },
      Failed: subscription({ FilterPattern: '{ $.status >= 500 }' }),
    });
    subscriptions.put('searches', '{"status":200}');
    subscriptions.put('searches', '{"status":500}');
    vi.runAllTimers();
    expect(calls.map(({ batch }) => batch['subscriptionFilters'])).toEqual([['all'], ['Failed']]);
    expect(calls.map(messagesOf)).toEqual([['{"status":200}', '{"status":500}'], ['{"status":500}']]);
  });

  test('hands on what waits when it is stopped, and then takes no more', () => {
    const { subscriptions, calls } = subscriptionsOf({ Fits: subscription() });
    subscriptions.put('searches', '{"status":200}');
    subscriptions.stop();
    subscriptions.put('searches', '{"status":200,"late":true}');
    vi.runAllTimers();
    expect(calls.map(messagesOf)).toEqual([['{"status":200}']]);
  });

  test.each([
    ['of its own function’s log', 'searches'],
    ['of the log that its function has by default', undefined],
  ])('%s would never end, and is refused', (_, logGroup) => {
    const resources = {
      Loop: subscription({ LogGroupName: logGroup ?? '/aws/lambda/count' }),
      Count: lambda('count', logGroup),
    };
    expect(() => subscriptionsOf(resources)).toThrow(HostError);
    expect(() => subscriptionsOf({ ...resources, Count: lambda('count', 'its-own') })).not.toThrow();
  });

  test.each([
    ['another account’s role', { RoleArn: 'arn:aws:iam::000000000000:role/r' }],
    ['a stream', { DestinationArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' }],
    ['a pattern of terms', { FilterPattern: 'ERROR' }],
  ])('with %s is refused', (_, properties) => {
    expect(() => subscriptionsOf({ Bad: subscription(properties) })).toThrow();
  });
});
