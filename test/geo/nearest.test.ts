import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { cellOf } from '../../shared/geo/cell.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';
import { decodeLeafIndex, encodeLeafIndex } from '../../shared/geo/leaf-codec.ts';
import { buildLeafIndex, lastCellOf } from '../../shared/geo/leaf-index.ts';
import { type LeafRows, nearest, within } from '../../shared/geo/nearest.ts';
import type { Point } from '../../shared/geo/point.ts';
import { anyRadius, anywhere, towns } from './arbitrary-point.ts';

interface Shop {
  readonly id: string;
  readonly location: Point;
  readonly tags: readonly string[];
}

const shops: fc.Arbitrary<Shop[]> = towns.chain((places) =>
  fc
    .array(fc.subarray(['red', 'blue']), { minLength: places.length, maxLength: places.length })
    .map((tags) => places.map((location, at) => ({ id: `s${at}`, location, tags: tags[at] ?? [] }))),
);

/** The rows of an index that is held in memory, and a log of what was read of it. */
function rowsOf(all: readonly Shop[], meanRowBytes = 400) {
  const index = decodeLeafIndex(
    encodeLeafIndex(
      buildLeafIndex(
        all.map((s) => ({ ...s, key: s.id })),
        meanRowBytes,
        2,
      ),
    ),
  );
  const rounds: number[][] = [];
  let open: number[] | undefined;
  const rows: LeafRows<Shop> = {
    index,
    held: new Map(),
    async read(first, last) {
      if (!open) {
        open = [];
        rounds.push(open);
      }
      const leaves = index.leaves.slice(first, last + 1);
      open.push(...leaves.map((_, offset) => first + offset));
      await new Promise(setImmediate);
      open = undefined;
      return leaves.map((leaf) =>
        all.filter(({ location }) => cellOf(location) >= leaf.firstCell && cellOf(location) <= lastCellOf(leaf)),
      );
    },
  };
  return { rows, rounds };
}

/** What a search must answer: everything sorted. */
function sorted(all: readonly Shop[], origin: Point, radiusMeters: number, limit: number, tag?: string) {
  const matching = all
    .filter((shop) => tag === undefined || shop.tags.includes(tag))
    .map((row) => ({ row, distanceMeters: distanceMeters(origin, row.location) }))
    .sort((a, b) => a.distanceMeters - b.distanceMeters || (a.row.id < b.row.id ? -1 : 1));
  const within = matching.filter((hit) => hit.distanceMeters <= radiusMeters);
  const beyondRadius = within.length === 0 && matching.length > 0;
  return { hits: (beyondRadius ? matching : within).slice(0, limit), beyondRadius };
}

const only = (tag: string | undefined) =>
  tag === undefined ? {} : { only: { tag, bears: (shop: Shop) => shop.tags.includes(tag) } };

const anyLimit = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(10_000));
const anyTag = fc.option(fc.constantFrom('red', 'blue', 'unheard-of'), { nil: undefined });

describe('nearest', () => {
  test('equals sorting everything, wherever, however far and however many', async () => {
    await fc.assert(
      fc.asyncProperty(shops, anywhere, anyRadius, anyLimit, anyTag, async (all, origin, radiusMeters, limit, tag) => {
        const { rows } = rowsOf(all);
        const answer = await nearest({ origin, radiusMeters, limit, ...only(tag) }, rows);
        expect(answer).toEqual(sorted(all, origin, radiusMeters, limit, tag));
      }),
      { numRuns: 300 },
    );
  });

  test('reads in at most two rounds, and nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(shops, anywhere, anyRadius, anyLimit, anyTag, async (all, origin, radiusMeters, limit, tag) => {
        const { rows, rounds } = rowsOf(all, 4_000);
        await nearest({ origin, radiusMeters, limit, ...only(tag) }, rows);
        expect(rounds.length).toBeLessThanOrEqual(2);
        expect(new Set(rounds.flat()).size).toBe(rounds.flat().length);
      }),
      { numRuns: 300 },
    );
  });

  test('later searches over the same rows read only what is new to them, and are as exact', async () => {
    await fc.assert(
      fc.asyncProperty(
        shops,
        fc.array(anywhere, { minLength: 2, maxLength: 8 }),
        anyLimit,
        async (all, origins, limit) => {
          const { rows, rounds } = rowsOf(all);
          for (const origin of origins) {
            const answer = await nearest({ origin, radiusMeters: 500_000, limit }, rows);
            expect(answer).toEqual(sorted(all, origin, 500_000, limit));
          }
          expect(new Set(rounds.flat()).size).toBe(rounds.flat().length);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('finds the nearest shop across the date line and across the pole', async () => {
    const all = [
      { id: 'fiji', location: { lat: -17, lng: 179.9 }, tags: [] },
      { id: 'samoa', location: { lat: -17, lng: -172 }, tags: [] },
      { id: 'arctic', location: { lat: 89, lng: 10 }, tags: [] },
    ];
    const near = async (origin: Point) =>
      (await nearest({ origin, radiusMeters: 1e6, limit: 1 }, rowsOf(all).rows)).hits[0]?.row.id;
    expect(await near({ lat: -17, lng: -179.9 })).toBe('fiji');
    expect(await near({ lat: 89, lng: -170 })).toBe('arctic');
  });

  test('leaves that follow each other are read at one go', async () => {
    const all = Array.from({ length: 40 }, (_, at) => ({
      id: `s${String(at).padStart(2, '0')}`,
      location: { lat: 26, lng: -80 + at / 1_000 },
      tags: [],
    }));
    const question = { origin: { lat: 26, lng: -80 }, radiusMeters: 1e6, limit: 40 };
    const { rows } = rowsOf(all);
    const read = vi.fn(rows.read);
    await nearest(question, { ...rows, read });
    expect(read).toHaveBeenCalledExactlyOnceWith(0, rows.index.leaves.length - 1);
  });

  test('a radius that touches only a corner of a box empty of shops still costs two rounds and few reads', async () => {
    const all = [
      { id: 'north', location: { lat: 2, lng: 0.1 }, tags: [] },
      { id: 'east', location: { lat: 0.1, lng: 2 }, tags: [] },
      ...Array.from({ length: 100 }, (_, at) => ({
        id: `far-${at}`,
        location: { lat: 10, lng: 10 + at / 2 },
        tags: [],
      })),
    ];
    const { rows, rounds } = rowsOf(all, 40_000);
    const origin = { lat: 0.5, lng: 0.5 };
    expect(await nearest({ origin, radiusMeters: 10_000, limit: 3 }, rows)).toEqual(sorted(all, origin, 10_000, 3));
    expect(rounds.length).toBeLessThanOrEqual(2);
    expect(rounds.flat().length).toBeLessThan(5);
  });

  test('a read that fails fails the search', async () => {
    const { rows } = rowsOf([{ id: 'a', location: { lat: 1, lng: 1 }, tags: [] }]);
    const broken = { ...rows, read: () => Promise.reject(new Error('no connection')) };
    await expect(nearest({ origin: { lat: 0, lng: 0 }, radiusMeters: 1, limit: 1 }, broken)).rejects.toThrow(
      'no connection',
    );
  });

  test('an index of nothing gives nothing', async () => {
    const question = { origin: { lat: 0, lng: 0 }, radiusMeters: 1, limit: 5 };
    expect(await nearest(question, rowsOf([]).rows)).toEqual({ hits: [], beyondRadius: false });
  });
});

describe('within', () => {
  test('equals sorting everything and cutting at the radius, in one round', async () => {
    await fc.assert(
      fc.asyncProperty(shops, anywhere, anyRadius, anyTag, async (all, origin, radiusMeters, tag) => {
        const { rows, rounds } = rowsOf(all);
        const { hits, beyondRadius } = sorted(all, origin, radiusMeters, Number.POSITIVE_INFINITY, tag);
        expect(await within({ origin, radiusMeters, ...only(tag) }, rows)).toEqual(beyondRadius ? [] : hits);
        expect(rounds.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
