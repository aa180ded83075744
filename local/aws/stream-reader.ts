import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as SdkRecord,
  type Shard,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod';
import type { DataFolder } from '../data-folder.ts';
import type { StreamRecord } from './batch-delivery.ts';
import { pause } from './pause.ts';

const KeptPosition = z.object({
  streamArn: z.string(),
  shards: z.record(z.string(), z.object({ sequenceNumber: z.string().optional(), finished: z.boolean().optional() })),
});
type KeptPosition = z.infer<typeof KeptPosition>;

export interface StreamReaderOptions {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Where the position is kept, and under which name. */
  readonly folder: Pick<DataFolder, 'read' | 'write'>;
  readonly positionName: string;
  readonly consume: ConsumeRecords;
  readonly onFault: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Makes the consumer of one shard. */
export type ConsumeRecords = (shard: {
  /** Everything up to and with this record is dealt with: kept at once. */
  advance(sequenceNumber: string): void;
}) => {
  /** @param closed no further record will come from this shard */
  take(records: readonly StreamRecord[], closed: boolean): Promise<void>;
};

const IDLE_POLL_MS = 100;
const FAULT_PAUSE_MS = 1_000;

/**
 * Reads all shards of one stream, parents before their children, from where the kept position stands until the signal is given.
 * Delivers at least once: the position is kept after each batch dealt with, so that `kill -9` repeats little and loses nothing.
 */
export async function readStream(options: StreamReaderOptions): Promise<void> {
  const { signal, onFault } = options;
  const running = new Map<string, Promise<void>>();
  let position: Position | undefined;
  while (!signal.aborted) {
    try {
      position ??= await openPosition(options);
      for (const { ShardId, ParentShardId } of await listShards(options)) {
        if (ShardId === undefined || running.has(ShardId) || position.isFinished(ShardId)) continue;
        if (ParentShardId !== undefined && running.has(ParentShardId)) continue;
        running.set(
          ShardId,
          readShard(ShardId, position, options).finally(() => running.delete(ShardId)),
        );
      }
      // A shard that ends has children to go on with.
      await (running.size > 0 ? Promise.race(running.values()) : pause(FAULT_PAUSE_MS, signal));
    } catch (error) {
      if (signal.aborted) break;
      onFault(error);
      await pause(FAULT_PAUSE_MS, signal);
    }
  }
  await Promise.allSettled(running.values());
}

interface Position {
  after(shardId: string): string | undefined;
  isFinished(shardId: string): boolean;
  advance(shardId: string, sequenceNumber: string): void;
  finish(shardId: string): void;
}

/** Loads the kept position, or makes the first one: at the start of the stream, or behind what is in it now. */
async function openPosition(options: StreamReaderOptions): Promise<Position> {
  const { folder, positionName, streamArn } = options;
  const text = folder.read(positionName);
  let kept = text === undefined ? undefined : KeptPosition.parse(JSON.parse(text));
  // Another stream under the same name: the table was made anew.
  if (kept?.streamArn !== streamArn) {
    kept = { streamArn, shards: options.startingPosition === 'LATEST' ? await endOfShards(options) : {} };
    folder.write(positionName, JSON.stringify(kept));
  }
  const { shards } = kept;
  const save = (): void => folder.write(positionName, JSON.stringify({ streamArn, shards }));
  return {
    after: (shardId) => shards[shardId]?.sequenceNumber,
    isFinished: (shardId) => shards[shardId]?.finished ?? false,
    advance(shardId, sequenceNumber) {
      shards[shardId] = { ...shards[shardId], sequenceNumber };
      save();
    },
    finish(shardId) {
      shards[shardId] = { ...shards[shardId], finished: true };
      save();
    },
  };
}

/** The last record of every shard. Kept as a position, so that a restart before the first delivery still starts here. */
async function endOfShards(options: StreamReaderOptions): Promise<KeptPosition['shards']> {
  const ends: KeptPosition['shards'] = {};
  for (const { ShardId } of await listShards(options)) {
    if (ShardId === undefined) continue;
    let iterator = await iteratorFor(ShardId, undefined, options);
    while (iterator !== undefined) {
      const { Records = [], NextShardIterator } = await options.client.send(
        new GetRecordsCommand({ ShardIterator: iterator }),
      );
      const last = Records.at(-1)?.dynamodb?.SequenceNumber;
      if (last === undefined) break;
      ends[ShardId] = { sequenceNumber: last };
      iterator = NextShardIterator;
    }
  }
  return ends;
}

async function listShards({ client, streamArn, signal }: StreamReaderOptions): Promise<Shard[]> {
  const shards: Shard[] = [];
  let lastId: string | undefined;
  do {
    const { StreamDescription } = await client.send(
      new DescribeStreamCommand({ StreamArn: streamArn, ExclusiveStartShardId: lastId }),
      { abortSignal: signal },
    );
    shards.push(...(StreamDescription?.Shards ?? []));
    lastId = StreamDescription?.LastEvaluatedShardId;
  } while (lastId !== undefined);
  return shards;
}

async function readShard(shardId: string, position: Position, options: StreamReaderOptions): Promise<void> {
  const { client, signal, streamArn, onFault } = options;
  const consumer = options.consume({ advance: (sequenceNumber) => position.advance(shardId, sequenceNumber) });
  /** Ahead of the kept position while records wait for their batch. */
  let lastRead = position.after(shardId);
  let iterator: string | undefined;
  while (!signal.aborted) {
    try {
      iterator ??= await iteratorFor(shardId, lastRead, options);
      const { Records = [], NextShardIterator } = await client.send(
        new GetRecordsCommand({ ShardIterator: iterator }),
        { abortSignal: signal },
      );
      lastRead = Records.at(-1)?.dynamodb?.SequenceNumber ?? lastRead;
      await consumer.take(
        Records.map((record) => functionRecord(record, streamArn)),
        NextShardIterator === undefined,
      );
      if (signal.aborted) return;
      iterator = NextShardIterator;
      if (iterator === undefined) return position.finish(shardId);
      if (Records.length === 0) await pause(IDLE_POLL_MS, signal);
    } catch (error) {
      if (signal.aborted) return;
      iterator = undefined;
      // Iterators live for 15 minutes; a batch that is retried for longer outlives its own.
      if (error instanceof ExpiredIteratorException) continue;
      if (error instanceof TrimmedDataAccessException) lastRead = undefined;
      onFault(error);
      await pause(FAULT_PAUSE_MS, signal);
    }
  }
}

async function iteratorFor(
  shardId: string,
  after: string | undefined,
  { client, streamArn, signal }: StreamReaderOptions,
): Promise<string | undefined> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamArn: streamArn,
      ShardId: shardId,
      ...(after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }),
    }),
    { abortSignal: signal },
  );
  return ShardIterator;
}

/** The record as JSON: times in seconds, binary values in base64. */
function functionRecord({ dynamodb, userIdentity, ...record }: SdkRecord, streamArn: string): StreamRecord {
  return {
    ...record,
    dynamodb: {
      Keys: inJson(dynamodb?.Keys),
      NewImage: inJson(dynamodb?.NewImage),
      OldImage: inJson(dynamodb?.OldImage),
      SizeBytes: dynamodb?.SizeBytes,
      StreamViewType: dynamodb?.StreamViewType,
      ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
      SequenceNumber: dynamodb?.SequenceNumber ?? '',
    },
    ...(userIdentity && { userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type } }),
    eventSourceARN: streamArn,
  };
}

function inJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(inJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inJson(member)]));
}
