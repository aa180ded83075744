import fc from 'fast-check';
import ngeohash from 'ngeohash';
import { describe, expect, test } from 'vitest';
import { CELL_BITS, cellOf, cellText, prefixBox } from '../../shared/geo/cell.ts';
import { decodeLeafIndex, encodeLeafIndex } from '../../shared/geo/leaf-codec.ts';
import { buildLeafIndex, type IndexEntry, lastCellOf, rowsChecksum } from '../../shared/geo/leaf-index.ts';
import { anywhere, towns } from './arbitrary-point.ts';

const entries: fc.Arbitrary<IndexEntry[]> = towns.chain((places) =>
  fc
    .array(fc.subarray(['a390', 'a110', 'a290']), { minLength: places.length, maxLength: places.length })
    .map((tags) => places.map((location, at) => ({ location, tags: tags[at] ?? [], key: `row-${at}` }))),
);

describe('cell', () => {
  test('a point lies in the box of every prefix of its cell', () => {
    fc.assert(
      fc.property(anywhere, fc.integer({ min: 0, max: 52 }), (point, bits) => {
        const box = prefixBox(cellOf(point), bits);
        expect(box.south <= point.lat && point.lat <= box.north).toBe(true);
        expect(box.west <= point.lng && point.lng <= box.east).toBe(true);
      }),
    );
  });

  test('its first 50 bits are the geohash of 10 letters', () => {
    fc.assert(
      fc.property(anywhere, (point) => {
        const [south, west, north, east] = ngeohash.decode_bbox(ngeohash.encode(point.lat, point.lng, 10));
        expect(prefixBox(cellOf(point), 50)).toEqual({ south, west, north, east });
      }),
    );
  });

  test('its text sorts as the number does', () => {
    const cell = fc.integer({ min: 0, max: 2 ** CELL_BITS - 1 });
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        expect(cellText(a) < cellText(b)).toBe(a < b);
      }),
    );
  });

  test('a place that is not on the globe has none', () => {
    expect(() => cellOf({ lat: Number.NaN, lng: 0 })).toThrow('latitude NaN');
    expect(() => cellOf({ lat: 95, lng: 0 })).toThrow('latitude 95');
  });
});

describe('leaf index', () => {
  test('its leaves hold every entry once, in order, and no more than may be in one unless they share a cell', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 6 }), (all, capacity) => {
        const { leaves, tags } = buildLeafIndex(all, 400, capacity);
        let nextCell = 0;
        let counted = 0;
        for (const leaf of leaves) {
          expect(leaf.firstCell).toBeGreaterThanOrEqual(nextCell);
          nextCell = lastCellOf(leaf) + 1;
          const members = all.filter(({ location }) => {
            const cell = cellOf(location);
            return cell >= leaf.firstCell && cell < nextCell;
          });
          counted += members.length;
          expect(leaf.count).toBe(members.length);
          expect(leaf.checksum).toBe(rowsChecksum(members.map((member) => member.key)));
          expect(leaf.tagCounts).toEqual(tags.map((tag) => members.filter((m) => m.tags.includes(tag)).length));
          expect(leaf.count <= capacity || leaf.bits === 52).toBe(true);
        }
        expect(counted).toBe(all.length);
      }),
    );
  });

  test('comes back from its bytes with the same leaves and boxes that still enclose the entries', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const index = buildLeafIndex(all, 417);
        const copy = decodeLeafIndex(encodeLeafIndex(index));
        expect(copy.tags).toEqual(index.tags);
        expect(copy.meanRowBytes).toBe(417);
        expect(copy.leaves.map(({ box: _, ...leaf }) => leaf)).toEqual(index.leaves.map(({ box: _, ...leaf }) => leaf));
        copy.leaves.forEach(({ box }, at) => {
          const tight = index.leaves[at]?.box;
          expect(tight && box.south <= tight.south && box.west <= tight.west).toBe(true);
          expect(tight && box.north >= tight.north && box.east >= tight.east).toBe(true);
        });
        expect(copy.root?.count).toBe(all.length);
      }),
    );
  });

  test('of nothing has no leaves, in bytes too', () => {
    expect(decodeLeafIndex(encodeLeafIndex(buildLeafIndex([], 0)))).toEqual({
      leaves: [],
      tags: [],
      meanRowBytes: 0,
      root: undefined,
    });
  });

  test('bytes that are cut short, too long or of another format are refused', () => {
    const all = [{ location: { lat: 26.1, lng: -80.2 }, tags: ['a390'], key: 'x' }];
    const bytes = encodeLeafIndex(buildLeafIndex(all, 400));
    expect(() => decodeLeafIndex(bytes.subarray(0, -1))).toThrow('ends after');
    expect(() => decodeLeafIndex(Uint8Array.from([...bytes, 0]))).toThrow('ends at byte');
    expect(() => decodeLeafIndex(Uint8Array.from([9, ...bytes]))).toThrow('format 9');
  });

  test('a checksum does not depend on the order and tells one set of keys from another', () => {
    expect(rowsChecksum(['a#1', 'b#1'])).toBe(rowsChecksum(['b#1', 'a#1']));
    const sums = new Set<number>();
    // Neighbouring versions of the same two stores: what a lagging replica would mix up.
    for (let a = 0; a < 60; a++) for (let b = 0; b < 60; b++) sums.add(rowsChecksum([`store-a#${a}`, `store-b#${b}`]));
    expect(sums.size).toBe(3_600);
  });
});
