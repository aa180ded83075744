import {
  type DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Fact, FactDimensions, FactEvent } from './fact.ts';
import { dayOf, firstHourOf, type HourRange } from './period.ts';

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

/** Facts are only ever added: by the transaction of the step that they tell of. Reads are strongly consistent. */
export interface FactTable {
  /**
   * Makes sure that readers look at a day. Called before a fact of that day is written, so that the list of days may overstate
   * and never misses one; once a day and process it costs a write unit.
   */
  announceDay(day: string): Promise<void>;
  /** The part of a transaction that adds a fact. */
  addition(fact: Fact): TransactItem;
  /** The days that may have facts, in order. */
  readDays(range: HourRange): Promise<readonly string[]>;
  /** Every fact of a range of hours. */
  readFacts(range: HourRange): Promise<readonly Fact[]>;
  /**
   * The part of a transaction that notes in the journal which reservation was erased, beside the fact that tells of it: whoever
   * finds one finds the other. By the day alone, so that it does not tell which fact is whose.
   */
  erasure(reservationId: string, day: string): TransactItem;
  /** The ids in the journal of erasures, of every day. */
  readErasures(): Promise<ReadonlySet<string>>;
}

export function factTable(client: DynamoDBDocumentClient, tableName: string): FactTable {
  const announced = new Set<string>();

  const queryAll = async (partition: string, from: string, until: string) => {
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :until',
        ExpressionAttributeValues: { ':pk': partition, ':from': from, ':until': until },
      },
    );
    for await (const page of pages) items.push(...(page.Items ?? []));
    return items;
  };

  const readDays: FactTable['readDays'] = async ({ from = FIRST_HOUR, until = LAST_HOUR }) => {
    const items = await queryAll(DAYS, dayOf(from), dayOf(until));
    return items.map(({ sk }) => String(sk)).filter((day) => firstHourOf(day) < until);
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
          Item: factItem(fact),
          // Nothing is ever rewritten.
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      };
    },

    readDays,

    erasure(reservationId, day) {
      return { Put: { TableName: tableName, Item: { pk: erasurePartition(day), sk: reservationId } } };
    },

    async readErasures() {
      const days = [...(await readDays({}))];
      const ids = new Set<string>();
      while (days.length > 0) {
        const read = await Promise.all(
          days.splice(0, READS_AT_ONCE).map((day) => queryAll(erasurePartition(day), ' ', '~')),
        );
        for (const { sk } of read.flat()) ids.add(String(sk));
      }
      return ids;
    },

    async readFacts({ from = FIRST_HOUR, until = LAST_HOUR }) {
      if (from >= until) return [];
      const days = await readDays({ from, until });
      const partitions = days.flatMap((day) => Array.from({ length: SHARDS }, (_, shard) => ({ day, shard })));
      const facts: Fact[] = [];
      while (partitions.length > 0) {
        const batch = partitions.splice(0, READS_AT_ONCE);
        const read = await Promise.all(
          batch.map(async ({ day, shard }) => {
            const first = day === dayOf(from) ? from.slice(11) : '00';
            // A sort key is longer than its hour, so that the hour itself ends the hours before it.
            const end = day === dayOf(until) ? until.slice(11) : '24';
            return (await queryAll(`${day}#${shard}`, first, end)).map((item) => factOfItem(day, item));
          }),
        );
        for (const some of read) for (const fact of some) facts.push(fact);
      }
      return facts;
    },
  };
}

const erasurePartition = (day: string): string => `erasures#${day}`;

const FIRST_HOUR = '0000-00-00T00';
const LAST_HOUR = '9999-99-99T99';

/**
 * A fact as it is stored. Its id is random, so its first characters spread a day's facts evenly.
 * @throws RangeError when the id is no UUID
 */
export function factItem({ id, hour, event, dimensions }: Fact) {
  const shard = Number.parseInt(id.slice(0, 4), 16) % SHARDS;
  // Readers look at the numbered shards alone.
  if (Number.isNaN(shard)) throw new RangeError(`a fact's id must be a UUID, not ${id}`);
  return { pk: `${dayOf(hour)}#${shard}`, sk: `${hour.slice(11)}#${id}`, event, dimensions };
}

function factOfItem(day: string, item: Record<string, unknown>): Fact {
  const [hour = '', id = ''] = String(item['sk']).split('#');
  return {
    id,
    hour: `${day}T${hour}`,
    event: item['event'] as FactEvent,
    dimensions: item['dimensions'] as FactDimensions,
  };
}
