import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dealer, PublicDealer } from '../../shared/dealers/dealer.ts';
import {
  type DealerSource,
  findDealers,
  listedDealers,
  nearestDealer,
  nearestOthers,
} from '../../shared/dealers/find-dealers.ts';
import { cellOf } from '../../shared/geo/cell.ts';
import { buildLeafIndex, lastCellOf } from '../../shared/geo/leaf-index.ts';
import type { LeafRows } from '../../shared/geo/nearest.ts';
import { anyQuestion, dealersOf, publicly, sortedHits } from './arbitrary-dealer.ts';

const ids = Array.from({ length: 40 }, (_, at) => `store-${String(at).padStart(2, '0')}`);

/** Stores in memory. */
function sourceOf(dealers: readonly Dealer[]): DealerSource {
  const listed = dealers.filter((dealer) => dealer.status !== 'withdrawn').map(publicly);
  const entries = listed.map(({ id, location, models }) => ({ key: id, location, tags: models }));
  const index = buildLeafIndex(entries, 400);
  const stores: LeafRows<PublicDealer> = {
    index,
    held: new Map(),
    read: async (first, last) =>
      index.leaves
        .slice(first, last + 1)
        .map((leaf) =>
          listed.filter(({ location }) => cellOf(location) >= leaf.firstCell && cellOf(location) <= lastCellOf(leaf)),
        ),
  };
  return { read: (search) => search(stores) };
}

describe('findDealers', () => {
  test('equals sorting all listed stores', async () => {
    await fc.assert(
      fc.asyncProperty(dealersOf(ids), anyQuestion, async (dealers, question) => {
        expect(await findDealers(question, sourceOf(dealers))).toEqual(sortedHits(dealers, question));
      }),
    );
  });

  test('is never empty while a listed store carries the model', async () => {
    await fc.assert(
      fc.asyncProperty(dealersOf(ids), anyQuestion, async (dealers, question) => {
        const { model } = question;
        const some = dealers.some((d) => d.status !== 'withdrawn' && (model === undefined || d.models.includes(model)));
        expect((await findDealers(question, sourceOf(dealers))).hits.length > 0).toBe(some);
      }),
    );
  });

  test('a question that makes no sense is refused by its value', async () => {
    const good = { origin: { lat: 26, lng: -80 }, radiusMeters: 1_000, limit: 5 };
    const ask = (wrong: object) => findDealers({ ...good, ...wrong }, sourceOf([]));
    await expect(ask({ origin: { lat: 91, lng: 0 } })).rejects.toThrow('latitude 91');
    await expect(ask({ radiusMeters: -1 })).rejects.toThrow('radius -1');
    await expect(ask({ radiusMeters: Number.NaN })).rejects.toThrow('radius NaN');
    await expect(ask({ limit: 0 })).rejects.toThrow('limit 0');
    await expect(ask({ limit: 2.5 })).rejects.toThrow('limit 2.5');
  });
});

describe('nearestDealer', () => {
  test('is the first of all stores by distance, and undefined when none is listed', async () => {
    await fc.assert(
      fc.asyncProperty(dealersOf(ids), anyQuestion, async (dealers, { origin }) => {
        const { hits } = sortedHits(dealers, { origin, radiusMeters: Number.POSITIVE_INFINITY, limit: 1 });
        expect(await nearestDealer(origin, sourceOf(dealers))).toEqual(hits[0]);
      }),
    );
  });
});

describe('nearestOthers', () => {
  test('are the nearest of all stores but the one', async () => {
    await fc.assert(
      fc.asyncProperty(dealersOf(ids), fc.nat(39), fc.integer({ min: 1, max: 5 }), async (dealers, at, limit) => {
        const dealer = dealers.filter(({ status }) => status !== 'withdrawn').at(at % Math.max(1, dealers.length));
        if (dealer === undefined) return;
        const others = dealers.filter(({ id }) => id !== dealer.id);
        const question = { origin: dealer.location, radiusMeters: Number.POSITIVE_INFINITY, limit };
        expect(await nearestOthers(dealer, limit, sourceOf(dealers))).toEqual(sortedHits(others, question).hits);
      }),
    );
  });
});

test('listedDealers are all but the withdrawn ones', async () => {
  await fc.assert(
    fc.asyncProperty(dealersOf(ids), async (dealers) => {
      const listed = dealers.filter(({ status }) => status !== 'withdrawn').map(({ id }) => id);
      expect((await listedDealers(sourceOf(dealers))).map(({ id }) => id).toSorted()).toEqual(listed.toSorted());
    }),
  );
});
