import { BatchWriteItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GeoDataManager, GeoDataManagerConfiguration, GeoTableUtil } from 'dynamodb-geo';
import { distanceMeters } from '../../shared/geo/distance.ts';
import type { Point } from '../../shared/geo/point.ts';
import type { StoredItem } from '../../shared/runtime/item-bytes.ts';
import { createTable } from '../create-table.ts';
import { inBatches, type StoredStore } from './bench-tables.ts';
import { type Contender, nearestByRings } from './contender.ts';

/**
 * npm's dynamodb-geo 0.4.0 with one table, written and read by itself. Keys of different lengths are different numbers,
 * so that one table can hold the same stores for several lengths.
 */
export class GeoLibrary {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  private constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  static async load(
    client: DynamoDBClient,
    tableName: string,
    stores: readonly StoredStore[],
    hashKeyLengths: readonly number[],
  ): Promise<GeoLibrary> {
    const library = new GeoLibrary(client, tableName);
    await createTable(client, GeoTableUtil.getCreateTableRequest(library.#configuration(1)));
    for (const length of hashKeyLengths) {
      const manager = new GeoDataManager(library.#configuration(length));
      await inBatches(stores, async (batch) => {
        const points = batch.map(({ id, location, payload }) => ({
          RangeKeyValue: { S: id },
          GeoPoint: { latitude: location.lat, longitude: location.lng },
          PutItemInput: { Item: { dealer: payload } },
        }));
        await manager.batchWritePoints(points).promise();
      });
    }
    return library;
  }

  /** Nearest: rings. A search that throws answers nothing, and is counted as missing all. */
  contender(hashKeyLength: number): Contender {
    const manager = new GeoDataManager(this.#configuration(hashKeyLength));
    const within = async (origin: Point, radiusMeters: number): Promise<readonly string[]> => {
      const items: readonly StoredItem[] = await manager.queryRadius({
        CenterPoint: { latitude: origin.lat, longitude: origin.lng },
        RadiusInMeter: radiusMeters,
      });
      return items
        .map((item) => ({ id: item['rangeKey']?.S ?? '', distanceMeters: distanceMeters(origin, pointOf(item)) }))
        .sort((a, b) => a.distanceMeters - b.distanceMeters || (a.id < b.id ? -1 : 1))
        .map(({ id }) => id);
    };
    return {
      name: `dynamodb-geo, hash-key length ${hashKeyLength}`,
      within,
      nearest: (origin, limit) => nearestByRings(limit, (radiusMeters) => within(origin, radiusMeters)),
    };
  }

  #configuration(hashKeyLength: number): GeoDataManagerConfiguration {
    const configuration = new GeoDataManagerConfiguration(sdk2Client(this.#client), this.#tableName);
    configuration.hashKeyLength = hashKeyLength;
    return configuration;
  }
}

/** What dynamodb-geo calls of version 2 of AWS's SDK, done by version 3. */
function sdk2Client(client: DynamoDBClient) {
  type QueryInput = ConstructorParameters<typeof QueryCommand>[0] & { readonly ExclusiveStartKey: StoredItem | null };
  type BatchInput = ConstructorParameters<typeof BatchWriteItemCommand>[0];
  return {
    query: ({ ExclusiveStartKey, ...input }: QueryInput) => ({
      promise: () =>
        client.send(new QueryCommand({ ...input, ...(ExclusiveStartKey === null ? {} : { ExclusiveStartKey }) })),
    }),
    batchWriteItem: (input: BatchInput) => ({ promise: () => client.send(new BatchWriteItemCommand(input)) }),
  };
}

function pointOf(item: StoredItem): Point {
  const { coordinates } = JSON.parse(item['geoJson']?.S ?? '');
  const [lng, lat] = coordinates;
  return { lat, lng };
}
