import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { cellOf, cellText } from '../geo/cell.ts';
import { decodeLeafIndex } from '../geo/leaf-codec.ts';
import { type Leaf, type LeafIndex, lastCellOf, rowsChecksum } from '../geo/leaf-index.ts';
import type { PublicDealer } from './dealer.ts';
import { type DealerVersion, isVisible } from './dealer-changes.ts';
import { StoresNotPublished } from './find-dealers.ts';

/**
 * The four kinds of item, each a partition key of its own, so that a grant can name those that a function may read
 * (`dynamodb:LeadingKeys`). Every version of a store has one row in `dealers` and `routing`, and one in `stores` when it
 * is listed; all are written and deleted in one transaction.
 */
export const DEALER_PARTITIONS = {
  /** Listed stores in order of their geohash: `<cell>#<id>#<since>`. The only ones that a search reads. */
  stores: 'store',
  /** Every store by id: `<id>#<since>`. */
  dealers: 'dealer',
  /** Private: where leads go, `<id>#<since>`. */
  routing: 'routing',
  /** `head` names the published number; `part#<number>#<n>` are the bytes of that number's leaf index. */
  index: 'index',
} as const;

/** The item that says what is published and who is importing. */
export interface IndexHead {
  /** The number that searches work from; 0 before the first import. */
  readonly published: number;
  /** Over how many items its leaf index is split. */
  readonly parts: number;
  /** The number of the latest import to begin; only its holder may write. */
  readonly claimed: number;
  /** Transactions that imports have made; while it grows, the one under way is alive. */
  readonly steps: number;
}

export const HEAD_KEY = { pk: DEALER_PARTITIONS.index, sk: 'head' } as const;

export async function readHead(client: DynamoDBDocumentClient, tableName: string): Promise<IndexHead> {
  const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: HEAD_KEY, ConsistentRead: true }));
  return headOf(Item ?? {});
}

/** The head as an item has it; a table without one has had no import. */
export function headOf(item: Item): IndexHead {
  return {
    published: item['published'] ?? 0,
    parts: item['parts'] ?? 0,
    claimed: item['claimed'] ?? 0,
    steps: item['steps'] ?? 0,
  };
}

/** @throws StoresNotPublished when no import has been published yet */
export function assertPublished(published: number): void {
  if (published === 0) throw new StoresNotPublished('no stores have been published yet');
}

/** Every stored version of every store, strongly consistent. */
export async function readVersions(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<readonly DealerVersion[]> {
  const readAll = (partition: string) =>
    queryAll(client, {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition },
      ConsistentRead: true,
    });
  const [dealers, routings] = await Promise.all([
    readAll(DEALER_PARTITIONS.dealers),
    readAll(DEALER_PARTITIONS.routing),
  ]);
  const routingByKey = new Map(routings.map((row) => [row['sk'], row['routing']]));
  // The two reads are not of one moment: a version that an import wrote or deleted between them may lack its other half.
  return dealers
    .filter((row) => routingByKey.has(row['sk']))
    .map((row) => ({ ...spanOf(row), dealer: { ...row['dealer'], routing: routingByKey.get(row['sk']) } }));
}

/** A store's rows in one of the partitions that are kept by id, one for each version; strongly consistent. */
export async function readVersionsOf(
  client: DynamoDBDocumentClient,
  tableName: string,
  partition: string,
  dealerId: string,
): Promise<readonly Item[]> {
  return queryAll(client, {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :id)',
    ExpressionAttributeValues: { ':pk': partition, ':id': `${dealerId}#` },
    ConsistentRead: true,
  });
}

/** `<cell>#<id>#<since>` */
export function storeKey({ dealer, since }: DealerVersion): string {
  return `${cellText(cellOf(dealer.location))}#${dealer.id}#${since}`;
}

/** Sort key of one of the items over which an index is split. */
export function indexPartKey(published: number, part: number): string {
  return `${indexPartPrefix(published)}${String(part).padStart(4, '0')}`;
}

export function indexPartPrefix(published: number): string {
  return `part#${published}#`;
}

/** Sort keys of the items of every index that is stored, the published one and others. */
export async function readIndexPartKeys(client: DynamoDBDocumentClient, tableName: string): Promise<readonly string[]> {
  const items = await queryAll(client, {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': DEALER_PARTITIONS.index, ':prefix': 'part#' },
    ProjectionExpression: 'sk',
  });
  return items.map((item) => item['sk']);
}

export interface PublishedIndex {
  readonly published: number;
  readonly index: LeafIndex;
}

/**
 * The published number with its index, in one Query: the head sorts before the parts.
 *
 * @returns without an index when an import was replacing it at that moment
 * @throws StoresNotPublished
 */
export async function readPublishedIndex(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<PublishedIndex | { readonly published: number; readonly index?: never }> {
  const items = await queryAll(client, {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': DEALER_PARTITIONS.index },
    ConsistentRead: true,
  });
  const { published, parts } = headOf(items.find((item) => item['sk'] === HEAD_KEY.sk) ?? {});
  assertPublished(published);
  const stored = items.filter((item) => item['sk'].startsWith(indexPartPrefix(published)));
  if (stored.length !== parts) return { published };
  return { published, index: decodeLeafIndex(Buffer.concat(stored.map((item) => item['bytes']))) };
}

/**
 * The stores of neighbouring leaves as of the published number, by leaf, with one Query (all its pages).
 *
 * @returns `undefined` when the rows are not those that the index was made from
 */
export async function readLeaves(
  client: DynamoDBDocumentClient,
  tableName: string,
  leaves: readonly Leaf[],
  published: number,
  consistent: boolean,
): Promise<readonly (readonly PublicDealer[])[] | undefined> {
  const [first, last] = [leaves[0], leaves.at(-1)];
  if (first === undefined || last === undefined) return [];
  const items = await queryAll(client, {
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':pk': DEALER_PARTITIONS.stores,
      ':from': cellText(first.firstCell),
      // `~` sorts after the `#` that follows a cell.
      ':to': `${cellText(lastCellOf(last))}~`,
    },
    ConsistentRead: consistent,
  });
  const byLeaf: PublicDealer[][] = [];
  let at = 0;
  for (const leaf of leaves) {
    // Both are ascending; what lies between two leaves is of another import, as is what is not visible.
    const [from, to] = [cellText(leaf.firstCell), `${cellText(lastCellOf(leaf))}~`];
    const rows: Item[] = [];
    for (let item = items[at]; item !== undefined && item['sk'] <= to; item = items[++at]) {
      if (item['sk'] >= from && isVisible(spanOf(item), published)) rows.push(item);
    }
    if (rowsChecksum(rows.map((row) => row['sk'])) !== leaf.checksum) return undefined;
    byLeaf.push(rows.map((row) => row['dealer']));
  }
  return byLeaf;
}

/** From which import to which one a row's version stands. */
export function spanOf(item: Item): Pick<DealerVersion, 'since' | 'until'> {
  return item['until'] === undefined ? { since: item['since'] } : { since: item['since'], until: item['until'] };
}

/** All pages; a page that fails fails the whole. */
async function queryAll(client: DynamoDBDocumentClient, input: QueryCommandInput): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of paginateQuery({ client }, input)) items.push(...(page.Items ?? []));
  return items;
}

export type Item = NonNullable<QueryCommandOutput['Items']>[number];
