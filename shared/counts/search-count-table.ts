import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  paginateQuery,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { DaySearches } from './search-counts.ts';
import type { SearchBatch, SearchTally } from './searched-lines.ts';

/** What the deployment needs to know of the table: counters of searches, and which batches are in them. */
export const SEARCH_COUNT_TABLE = {
  environmentVariable: 'SEARCH_COUNT_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAtSeconds',
} as const;

/** Partitions of the counters. All is written to the first one until batches meet there. */
const SHARDS = 16;
const TRIES = 8;

/** Longer than anything can bring a batch again: a day by Logs, six hours by Lambda, two weeks in the dead-letter queue. */
const MARK_SECONDS = 30 * 24 * 3600;

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export interface SearchCountTable {
  /**
   * Counts a batch, once: in one transaction with its mark.
   * @returns false when it was counted before
   * @throws TransactionCanceledException when other batches came first again and again; nothing was written
   */
  add(batch: SearchBatch, nowMilliseconds: number): Promise<boolean>;
  /** The searches of the days from `from` to `to`, both inclusive and open-ended when absent. Eventually consistent. */
  read(range: { from?: string | undefined; to?: string | undefined }): Promise<readonly DaySearches[]>;
}

export function searchCountTable(client: DynamoDBDocumentClient, tableName: string): SearchCountTable {
  /** The counters of one day and band: an attribute for each state. Each batch adds to some, so the item stays below 1 KB. */
  const addition = ({ day, distanceBand, searchesByState }: SearchTally, shard: number): TransactItem => {
    const states = Object.entries(searchesByState);
    return {
      Update: {
        TableName: tableName,
        Key: { pk: partitionOf(shard), sk: `${day}#${distanceBand}` },
        UpdateExpression: `ADD ${states.map((_, index) => `#s${index} :n${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(states.map(([state], index) => [`#s${index}`, state])),
        ExpressionAttributeValues: Object.fromEntries(states.map(([, searches], index) => [`:n${index}`, searches])),
      },
    };
  };

  const readShard = async (shard: number, from: string, to: string): Promise<DaySearches[]> => {
    const rows: DaySearches[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        // `~` follows every character of a band.
        ExpressionAttributeValues: { ':pk': partitionOf(shard), ':from': from, ':to': `${to}#~` },
      },
    );
    for await (const page of pages) for (const item of page.Items ?? []) rows.push(...rowsOf(item));
    return rows;
  };

  return {
    async add({ id, tallies }, nowMilliseconds) {
      if (tallies.length === 0) return true;
      const mark: TransactItem = {
        Put: {
          TableName: tableName,
          Item: { pk: `batch#${id}`, sk: 'mark', expiresAtSeconds: Math.floor(nowMilliseconds / 1000) + MARK_SECONDS },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      };
      for (let tries = 1; ; tries += 1) {
        const shard = shardOf(id, tries);
        try {
          const TransactItems = [mark, ...tallies.map((tally) => addition(tally, shard))];
          await client.send(new TransactWriteCommand({ TransactItems }));
          return true;
        } catch (error) {
          if (!(error instanceof TransactionCanceledException)) throw error;
          const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
          if (codes[0] === 'ConditionalCheckFailed') return false;
          if (!codes.includes('TransactionConflict') || tries === TRIES) throw error;
        }
      }
    },

    async read({ from = '0000-00-00', to = '9999-99-99' }) {
      const shards = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => readShard(shard, from, to)));
      return shards.flat();
    },
  };
}

const partitionOf = (shard: number): string => `searches#${shard}`;

/** The first one, and after each conflict another by chance: the batch's own, so that those that met part. */
function shardOf(batchId: string, tries: number): number {
  return tries === 1 ? 0 : Number.parseInt(batchId.slice(tries * 2, tries * 2 + 2), 16) % SHARDS;
}

function rowsOf({ pk: _, sk, ...searchesByState }: Record<string, unknown>): DaySearches[] {
  const [day = '', distanceBand = ''] = String(sk).split('#');
  return Object.entries(searchesByState).map(([state, searches]) => ({
    day,
    distanceBand,
    state,
    searches: Number(searches),
  }));
}
