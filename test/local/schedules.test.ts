import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FunctionError } from '../../local/aws/function-pool.ts';
import { createSchedules } from '../../local/aws/schedules.ts';
import { type PlainResource, templateOf } from './template-of.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:sweep';

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-11-23T13:00:30Z') }));
afterEach(() => void vi.useRealTimers());

function run(resource: PlainResource, invoke: () => Promise<unknown> = async () => null) {
  const calls: unknown[] = [];
  const lines: string[] = [];
  const functions = {
    invoke: async (name: string, event: unknown) => {
      calls.push([name, event]);
      return await invoke();
    },
  };
  const schedules = createSchedules(templateOf({ Sweep: resource }), functions, (text) => lines.push(text));
  schedules.start();
  return { schedules, calls, lines };
}

const rule = (properties: Readonly<Record<string, unknown>>): PlainResource => ({
  type: 'AWS::Events::Rule',
  properties,
});

test('calls a rule’s function each time with the rule’s own input', async () => {
  const { calls } = run(
    rule({ ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: ARN, Input: '{"sweep":true}' }] }),
  );
  await vi.advanceTimersByTimeAsync(180_000);
  expect(calls).toEqual(Array.from({ length: 3 }, () => ['sweep', { sweep: true }]));
});

test('sends the scheduled event where a rule has no input', async () => {
  const { calls } = run(rule({ ScheduleExpression: 'cron(1 13 * * ? *)', Targets: [{ Arn: ARN }] }));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(calls).toEqual([
    [
      'sweep',
      expect.objectContaining({ source: 'aws.events', 'detail-type': 'Scheduled Event', time: '2026-11-23T13:01:00Z' }),
    ],
  ]);
});

test.each([
  ['is disabled', { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', Targets: [{ Arn: ARN }] }],
  ['waits for events', { EventPattern: { source: ['aws.ses'] }, Targets: [{ Arn: ARN }] }],
])('never fires a rule that %s', async (_, properties) => {
  const { calls } = run(rule(properties));
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(calls).toEqual([]);
});

test('says that a call failed, and fires again', async () => {
  const { calls, lines } = run(rule({ ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: ARN }] }), async () => {
    throw new FunctionError('TypeError', 'broken');
  });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(calls).toHaveLength(2);
  expect(lines).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('broken')));
});

test('holds a wait that is longer than a timer can be', async () => {
  const { calls } = run(rule({ ScheduleExpression: 'rate(30 days)', Targets: [{ Arn: ARN }] }));
  await vi.advanceTimersByTimeAsync(30 * 86_400_000 - 1);
  expect(calls).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toHaveLength(1);
});

test('does not make up for firings that the machine slept through', async () => {
  const { calls } = run(rule({ ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: ARN }] }));
  vi.setSystemTime(new Date('2026-11-23T23:00:00Z'));
  // A minute for the firing under way, and a second for any that would follow at once.
  await vi.advanceTimersByTimeAsync(61_000);
  expect(calls).toHaveLength(1);
});

test('fires no more once it is stopped', async () => {
  const { schedules, calls } = run(rule({ ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: ARN }] }));
  await schedules.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(calls).toEqual([]);
});
