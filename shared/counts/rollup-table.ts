import { setTimeout as delay } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
} from '@aws-sdk/lib-dynamodb';
import type { Cube } from './cube.ts';
import { decodeFragment, encodeColumns, encodeCube, joinFragments } from './cube-codec.ts';
import { DIMENSIONS, type Dimension } from './fact.ts';
import { type Head, HeadMoved, type Level, RollupMissing, type Run } from './head.ts';
import { VIEWS, type View } from './views.ts';

/** What the deployment needs to know of the table. No secondary index. */
export const ROLLUP_TABLE = {
  environmentVariable: 'ROLLUP_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAtSeconds',
} as const;

/** What a request may write; an item has a third of a megabyte at most, a request may have 16. */
const BATCH = 25;
/** How often a period may be refused something; the last wait is 6 s. */
const MOST_TRIES = 7;
const HEAD = { pk: 'head', sk: 'head' } as const;
const GENERATIONS = 'generations';

export interface Generation {
  readonly id: string;
  readonly startedAtSeconds: number;
}

/** The cubes of closed periods. All of it can be made again from the facts. Reads are strongly consistent. */
export interface RollupTable {
  readHead(): Promise<Head | undefined>;
  /** @param before what was read; `undefined`: there was none. @throws HeadMoved when that no longer stands */
  moveHead(head: Head, before: Head | undefined): Promise<void>;
  /**
   * Writes a period's cube, by its columns, and views of it. Nothing is changed by writing the same again.
   * @param expiresAtSeconds when it may be deleted; never unless told
   */
  write(
    generation: string,
    level: Level,
    period: string,
    content: { readonly cube: Cube; readonly views: readonly (readonly [View, Cube])[] },
    expiresAtSeconds?: number,
  ): Promise<void>;
  /**
   * The cubes of each period of a run, a part each.
   * @param wanted a view, or columns of the lossless cube
   * @throws RollupMissing when a period or a part of one is missing
   */
  read(
    generation: string,
    run: Run,
    wanted: View | ReadonlySet<Dimension>,
  ): Promise<ReadonlyMap<string, readonly Cube[]>>;
  /** Notes a generation before anything of it is written, so that what a rebuild left half way is found. */
  startGeneration(generation: Generation): Promise<void>;
  listGenerations(): Promise<readonly Generation[]>;
  deleteGeneration(id: string): Promise<void>;
}

export function rollupTable(client: DynamoDBDocumentClient, tableName: string): RollupTable {
  const query = async (partition: string, range?: { readonly from: string; readonly to: string }, keysOnly = false) => {
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: range ? 'pk = :pk AND sk BETWEEN :from AND :to' : 'pk = :pk',
        ExpressionAttributeValues: { ':pk': partition, ...(range && { ':from': range.from, ':to': range.to }) },
        ...(keysOnly && { ProjectionExpression: 'pk, sk' }),
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  };

  /** The parts of a run's periods in one partition. */
  const readParts = async (generation: string, { level, periods }: Run, name: string) => {
    const [first = '', last = ''] = [periods[0], periods.at(-1)];
    const range = { from: sortKey(first, 0), to: sortKey(last, MOST_PARTS) };
    const items = await query(partitionKey(generation, level, name), range);
    const byKey = new Map(items.map((item) => [String(item['sk']), item]));
    return periods.map((period) => {
      const parts = Number(byKey.get(sortKey(period, 0))?.['parts'] ?? 1);
      return Array.from({ length: parts }, (_, part) => {
        const data = byKey.get(sortKey(period, part))?.['data'];
        if (!(data instanceof Uint8Array)) throw new RollupMissing(`${level} ${period} has no part ${part} of ${name}`);
        return decodeFragment(data);
      });
    });
  };

  const putBatch = async (items: readonly Record<string, unknown>[]) => {
    let left = items.map((Item) => ({ PutRequest: { Item } }));
    for (let tries = 0; ; tries += 1) {
      const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: left } }));
      left = (UnprocessedItems?.[tableName] ?? []) as typeof left;
      if (left.length === 0) return;
      // The table is too busy for so much at once: the SDK does not try these again.
      if (tries === MOST_TRIES) throw new Error(`${left.length} items of roll-ups were not written`);
      await delay(50 * 2 ** tries);
    }
  };

  return {
    async readHead() {
      const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: HEAD, ConsistentRead: true }));
      return Item?.['head'] as Head | undefined;
    },

    async moveHead(head, before) {
      const condition =
        before === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': before.version } };
      const { version } = head;
      try {
        await client.send(new PutCommand({ TableName: tableName, Item: { ...HEAD, version, head }, ...condition }));
      } catch (error) {
        throw error instanceof ConditionalCheckFailedException ? new HeadMoved('moved', { cause: error }) : error;
      }
    },

    async write(generation, level, period, { cube, views }, expiresAtSeconds) {
      const named: (readonly [string, readonly Uint8Array[]])[] = views.map(([{ name }, view]) => [
        name,
        encodeCube(view),
      ]);
      const parts = encodeColumns(cube);
      for (const column of [...DIMENSIONS, 'counts'] as const) {
        named.push([columnName(column), parts.flatMap((part) => part.get(column) ?? [])]);
      }
      const items = named.flatMap(([name, blobs]) =>
        blobs.map((data, part) => ({
          pk: partitionKey(generation, level, name),
          sk: sortKey(period, part),
          parts: blobs.length,
          data,
          ...(expiresAtSeconds !== undefined && { expiresAtSeconds }),
        })),
      );
      const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) =>
        items.slice(at * BATCH, (at + 1) * BATCH),
      );
      await Promise.all(batches.map(putBatch));
    },

    async read(generation, run, wanted) {
      const names = 'name' in wanted ? [wanted.name] : [...wanted, 'counts' as const].map(columnName);
      const read = await Promise.all(names.map((name) => readParts(generation, run, name)));
      return new Map(
        run.periods.map((period, at) => {
          const [one = [], ...others] = read.map((periods) => periods[at] ?? []);
          if (others.some((parts) => parts.length !== one.length)) {
            throw new RollupMissing(`the columns of ${run.level} ${period} are of different writings`);
          }
          return [
            period,
            one.map((part, index) => joinFragments([part, ...others.flatMap((parts) => parts[index] ?? [])])),
          ];
        }),
      );
    },

    async startGeneration({ id, startedAtSeconds }) {
      await client.send(new PutCommand({ TableName: tableName, Item: { pk: GENERATIONS, sk: id, startedAtSeconds } }));
    },

    async listGenerations() {
      const items = await query(GENERATIONS);
      return items.map(({ sk, startedAtSeconds }) => ({ id: String(sk), startedAtSeconds: Number(startedAtSeconds) }));
    },

    async deleteGeneration(id) {
      const names = [...VIEWS.map(({ name }) => name), ...[...DIMENSIONS, 'counts' as const].map(columnName)];
      for (const level of LEVELS) {
        for (const name of names) {
          const keys = await query(partitionKey(id, level, name), undefined, true);
          while (keys.length > 0) {
            const some = keys.splice(0, BATCH);
            await Promise.all(
              some.map(({ pk, sk }) => client.send(new DeleteCommand({ TableName: tableName, Key: { pk, sk } }))),
            );
          }
        }
      }
      await client.send(new DeleteCommand({ TableName: tableName, Key: { pk: GENERATIONS, sk: id } }));
    },
  };
}

const LEVELS: readonly Level[] = ['month', 'day', 'hour'];
const MOST_PARTS = 9_999;

const columnName = (column: Dimension | 'counts') => `cube.${column}`;
/** All periods of a level and view in order, so that one Query reads a range of them, whose bytes are summed before they are rounded. */
const partitionKey = (generation: string, level: Level, name: string) => `${generation}#${level}#${name}`;
const sortKey = (period: string, part: number) => `${period}#${String(part).padStart(4, '0')}`;
