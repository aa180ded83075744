import {
  type DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Fact, FactDimensions, FactEvent } from './fact.ts';

/** What the deployment needs to know of the table. No secondary index. */
export const FACT_TABLE = {
  environmentVariable: 'FACT_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
} as const;

/** Partitions of a day: each takes about 1,000 writes a second, in a transaction half of that. */
const SHARDS = 4;
const DAYS = 'days';
/** Partitions read at the same time. */
const READS_AT_ONCE = 16;

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Facts are only ever added: by the transaction of the step that they tell of. */
export interface FactTable {
  /**
   * Makes sure that readers look at a day. Called before a fact of that day is written, so that the list of days may overstate
   * and never misses one; once a day and process it costs a write unit.
   */
  announceDay(day: string): Promise<void>;
  /** The part of a transaction that adds a fact. */
  addition(fact: Fact): TransactItem;
  /** Every fact of the days from `from` to `to`, both inclusive and open-ended when absent. Strongly consistent. */
  readFacts(range: { from?: string | undefined; to?: string | undefined }): Promise<readonly Fact[]>;
}

export function factTable(client: DynamoDBDocumentClient, tableName: string): FactTable {
  const announced = new Set<string>();

  const queryAll = async (partition: string, range: { from: string; to: string } | undefined) => {
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: range ? 'pk = :pk AND sk BETWEEN :from AND :to' : 'pk = :pk',
        ExpressionAttributeValues: { ':pk': partition, ...(range && { ':from': range.from, ':to': range.to }) },
      },
    );
    for await (const page of pages) items.push(...(page.Items ?? []));
    return items;
  };

  return {
    async announceDay(day) {
      if (announced.has(day)) return;
      await client.send(new PutCommand({ TableName: tableName, Item: { pk: DAYS, sk: day } }));
      announced.add(day);
    },

    addition(fact) {
      return {
        Put: {
          TableName: tableName,
          Item: { pk: partitionOf(fact), sk: fact.id, event: fact.event, dimensions: fact.dimensions },
          // Nothing is ever rewritten.
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      };
    },

    async readFacts({ from = '0000-00-00', to = '9999-99-99' }) {
      const days = (await queryAll(DAYS, { from, to })).map((item) => String(item['sk']));
      const partitions = days.flatMap((day) => Array.from({ length: SHARDS }, (_, shard) => ({ day, shard })));
      const facts: Fact[] = [];
      while (partitions.length > 0) {
        const batch = partitions.splice(0, READS_AT_ONCE);
        const read = await Promise.all(
          batch.map(async ({ day, shard }) =>
            (await queryAll(`${day}#${shard}`, undefined)).map(
              (item): Fact => ({
                id: String(item['sk']),
                day,
                event: item['event'] as FactEvent,
                dimensions: item['dimensions'] as FactDimensions,
              }),
            ),
          ),
        );
        facts.push(...read.flat());
      }
      return facts;
    },
  };
}

/** A fact's partition: its id is random, so its first characters spread evenly. @throws RangeError when it is no UUID */
function partitionOf(fact: Fact): string {
  const shard = Number.parseInt(fact.id.slice(0, 4), 16) % SHARDS;
  // Readers look at the numbered shards alone.
  if (Number.isNaN(shard)) throw new RangeError(`a fact's id must be a UUID, not ${fact.id}`);
  return `${fact.day}#${shard}`;
}
