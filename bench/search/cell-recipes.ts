import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import ngeohash from 'ngeohash';
import { type Box, distanceMeters, EARTH_RADIUS_METERS } from '../../shared/geo/distance.ts';
import type { Point } from '../../shared/geo/point.ts';
import { withKeys } from '../../test/support/locator-tables.ts';
import { createTable } from '../create-table.ts';
import { type StoredStore, writeItems } from './bench-tables.ts';
import { type Contender, METERS_PER_MILE, nearestByRings } from './contender.ts';

const PARTITION = 'store';
const DEGREES = 180 / Math.PI;

/** Geohash recipes on one table of stores in order of their geohash: a cell is one Query by prefix. */
export class CellRecipes {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  private constructor(client: DynamoDBDocumentClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  static async load(client: DynamoDBClient, tableName: string, stores: readonly StoredStore[]): Promise<CellRecipes> {
    await createTable(client, { TableName: tableName, ...withKeys({ partitionKey: 'pk', sortKey: 'sk' }) });
    const items = stores.map(({ id, location, payload }) => ({
      pk: { S: PARTITION },
      sk: { S: `${ngeohash.encode(location.lat, location.lng, 12)}#${id}` },
      dealer: payload,
    }));
    await writeItems(client, tableName, items);
    return new CellRecipes(DynamoDBDocumentClient.from(client), tableName);
  }

  /**
   * The recipe of most tutorials: the origin's cell and its eight neighbours. It has no way to tell when these do not
   * cover the radius. Nearest: the letters are dropped one by one until the nine cells hold enough.
   */
  nineCells(precision: number): Contender {
    const inNineCells = (origin: Point, letters: number): Promise<readonly Found[]> => {
      const cell = ngeohash.encode(origin.lat, origin.lng, letters);
      // At the poles and at one letter neighbours repeat.
      return this.#inCells([...new Set([cell, ...ngeohash.neighbors(cell)])], origin);
    };
    return {
      name: `nine cells, precision ${precision}`,
      within: async (origin, radiusMeters) => idsWithin(radiusMeters, await inNineCells(origin, precision)),
      async nearest(origin, limit) {
        for (let letters = precision; ; letters--) {
          const found = await inNineCells(origin, letters);
          if (found.length >= limit || letters === 1) return idsWithin(Number.POSITIVE_INFINITY, found).slice(0, limit);
        }
      },
    };
  }

  /** All cells over the circle's box, at precision 3 up to 250 miles. Nearest: rings, with coarser cells as they grow. */
  get boxes(): Contender {
    const within = async (origin: Point, radiusMeters: number): Promise<readonly string[]> => {
      const precision = radiusMeters <= 250 * METERS_PER_MILE ? 3 : radiusMeters <= 2_000 * METERS_PER_MILE ? 2 : 1;
      const { south, west, north, east } = circleBox(origin, radiusMeters);
      return idsWithin(radiusMeters, await this.#inCells(ngeohash.bboxes(south, west, north, east, precision), origin));
    };
    return {
      name: 'ngeohash.bboxes, precision 3',
      within,
      nearest: (origin, limit) => nearestByRings(limit, (radiusMeters) => within(origin, radiusMeters)),
    };
  }

  /** Reads every store, whatever the question. */
  get everything(): Contender {
    return {
      name: 'query everything',
      within: async (origin, radiusMeters) => idsWithin(radiusMeters, await this.#inCell('', origin)),
      nearest: async (origin, limit) =>
        idsWithin(Number.POSITIVE_INFINITY, await this.#inCell('', origin)).slice(0, limit),
    };
  }

  async #inCells(cells: readonly string[], origin: Point): Promise<readonly Found[]> {
    return (await Promise.all(cells.map((cell) => this.#inCell(cell, origin)))).flat();
  }

  async #inCell(prefix: string, origin: Point): Promise<readonly Found[]> {
    const found: Found[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        ...(prefix === ''
          ? { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': PARTITION } }
          : {
              KeyConditionExpression: 'pk = :pk AND begins_with(sk, :cell)',
              ExpressionAttributeValues: { ':pk': PARTITION, ':cell': prefix },
            }),
      },
    );
    for await (const { Items = [] } of pages) {
      for (const { dealer } of Items)
        found.push({ id: dealer.id, distanceMeters: distanceMeters(origin, dealer.location) });
    }
    return found;
  }
}

interface Found {
  readonly id: string;
  readonly distanceMeters: number;
}

function idsWithin(radiusMeters: number, found: readonly Found[]): readonly string[] {
  return found
    .filter((store) => store.distanceMeters <= radiusMeters)
    .sort((a, b) => a.distanceMeters - b.distanceMeters || (a.id < b.id ? -1 : 1))
    .map((store) => store.id);
}

/**
 * The exact box of a circle. It may reach beyond ±180, where `bboxes` has no cells: the recipe stays as its users write
 * it.
 */
function circleBox({ lat, lng }: Point, radiusMeters: number): Box {
  const angle = radiusMeters / EARTH_RADIUS_METERS;
  const south = lat - angle * DEGREES;
  const north = lat + angle * DEGREES;
  if (south <= -90 || north >= 90)
    return { south: Math.max(south, -90), west: -180, north: Math.min(north, 90), east: 180 };
  const halfWidth = Math.asin(Math.sin(angle) / Math.cos(lat / DEGREES)) * DEGREES;
  return { south, west: lng - halfWidth, north, east: lng + halfWidth };
}
