import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { DEALER_PARTITIONS, DEALER_TABLE } from '../../shared/dealers/dealer-table.ts';
import type { Point } from '../../shared/geo/point.ts';
import { itemBytes, type StoredItem } from '../../shared/runtime/item-bytes.ts';

/** A store as the locator's own table has it; the others get the same payload under keys of their own. */
export interface StoredStore {
  readonly id: string;
  readonly location: Point;
  readonly payload: AttributeValue;
  /** Of the locator's own row, keys included. */
  readonly bytes: number;
}

/** Every store's row in the locator's own table. */
export async function readStoredStores(client: DynamoDBClient, tableName: string): Promise<readonly StoredStore[]> {
  const stores: StoredStore[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: `${DEALER_TABLE.partitionKey} = :stores`,
      ExpressionAttributeValues: { ':stores': { S: DEALER_PARTITIONS.stores } },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const payload = item['dealer'];
      const { id, location } = payload?.M ?? {};
      const { lat, lng } = location?.M ?? {};
      if (payload === undefined || id?.S === undefined) throw new Error(`a store's row has no dealer: ${tableName}`);
      stores.push({
        id: id.S,
        location: { lat: Number(lat?.N), lng: Number(lng?.N) },
        payload,
        bytes: itemBytes(item),
      });
    }
  }
  return stores;
}

/** @throws Error when the emulator leaves items of a batch unwritten, which it never has */
export async function writeItems(
  client: DynamoDBClient,
  tableName: string,
  items: readonly StoredItem[],
): Promise<void> {
  await inBatches(items, async (batch) => {
    const RequestItems = { [tableName]: batch.map((Item) => ({ PutRequest: { Item: { ...Item } } })) };
    const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    if (Object.keys(UnprocessedItems).length > 0) throw new Error(`a batch for ${tableName} was not written whole`);
  });
}

/** As many as DynamoDB takes at one go. */
const ITEMS_PER_BATCH = 25;
const BATCHES_AT_ONCE = 4;

/** Does all values, some at a time, a few of these at once. */
export async function inBatches<Value>(
  values: readonly Value[],
  write: (batch: readonly Value[]) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < values.length) {
      const batch = values.slice(next, next + ITEMS_PER_BATCH);
      next += batch.length;
      await write(batch);
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, work));
}
