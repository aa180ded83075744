import * as z from 'zod';
import { pause } from './pause.ts';

/** A stream record as a function gets it. */
export interface StreamRecord {
  readonly dynamodb: {
    readonly SequenceNumber: string;
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}

export interface DeliveryRules {
  readonly reportsItemFailures: boolean;
  readonly bisects: boolean;
  /** Retries after the first try; `Infinity` for as long as the record lives. */
  readonly maxRetries: number;
  readonly maxAgeSeconds: number;
}

export interface DeliveryPorts {
  /** Runs the function; rejects when it fails. */
  invoke(records: readonly StreamRecord[]): Promise<unknown>;
  /** Told of each step: everything up to and with this record is dealt with. */
  advance(sequenceNumber: string): void;
  /** Told of records that are given up. */
  discard(records: readonly StreamRecord[], reason: string): void;
  /** @param tries how often the first record was tried by now, from 1 */
  retryDelayMs(tries: number): number;
  now(): number;
  readonly signal: AbortSignal;
}

interface Part {
  readonly records: readonly StreamRecord[];
  /** How often this part was tried; splitting it does not count. */
  readonly tries: number;
}

/**
 * Delivers one batch as a Lambda event source mapping does: in order, again until it succeeds, is too old or out of retries.
 * A partial failure moves on to the first failed record; bisection halves what fails as a whole. Stopped by its signal, it
 * leaves the rest where it is, to be delivered after the next start.
 */
export async function deliverBatch(
  batch: readonly StreamRecord[],
  rules: DeliveryRules,
  ports: DeliveryPorts,
): Promise<void> {
  const parts: Part[] = [{ records: batch, tries: 0 }];
  for (let part = parts.shift(); part !== undefined && !ports.signal.aborted; part = parts.shift()) {
    const records = withoutExpired(part.records, rules, ports);
    if (records.length === 0) continue;
    const failedAt = await tryPart(records, rules, ports);
    if (failedAt === undefined) {
      advanceOver(records, ports);
      continue;
    }
    advanceOver(records.slice(0, failedAt), ports);
    const rest = records.slice(failedAt);
    // The record that stopped a half-done part has had its first try in it.
    const tries = failedAt > 0 ? 1 : part.tries + 1;
    if (rules.bisects && records.length > 1) {
      // Cut where the function says that it failed, or else in the middle.
      const cut = failedAt > 0 ? rest.length : Math.ceil(rest.length / 2);
      const halves = [rest.slice(0, cut), rest.slice(cut)].filter((half) => half.length > 0);
      parts.unshift(...halves.map((half) => ({ records: half, tries: part.tries })));
    } else if (tries > rules.maxRetries) {
      ports.discard(rest, `it failed ${tries} times`);
      advanceOver(rest, ports);
      continue;
    } else {
      parts.unshift({ records: rest, tries });
    }
    await pause(ports.retryDelayMs(tries), ports.signal);
  }
}

/** @returns the index of the first record that failed; `undefined` when all went well */
async function tryPart(
  records: readonly StreamRecord[],
  rules: DeliveryRules,
  ports: DeliveryPorts,
): Promise<number | undefined> {
  let result: unknown;
  try {
    result = await ports.invoke(records);
  } catch {
    // The function's environment has logged it.
    return 0;
  }
  return rules.reportsItemFailures ? firstFailure(result, records) : undefined;
}

const BatchResponse = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/** A malformed response, or one that names a record that was not in the batch, fails the whole batch. */
function firstFailure(result: unknown, records: readonly StreamRecord[]): number | undefined {
  if (result === null || result === '') return undefined;
  const response = BatchResponse.safeParse(result);
  if (!response.success) return 0;
  const failures = response.data.batchItemFailures ?? [];
  if (failures.length === 0) return undefined;
  const indexes = failures.map(({ itemIdentifier }) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
  );
  return Math.max(0, Math.min(...indexes));
}

function withoutExpired(
  records: readonly StreamRecord[],
  { maxAgeSeconds }: DeliveryRules,
  ports: DeliveryPorts,
): readonly StreamRecord[] {
  const oldest = ports.now() / 1000 - maxAgeSeconds;
  const expired = records.filter(({ dynamodb }) => dynamodb.ApproximateCreationDateTime < oldest);
  if (expired.length === 0) return records;
  ports.discard(expired, `it is older than ${maxAgeSeconds} s`);
  const alive = records.filter((record) => !expired.includes(record));
  if (alive.length === 0) advanceOver(records, ports);
  return alive;
}

function advanceOver(records: readonly StreamRecord[], ports: DeliveryPorts): void {
  const last = records.at(-1);
  if (last !== undefined) ports.advance(last.dynamodb.SequenceNumber);
}
