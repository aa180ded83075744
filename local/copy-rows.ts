import { setTimeout as delay } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { HostError } from './host-error.ts';

type Row = Record<string, AttributeValue>;

/** Readers of a table at the same time, each with a part of its own. */
const SEGMENTS = 4;
/** Of a batch (DynamoDB's limit). */
const MOST_WRITES = 25;

export interface RowCopy {
  readonly client: DynamoDBClient;
  readonly from: string;
  readonly to: string;
  /** Deletes what `to` holds, first; without it `to` has to be empty. */
  readonly emptyFirst: boolean;
  onProgress?(rows: number): void;
}

export interface RowsCopied {
  readonly deleted: number;
  readonly copied: number;
}

/**
 * Makes a table hold the rows of another, as they are; what had ended meanwhile, time to live deletes again. Breaking off does no harm: it is run again with `emptyFirst`.
 * @throws HostError when there are rows in the way, or none to copy
 */
export async function copyRows(copy: RowCopy): Promise<RowsCopied> {
  const { client, from, to } = copy;
  if (from === to) throw new HostError('A table cannot be copied into itself.');
  if (!(await hasRows(client, from))) throw new HostError(`${from} has no rows: is it the one that was restored?`);
  if (!copy.emptyFirst && (await hasRows(client, to))) {
    throw new HostError(`${to} has rows: name it with --empty-first to delete them, once you are sure.`);
  }
  const deleted = copy.emptyFirst ? await emptyTable(client, to) : 0;
  let copied = 0;
  await eachPage(client, from, async (rows) => {
    await writeAll(
      client,
      to,
      rows.map((Item) => ({ PutRequest: { Item } })),
    );
    copied += rows.length;
    copy.onProgress?.(copied);
  });
  return { deleted, copied };
}

/** @returns how many rows it had */
export async function emptyTable(client: DynamoDBClient, table: string): Promise<number> {
  let deleted = 0;
  await eachPage(client, table, async (rows) => {
    await writeAll(
      client,
      table,
      rows.map((row) => ({ DeleteRequest: { Key: keyOf(row) } })),
    );
    deleted += rows.length;
  });
  return deleted;
}

async function eachPage(client: DynamoDBClient, table: string, use: (rows: readonly Row[]) => Promise<void>) {
  const readPart = async (Segment: number) => {
    let ExclusiveStartKey: Row | undefined;
    do {
      const page = await client.send(
        new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          Segment,
          TotalSegments: SEGMENTS,
          ExclusiveStartKey,
        }),
      );
      await use(page.Items ?? []);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  };
  await Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => readPart(segment)));
}

async function writeAll(client: DynamoDBClient, table: string, writes: readonly WriteRequest[]): Promise<void> {
  for (let from = 0; from < writes.length; from += MOST_WRITES) {
    let left: readonly WriteRequest[] = writes.slice(from, from + MOST_WRITES);
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries > 0) await delay(Math.min(5_000, 50 * 2 ** tries));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: [...left] } }),
      );
      left = UnprocessedItems?.[table] ?? [];
    }
  }
}

async function hasRows(client: DynamoDBClient, table: string): Promise<boolean> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true, Limit: 1 }));
  return Items.length > 0;
}

function keyOf(row: Row): Row {
  const { pk, sk } = row;
  if (pk === undefined || sk === undefined)
    throw new HostError('This is no table of the locator: a row has no pk and sk.');
  return { pk, sk };
}
