import type { Dealer, PublicDealer } from '../../shared/dealers/dealer.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { DEALER_TABLE, type DealerTable, dealerTable } from '../../shared/dealers/dealer-table.ts';
import { type DealerSource, findDealers } from '../../shared/dealers/find-dealers.ts';
import { type LeafRows, within } from '../../shared/geo/nearest.ts';
import { localDocumentClient, withKeys } from '../../test/support/locator-tables.ts';
import { createTable } from '../create-table.ts';
import type { Contender } from './contender.ts';
import type { MeteredDynamoDb, ReadCost } from './read-meter.ts';

/** The locator's own search, over its own table. */
export class OwnSearch {
  readonly tableName: string;
  readonly reader: DealerTable;
  /** What reading the index costs an instance at its first search, and again when stores have changed. */
  readonly indexCost: ReadCost;

  private constructor(tableName: string, reader: DealerTable, indexCost: ReadCost) {
    this.tableName = tableName;
    this.reader = reader;
    this.indexCost = indexCost;
  }

  /** Imports the stores into a new table. */
  static async load(database: MeteredDynamoDb, tableName: string, dealers: readonly Dealer[]): Promise<OwnSearch> {
    await createTable(database.client, { TableName: tableName, ...withKeys(DEALER_TABLE) });
    const client = localDocumentClient(database.client);
    await applyDealerChanges(client, tableName, { put: dealers, removeIds: [] }, { wait: neverNeeded });
    database.takeCost();
    // The clock stands still: the index is read here once and never again.
    const reader = dealerTable(client, tableName, () => 0);
    await reader.read(async () => undefined);
    return new OwnSearch(tableName, reader, database.takeCost());
  }

  /** An instance that has the index and no store yet: each search reads all that it needs. */
  fresh(): Contender {
    return this.#contender('ours, fresh reader', () => new Map());
  }

  /** An instance that keeps what it reads, from one search to the next. */
  reused(): Contender {
    const held = new Map();
    return this.#contender('ours, reused reader', () => held);
  }

  #contender(name: string, held: () => LeafRows<PublicDealer>['held']): Contender {
    const source: DealerSource = {
      read: (search) => this.reader.read((stores) => search({ ...stores, held: held() })),
    };
    return {
      name,
      async within(origin, radiusMeters) {
        const hits = await source.read((stores) => within({ origin, radiusMeters }, stores));
        return hits.map(({ row }) => row.id);
      },
      async nearest(origin, limit) {
        const { hits } = await findDealers({ origin, radiusMeters: Number.POSITIVE_INFINITY, limit }, source);
        return hits.map(({ dealer }) => dealer.id);
      },
    };
  }
}

async function neverNeeded(): Promise<never> {
  throw new Error('an import waited, although no other writes to its table');
}
