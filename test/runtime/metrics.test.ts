import { afterEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { METRIC_NAMESPACE_VARIABLE } from '../../shared/runtime/environment.ts';
import { beginInvocation, log } from '../../shared/runtime/log.ts';
import { METRICS, measure } from '../../shared/runtime/metrics.ts';

/** CloudWatch user guide, "Specification: Embedded metric format": a set of dimensions may be empty. */
const EmbeddedMetrics = z.object({
  _aws: z.strictObject({
    Timestamp: z.int(),
    CloudWatchMetrics: z.array(
      z.strictObject({
        Namespace: z.string().min(1).max(1024),
        Dimensions: z.array(z.array(z.string().min(1)).max(30)).min(1),
        Metrics: z
          .array(z.strictObject({ Name: z.string().min(1), Unit: z.enum(['Count', 'Seconds']) }))
          .min(1)
          .max(100),
      }),
    ),
  }),
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  beginInvocation({});
});

function linesOf(act: () => void): Record<string, unknown>[] {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  act();
  stdout.mockRestore();
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('metrics are one line in the embedded metric format: each named, with its value beside, and of no dimension', () => {
  vi.stubEnv(METRIC_NAMESPACE_VARIABLE, 'AlpineLocator/test');
  const [line, ...others] = linesOf(() => measure({ [METRICS.deliveriesDue]: 3, [METRICS.oldestDueSeconds]: 61 }));
  expect(others).toEqual([]);
  const { _aws } = EmbeddedMetrics.parse(line);
  expect(_aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'AlpineLocator/test',
      Dimensions: [[]],
      Metrics: [
        { Name: 'DeliveriesDue', Unit: 'Count' },
        { Name: 'OldestDueSeconds', Unit: 'Seconds' },
      ],
    },
  ]);
  expect(Math.abs(_aws.Timestamp - Date.now())).toBeLessThan(60_000);
  expect(line).toMatchObject({ DeliveriesDue: 3, OldestDueSeconds: 61 });
});

test('nothing is measured where no namespace is named', () => {
  expect(linesOf(() => measure({ [METRICS.searches]: 1 }))).toEqual([]);
});

test('a metric has one name, and a name one metric', () => {
  const names = Object.values(METRICS);
  expect(new Set(names).size).toBe(names.length);
});

test('every line between two events carries the ids of the one under way', () => {
  const lines = linesOf(() => {
    log('info', 'before');
    beginInvocation({ invocationId: 'run-1', requestId: 'request-1' });
    log('info', 'during');
    log('error', 'of another', { requestId: 'request-0' });
    beginInvocation({ invocationId: 'run-2' });
    log('info', 'after');
  });
  expect(lines.map(({ message, invocationId, requestId }) => [message, invocationId, requestId])).toEqual([
    ['before', undefined, undefined],
    ['during', 'run-1', 'request-1'],
    ['of another', 'run-1', 'request-0'],
    ['after', 'run-2', undefined],
  ]);
});
