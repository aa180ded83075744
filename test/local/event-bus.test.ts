import { describe, expect, test, vi } from 'vitest';
import { createAsynchronousCalls } from '../../local/aws/asynchronous-calls.ts';
import { createEventBus } from '../../local/aws/event-bus.ts';
import { FunctionError } from '../../local/aws/function-pool.ts';
import { HostError } from '../../local/host-error.ts';
import { type PlainResource, templateOf } from './template-of.ts';

/** A busy machine takes its time. */
const PATIENTLY = { timeout: 10_000 };

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:note';
const EVENT = {
  source: 'aws.ses',
  detailType: 'Email Bounced',
  region: 'us-east-1',
  resources: ['arn:aws:ses:us-east-1:000000000000:configuration-set/ours'],
  detail: { mail: { destination: ['somebody@mailbox.example'], tags: { 'ses:configuration-set': ['ours'] } } },
};

const rule = (pattern: object, properties: object = {}): PlainResource => ({
  type: 'AWS::Events::Rule',
  properties: { EventPattern: pattern, Targets: [{ Arn: ARN, Id: 'Target0' }], ...properties },
});
const invokeConfig = (retries: number): PlainResource => ({
  type: 'AWS::Lambda::EventInvokeConfig',
  properties: {
    FunctionName: 'note',
    MaximumRetryAttempts: retries,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:dead' } },
  },
});

function busOf(resources: Readonly<Record<string, PlainResource>>, failures = 0) {
  const made: { name: string; event: unknown }[] = [];
  const lines: string[] = [];
  const template = templateOf(resources);
  const calls = createAsynchronousCalls(template, {
    functions: {
      invoke: async (name, event) => {
        made.push({ name, event });
        if (made.length <= failures) throw new FunctionError('Error', 'it failed');
        return null;
      },
    },
    retryDelayMs: () => 1,
    log: (text) => lines.push(text),
  });
  const bus = createEventBus(template, { calls, now: () => Date.UTC(2026, 10, 23, 14, 5, 9, 120) });
  return { bus, calls: made, lines, stop: () => calls.stop() };
}

describe('the event bus', () => {
  test('hands an event to the functions of the rules that it fits, in EventBridge’s envelope', async () => {
    const { bus, calls, stop } = busOf({
      Fits: rule({
        source: ['aws.ses'],
        'detail-type': ['Email Bounced', 'Email Rejected'],
        detail: { mail: { tags: { 'ses:configuration-set': ['ours'] } } },
      }),
      OtherSource: rule({ source: ['aws.ec2'] }),
      OtherSet: rule({ detail: { mail: { tags: { 'ses:configuration-set': ['theirs'] } } } }),
      Disabled: rule({ source: ['aws.ses'] }, { State: 'DISABLED' }),
      Schedule: {
        type: 'AWS::Events::Rule',
        properties: { ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: ARN }] },
      },
    });
    bus.put(EVENT);
    await stop();
    expect(calls).toEqual([
      {
        name: 'note',
        event: {
          version: '0',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          'detail-type': 'Email Bounced',
          source: 'aws.ses',
          account: '000000000000',
          time: '2026-11-23T14:05:09Z',
          region: 'us-east-1',
          resources: EVENT.resources,
          detail: EVENT.detail,
        },
      },
    ]);
  });

  test.each([
    [0, 1, 1],
    [1, 2, 0],
    [2, 3, 0],
  ])(
    'calls a function that fails again, with %i retries, and then gives up without a word of the event',
    async (retries, tries, given) => {
      const { bus, calls, lines, stop } = busOf(
        { Fits: rule({ source: ['aws.ses'] }), Config: invokeConfig(retries) },
        retries + given,
      );
      bus.put(EVENT);
      await vi.waitFor(() => expect(calls).toHaveLength(tries), PATIENTLY);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(calls).toHaveLength(tries);
      expect(lines).toHaveLength(given);
      if (given > 0) expect(lines[0]).toContain('arn:aws:sqs:us-east-1:000000000000:dead');
      expect(lines.join()).not.toContain('somebody');
      expect(new Set(calls.map(({ event }) => (event as { id: string }).id)).size).toBe(1);
      await stop();
    },
  );

  test('takes nothing after it is stopped', async () => {
    const { bus, calls, stop } = busOf({ Fits: rule({ source: ['aws.ses'] }) });
    await stop();
    bus.put(EVENT);
    expect(calls).toEqual([]);
  });

  test.each([
    ['another bus', { EventBusName: 'ours' }],
    ['a transformed input', { Targets: [{ Arn: ARN, InputPath: '$.detail' }] }],
  ])('refuses a rule of %s', (_, properties) => {
    expect(() => busOf({ Bad: rule({ source: ['aws.ses'] }, properties) })).toThrow();
  });

  test.each([
    ['a target that is no function', { Targets: [{ Arn: 'arn:aws:sqs:us-east-1:000000000000:queue' }] }],
    ['both a pattern and a schedule', { ScheduleExpression: 'rate(1 minute)' }],
  ])('refuses a rule with %s in a sentence', (_, properties) => {
    expect(() => busOf({ Bad: rule({ source: ['aws.ses'] }, properties) })).toThrow(HostError);
  });
});
