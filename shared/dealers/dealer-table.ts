import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LeafIndex } from '../geo/leaf-index.ts';
import type { LeafRows } from '../geo/nearest.ts';
import { DEALER_ID, type Dealer, type LeadRouting, type PublicDealer } from './dealer.ts';
import { isVisible } from './dealer-changes.ts';
import {
  assertPublished,
  DEALER_PARTITIONS,
  type Item,
  readHead,
  readLeaves,
  readPublishedIndex,
  readVersions,
  readVersionsOf,
  spanOf,
} from './dealer-rows-table.ts';
import type { DealerSource } from './find-dealers.ts';

// A deployment grants by partition, and finds all that it needs to know here.
export { DEALER_PARTITIONS };

/** What a deployment needs to know of the table: two string keys, no secondary index, no stream. */
export const DEALER_TABLE = {
  environmentVariable: 'DEALER_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
} as const;

/**
 * A published change shows in every search that a function answers within this time; an edge may repeat an older answer for longer.
 * The price is one read unit a function instance each time.
 */
export const INDEX_MAX_AGE_MS = 60_000;

/** Leaves whose rows one instance keeps in memory: with 2 to 32 stores each, at most some 60 MB. */
const MAX_HELD_LEAVES = 2_000;

/**
 * Reads of the dealers table. Make one in a function's module scope: it holds the index and the rows that it has read. As long as
 * nothing has been published all of them but `listDealers` throw StoresNotPublished, and look again at the next call.
 */
export interface DealerTable extends DealerSource {
  /** One store by id, a withdrawn one too (its `status` says so); `undefined` when unknown. Two read units: consistent. */
  getDealer(dealerId: string): Promise<PublicDealer | undefined>;
  /** Where a store's leads go; `undefined` when the store is unknown. Private. Two read units: consistent. */
  getLeadRouting(dealerId: string): Promise<LeadRouting | undefined>;
  /** Every store, withdrawn ones and routing included, ascending by id. For export and import: reads the whole table. */
  listDealers(): Promise<readonly Dealer[]>;
}

/** Stores were changed after the index was read. */
class OutdatedIndex extends Error {
  override readonly name = 'OutdatedIndex';
}

/**
 * @param client with its default marshalling
 * @param nowMilliseconds a clock; only differences count
 */
export function dealerTable(
  client: DynamoDBDocumentClient,
  tableName: string,
  nowMilliseconds: () => number,
): DealerTable {
  interface Snapshot {
    readonly published: number;
    stores: LeafRows<PublicDealer>;
  }
  let latest: { readonly snapshot: Promise<Snapshot>; readonly readAt: number } | undefined;

  /** The snapshot in memory, or a newer one once that is too old. */
  function snapshot(): Promise<Snapshot> {
    const now = nowMilliseconds();
    return latest !== undefined && now - latest.readAt < INDEX_MAX_AGE_MS ? latest.snapshot : refresh(now);
  }

  function refresh(readAt: number): Promise<Snapshot> {
    const before = latest?.snapshot;
    const entry = { snapshot: readSnapshot(before), readAt };
    latest = entry;
    // A failure is the caller's to see, and not to be remembered.
    entry.snapshot.catch(() => {
      if (latest === entry) latest = undefined;
    });
    return entry.snapshot;
  }

  async function readSnapshot(before: Promise<Snapshot> | undefined): Promise<Snapshot> {
    // A failed read was its own caller's to see.
    const known = await before?.catch(() => undefined);
    if (known !== undefined && (await readHead(client, tableName)).published === known.published) return known;
    for (let failed: number | undefined; ; ) {
      const { published, index } = await readPublishedIndex(client, tableName);
      if (index) return { published, stores: leafRows(index, published) };
      // An import may have replaced it while its pages were read; the same one cannot be gone twice.
      if (published === failed) throw new Error(`the index of import ${failed} is not whole`);
      failed = published;
    }
  }

  function leafRows(index: LeafIndex, published: number): LeafRows<PublicDealer> {
    return {
      index,
      held: new Map(),
      async read(first, last) {
        const leaves = index.leaves.slice(first, last + 1);
        // Replicas lag by a moment: what an eventually consistent read gives is checked, and read again if need be.
        const rows = await readLeaves(client, tableName, leaves, published, false);
        const checked = rows ?? (await readLeaves(client, tableName, leaves, published, true));
        if (!checked) throw new OutdatedIndex(`stores differ from the index of import ${published}`);
        return checked;
      },
    };
  }

  /** A store's row in the version that is published now. */
  async function readVersion(partition: string, dealerId: string): Promise<Item | undefined> {
    if (!DEALER_ID.test(dealerId)) return undefined;
    for (let before: number | undefined; ; ) {
      const [{ published }, versions] = await Promise.all([
        readHead(client, tableName),
        readVersionsOf(client, tableName, partition, dealerId),
      ]);
      assertPublished(published);
      const visible = versions.find((version) => isVisible(spanOf(version), published));
      // Versions, but none visible: not published yet, unless an import ended between the two reads.
      if (visible !== undefined || versions.length === 0 || published === before) return visible;
      before = published;
    }
  }

  return {
    async read(search) {
      let current = await snapshot();
      for (;;) {
        if (current.stores.held.size > MAX_HELD_LEAVES) current.stores = { ...current.stores, held: new Map() };
        try {
          return await search(current.stores);
        } catch (error) {
          if (!(error instanceof OutdatedIndex)) throw error;
          const fresh = await refresh(nowMilliseconds());
          // Nothing was published since: the table is damaged, and no answer is better than a wrong one.
          if (fresh.published === current.published) throw error;
          current = fresh;
        }
      }
    },

    async getDealer(dealerId) {
      return (await readVersion(DEALER_PARTITIONS.dealers, dealerId))?.['dealer'];
    },

    async getLeadRouting(dealerId) {
      return (await readVersion(DEALER_PARTITIONS.routing, dealerId))?.['routing'];
    },

    async listDealers() {
      for (;;) {
        const { published } = await readHead(client, tableName);
        const versions = await readVersions(client, tableName);
        // An import that ended meanwhile may have deleted what this number needs.
        if ((await readHead(client, tableName)).published !== published) continue;
        const visible = versions.filter((version) => isVisible(version, published));
        return visible.map((version) => version.dealer).sort((a, b) => (a.id < b.id ? -1 : 1));
      }
    },
  };
}
