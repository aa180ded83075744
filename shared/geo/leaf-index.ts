import { CELL_BITS, cellOf, cellsUnder } from './cell.ts';
import type { Box } from './distance.ts';
import type { Point } from './point.ts';

/** One thing to find: where it is, and the tags that a search may ask for. */
export interface IndexEntry {
  readonly location: Point;
  readonly tags: readonly string[];
  /** Names the entry's row, version included; what the leaf's checksum is made from. */
  readonly key: string;
}

/** An occupied geohash prefix: the cells from `firstCell` on that share its first `bits` bits. */
export interface Leaf {
  readonly firstCell: number;
  readonly bits: number;
  /** Encloses every entry's location; closely, and so mostly much smaller than the prefix's own box. */
  readonly box: Box;
  readonly count: number;
  /** How many of the entries bear each of the index's tags, in the order of `LeafIndex.tags`. */
  readonly tagCounts: readonly number[];
  /** `rowsChecksum` of the entries' keys: tells whether rows that were read are those the index speaks of. */
  readonly checksum: number;
}

/** A node of the tree over the leaves: `first` is the position of its first one in `LeafIndex.leaves`. */
export interface LeafNode {
  readonly box: Box;
  readonly count: number;
  readonly tagCounts: readonly number[];
  /** Empty for a leaf, whose position is `first`. */
  readonly children: readonly LeafNode[];
  readonly first: number;
}

/** Where things are, without the things: small enough to be held in memory, precise enough to read little else. */
export interface LeafIndex {
  /** Ascending by cell; prefixes never overlap. */
  readonly leaves: readonly Leaf[];
  readonly tags: readonly string[];
  /** Mean size of a row, from which a search tells whether reading across a gap is cheaper than a second read. */
  readonly meanRowBytes: number;
  /** `undefined` when there are no leaves. */
  readonly root: LeafNode | undefined;
}

/** Children of a tree node: wide enough to be shallow, narrow enough to prune. */
const FANOUT = 8;

/**
 * Builds the index of all entries: a prefix is halved, bit by bit, while it holds more than `leafCapacity` entries and
 * has bits left (any number of entries may share one cell of 52 bits).
 *
 * @throws RangeError when a location is not on the globe
 */
export function buildLeafIndex(
  entries: readonly IndexEntry[],
  meanRowBytes: number,
  leafCapacity = defaultLeafCapacity(entries.length),
): LeafIndex {
  const tags = [...new Set(entries.flatMap((entry) => entry.tags))].sort();
  const sorted = entries.map((entry) => ({ ...entry, cell: cellOf(entry.location) })).sort((a, b) => a.cell - b.cell);
  const leaves: Leaf[] = [];
  const split = (members: typeof sorted, firstCell: number, bits: number): void => {
    if (members.length === 0) return;
    if (members.length <= leafCapacity || bits === CELL_BITS) {
      leaves.push(leafOf(members, firstCell, bits, tags));
      return;
    }
    const middle = firstCell + cellsUnder(bits + 1);
    const upper = members.findIndex((member) => member.cell >= middle);
    const boundary = upper === -1 ? members.length : upper;
    split(members.slice(0, boundary), firstCell, bits + 1);
    split(members.slice(boundary), middle, bits + 1);
  };
  split(sorted, 0, 0);
  return leafIndex(leaves, tags, meanRowBytes);
}

/** The index over leaves that are there already, ascending by cell. */
export function leafIndex(leaves: readonly Leaf[], tags: readonly string[], meanRowBytes: number): LeafIndex {
  let level: LeafNode[] = leaves.map((leaf, first) => ({ ...leaf, children: [], first }));
  // Neighbours by cell are neighbours on the globe, so packing them in order makes a tree that prunes well.
  while (level.length > 1) {
    const parents: LeafNode[] = [];
    for (let at = 0; at < level.length; at += FANOUT) parents.push(parentOf(level.slice(at, at + FANOUT)));
    level = parents;
  }
  return { leaves, tags, meanRowBytes, root: level[0] };
}

/** The last cell of a leaf's prefix. */
export function lastCellOf(leaf: Leaf): number {
  return leaf.firstCell + cellsUnder(leaf.bits) - 1;
}

/** 32 bits that tell one set of keys from another; the order does not matter. FNV-1a, mixed as MurmurHash3 ends, xored. */
export function rowsChecksum(keys: Iterable<string>): number {
  let sum = 0;
  for (const key of keys) {
    let hash = 0x811c9dc5;
    for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    sum ^= hash ^ (hash >>> 16);
  }
  return sum >>> 0;
}

/** Small leaves read less, large ones keep the index small: 2 up to 20,000 entries, 12 at 100,000, 32 at a million. */
function defaultLeafCapacity(entries: number): number {
  return Math.min(32, Math.max(2, Math.round(entries / 8_000)));
}

function leafOf(members: readonly IndexEntry[], firstCell: number, bits: number, tags: readonly string[]): Leaf {
  return {
    firstCell,
    bits,
    box: enclosing(members.map(({ location: { lat, lng } }) => ({ south: lat, west: lng, north: lat, east: lng }))),
    count: members.length,
    tagCounts: tags.map((tag) => members.filter((member) => member.tags.includes(tag)).length),
    checksum: rowsChecksum(members.map((member) => member.key)),
  };
}

function parentOf(children: readonly LeafNode[]): LeafNode {
  return {
    box: enclosing(children.map((child) => child.box)),
    count: children.reduce((sum, child) => sum + child.count, 0),
    tagCounts: (children[0]?.tagCounts ?? []).map((_, tag) =>
      children.reduce((sum, child) => sum + (child.tagCounts[tag] ?? 0), 0),
    ),
    children,
    first: children[0]?.first ?? 0,
  };
}

function enclosing(boxes: readonly Box[]): Box {
  return boxes.reduce((a, b) => ({
    south: Math.min(a.south, b.south),
    west: Math.min(a.west, b.west),
    north: Math.max(a.north, b.north),
    east: Math.max(a.east, b.east),
  }));
}
