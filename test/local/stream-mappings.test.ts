import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, expect, inject, test, vi } from 'vitest';
import { createStreamMappings, type StreamMappings } from '../../local/aws/stream-mappings.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';
import { localDynamoDb, makeTable } from '../support/table.ts';
import { templateOf } from './template-of.ts';

/** A busy machine takes its time. */
const PATIENTLY = { timeout: 10_000 };

const client: DynamoDBClient = localDynamoDb();
const streamsClient = new DynamoDBStreamsClient({
  endpoint: inject('dynamoDbEndpoint'),
  region: LOCAL_REGION,
  credentials: LOCAL_CREDENTIALS,
});
const running: StreamMappings[] = [];

afterEach(async () => {
  for (const mappings of running.splice(0)) await mappings.stop();
});

const makeSource = (): Promise<string> =>
  makeTable(client, {
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });

const put = (table: string, pk: string, more: Readonly<Record<string, { S: string } | { B: Uint8Array }>> = {}) =>
  client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, ...more } }));

/** Feeds a table's stream to a function of the test's own until it is stopped. */
async function feed(
  table: string,
  properties: Readonly<Record<string, unknown>>,
  invoke: (keys: string[], records: readonly unknown[]) => unknown,
  kept = new Map<string, string>(),
) {
  const lines: string[] = [];
  const mappings = await createStreamMappings(
    templateOf({
      Mapping: {
        type: 'AWS::Lambda::EventSourceMapping',
        properties: {
          StartingPosition: 'TRIM_HORIZON',
          EventSourceArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/local`,
          FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:consumer',
          ...properties,
        },
      },
    }),
    {
      client,
      streamsClient,
      folder: { read: (name) => kept.get(name), write: (name, text) => void kept.set(name, text) },
      functions: {
        invoke: async (_, event) => {
          const { Records } = event as { Records: { dynamodb: { Keys: { pk: { S: string } } } }[] };
          return await invoke(
            Records.map(({ dynamodb }) => dynamodb.Keys.pk.S),
            Records,
          );
        },
      },
      retryDelayMs: () => 1,
      now: Date.now,
      log: (text) => void lines.push(text),
    },
  );
  mappings.start();
  running.push(mappings);
  return { mappings, lines };
}

test('delivers records as Lambda writes them', async () => {
  const table = await makeSource();
  await put(table, 'a', { bytes: { B: Uint8Array.of(1, 2, 3) } });
  const delivered: unknown[] = [];
  await feed(table, {}, (_, records) => void delivered.push(...records));
  await vi.waitFor(() => expect(delivered).toHaveLength(1), PATIENTLY);
  expect(JSON.parse(JSON.stringify(delivered[0]))).toMatchObject({
    eventID: expect.stringMatching(/.+/),
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventVersion: '1.1',
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: { pk: { S: 'a' } },
      NewImage: { pk: { S: 'a' }, bytes: { B: 'AQID' } },
      SequenceNumber: expect.stringMatching(/^\d+$/),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  });
});

test('delivers what passes a filter, in order, in batches no larger than allowed', async () => {
  const table = await makeSource();
  const wanted: string[] = [];
  for (let n = 0; n < 12; n++) {
    await put(table, String(n), { kind: { S: n % 3 === 0 ? 'other' : 'lead' } });
    if (n % 3 !== 0) wanted.push(String(n));
  }
  await client.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: '1' } } }));
  const batches: string[][] = [];
  const Pattern = JSON.stringify({ eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['lead'] } } } });
  await feed(table, { BatchSize: 3, FilterCriteria: { Filters: [{ Pattern }] } }, (keys) => void batches.push(keys));
  await vi.waitFor(() => expect(batches.flat()).toEqual(wanted), PATIENTLY);
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(3);
});

test('goes on behind the last delivered record after a restart', async () => {
  const table = await makeSource();
  const kept = new Map<string, string>();
  const seen: string[] = [];
  await put(table, 'a');
  const first = await feed(table, {}, (keys) => void seen.push(...keys), kept);
  await vi.waitFor(() => expect(seen).toEqual(['a']), PATIENTLY);
  await first.mappings.stop();
  await put(table, 'b');
  await feed(table, {}, (keys) => void seen.push(...keys), kept);
  await vi.waitFor(() => expect(seen).toEqual(['a', 'b']), PATIENTLY);
});

test('delivers again what was under way when its host was killed', async () => {
  const table = await makeSource();
  const kept = new Map<string, string>();
  await put(table, 'a');
  let entered = false;
  const stuck = Promise.withResolvers<void>();
  await feed(
    table,
    {},
    async () => {
      entered = true;
      await stuck.promise;
    },
    kept,
  );
  await vi.waitFor(() => expect(entered).toBe(true), PATIENTLY);
  // What a kill leaves behind is the kept position and nothing else.
  const left = new Map(kept);
  const seen: string[] = [];
  await feed(table, {}, (keys) => void seen.push(...keys), left);
  await vi.waitFor(() => expect(seen).toEqual(['a']), PATIENTLY);
  stuck.resolve();
});

test('starts behind what is there with LATEST, also when it restarts before the first delivery', async () => {
  const table = await makeSource();
  const kept = new Map<string, string>();
  const seen: string[] = [];
  await put(table, 'before');
  const latest = { StartingPosition: 'LATEST' };
  const first = await feed(table, latest, (keys) => void seen.push(...keys), kept);
  await vi.waitFor(() => expect(kept.size).toBe(1), PATIENTLY);
  await first.mappings.stop();
  await put(table, 'between');
  await feed(table, latest, (keys) => void seen.push(...keys), kept);
  await vi.waitFor(() => expect(seen).toEqual(['between']), PATIENTLY);
});

test('waits for the batching window to fill a batch', async () => {
  const table = await makeSource();
  const batches: string[][] = [];
  await feed(table, { BatchSize: 3, MaximumBatchingWindowInSeconds: 300 }, (keys) => void batches.push(keys));
  for (const key of ['a', 'b', 'c', 'd']) await put(table, key);
  await vi.waitFor(() => expect(batches).toEqual([['a', 'b', 'c']]), PATIENTLY);
});

test('repeats, halves and in the end gives up poison, and says where it would go', async () => {
  const table = await makeSource();
  for (const key of ['a', 'poison', 'b', 'c']) await put(table, key);
  const done: string[] = [];
  const destination = 'arn:aws:sqs:us-east-1:000000000000:dead';
  const { lines } = await feed(
    table,
    {
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: destination } },
    },
    (keys) => {
      if (keys.includes('poison')) throw new Error('poison');
      done.push(...keys);
    },
  );
  await vi.waitFor(() => expect(done).toEqual(['a', 'b', 'c']), PATIENTLY);
  expect(lines).toEqual([expect.stringContaining('it failed 2 times')]);
  expect(lines[0]).toContain(destination);
});

test('refuses a property that it does not know', async () => {
  await expect(feed(await makeSource(), { TumblingWindowInSeconds: 5 }, () => null)).rejects.toThrow(
    'TumblingWindowInSeconds',
  );
});
