import { type LeafRows, nearest } from '../geo/nearest.ts';
import { assertPoint, type Point } from '../geo/point.ts';
import type { PublicDealer } from './dealer.ts';

export interface DealerQuestion {
  readonly origin: Point;
  /** Zero or more; `Infinity` for "however far". */
  readonly radiusMeters: number;
  /** At most so many stores, 1 or more. */
  readonly limit: number;
  /** Only stores expected to carry this model. */
  readonly model?: string;
}

export interface DealerHit {
  readonly dealer: PublicDealer;
  readonly distanceMeters: number;
}

export interface DealerHits {
  /** True when no store lies within the radius and these are the nearest ones instead. */
  readonly beyondRadius: boolean;
  /** Ascending by distance, then by id. Empty only when no listed store matches anywhere. */
  readonly hits: readonly DealerHit[];
}

/** No import has been published yet: whether there are stores, and which, is not known. The name is what `shared/http` knows it by. */
export class StoresNotPublished extends Error {
  override readonly name = 'StoresNotPublished';
}

/** Where searches read stores. */
export interface DealerSource {
  /**
   * Runs a search over the listed stores as they were at one moment; maybe twice, when that moment is too long ago.
   * @throws StoresNotPublished
   */
  read<Answer>(search: (stores: LeafRows<PublicDealer>) => Promise<Answer>): Promise<Answer>;
}

/**
 * The stores nearest to a place, withdrawn ones never. Exact for every origin, radius and limit: the same stores in the
 * same order as by sorting all of them.
 *
 * @throws RangeError when the origin is not on the globe, the radius is negative or the limit is not a whole number ≥ 1
 * @throws StoresNotPublished
 */
export async function findDealers(question: DealerQuestion, source: DealerSource): Promise<DealerHits> {
  const { origin, radiusMeters, limit, model } = question;
  assertPoint(origin);
  if (!(radiusMeters >= 0)) throw new RangeError(`radius ${radiusMeters} m is not zero or more`);
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`limit ${limit} is not a whole number from 1`);
  const only =
    model === undefined ? {} : { only: { tag: model, bears: (row: PublicDealer) => row.models.includes(model) } };
  const { beyondRadius, hits } = await source.read((stores) =>
    nearest({ origin, radiusMeters, limit, ...only }, stores),
  );
  return { beyondRadius, hits: hits.map(({ row, distanceMeters }) => ({ dealer: row, distanceMeters })) };
}

/**
 * The listed store nearest to a place; `undefined` only when no store is listed at all.
 *
 * @throws RangeError when the origin is not on the globe
 */
export async function nearestDealer(origin: Point, source: DealerSource): Promise<DealerHit | undefined> {
  const { hits } = await findDealers({ origin, radiusMeters: Number.POSITIVE_INFINITY, limit: 1 }, source);
  return hits[0];
}

/**
 * The other listed stores nearest to a store, nearest first.
 *
 * @param limit 1 or more
 */
export async function nearestOthers(
  dealer: Pick<PublicDealer, 'id' | 'location'>,
  limit: number,
  source: DealerSource,
): Promise<readonly DealerHit[]> {
  const question = { origin: dealer.location, radiusMeters: Number.POSITIVE_INFINITY, limit: limit + 1 };
  const { hits } = await findDealers(question, source);
  return hits.filter((hit) => hit.dealer.id !== dealer.id).slice(0, limit);
}

/** Every listed store, in no order that means anything. Reads all of their rows: some 13 read units for 300 stores. */
export async function listedDealers(source: DealerSource): Promise<readonly PublicDealer[]> {
  return await source.read(async (stores) => {
    const last = stores.index.leaves.length - 1;
    return last < 0 ? [] : (await stores.read(0, last)).flat();
  });
}
