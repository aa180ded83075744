import FlatQueue from 'flatqueue';
import { distanceAcrossBoxMeters, distanceMeters, distanceToBoxMeters } from './distance.ts';
import type { Leaf, LeafIndex, LeafNode } from './leaf-index.ts';
import type { Point } from './point.ts';

/** What a search needs of a row. */
export interface Located {
  readonly id: string;
  readonly location: Point;
}

/** The rows behind an index. */
export interface LeafRows<Row extends Located> {
  readonly index: LeafIndex;
  /**
   * Rows of leaves that were read, by position in `index.leaves`. Searches add to it and never read what it has: pass
   * the same map again and a later search reads only what is new to it.
   */
  readonly held: Map<number, readonly Row[]>;
  /** Reads neighbouring leaves at one go. Gives the rows of each, in the order of the index. */
  read(first: number, last: number): Promise<readonly (readonly Row[])[]>;
}

export interface WithinQuestion<Row extends Located> {
  readonly origin: Point;
  /** Zero or more; `Infinity` for "however far". */
  readonly radiusMeters: number;
  /** Only rows that bear this tag; `bears` tells it of a row, the index knows it of a leaf. */
  readonly only?: { readonly tag: string; readonly bears: (row: Row) => boolean };
}

export interface NearestQuestion<Row extends Located> extends WithinQuestion<Row> {
  /** At most so many rows, 1 or more. */
  readonly limit: number;
}

export interface Hit<Row extends Located> {
  readonly row: Row;
  readonly distanceMeters: number;
}

export interface NearestHits<Row extends Located> {
  /** Ascending by distance, then by id. */
  readonly hits: readonly Hit<Row>[];
  /** True when no row lies within the radius and these are the nearest ones instead. */
  readonly beyondRadius: boolean;
}

/** Rounding in distances (nanometres) must never prune the leaf that holds an answer. */
const BOUND_SLACK_METERS = 1e-6;

/** Reading across so many bytes of unwanted rows (1.5 read units) still pays for the Query and the round trip it saves. */
const MAX_GAP_BYTES = 12_288;

/**
 * The nearest rows within a radius, or, when none lies within it, the nearest rows at all. Exact: equal in membership
 * and order to sorting every row by distance.
 *
 * Best first over the index, in at most two rounds of parallel reads. The first takes leaves by their least possible
 * distance until they promise enough rows; all of these must be read whatever they hold. The second takes every other
 * leaf that is not surely farther than the worst row of the answer so far.
 */
export async function nearest<Row extends Located>(
  question: NearestQuestion<Row>,
  rows: LeafRows<Row>,
): Promise<NearestHits<Row>> {
  const { origin, radiusMeters, limit, only } = question;
  const { index } = rows;
  const frontier = new Frontier(index, origin, only?.tag);
  const seen = new Set<number>();

  const firstRound: number[] = [];
  let promised = 0;
  let surelyWithin = false;
  while (promised < limit) {
    const node = frontier.next(surelyWithin ? radiusMeters : Number.POSITIVE_INFINITY);
    if (node === undefined) break;
    firstRound.push(node.first);
    promised += frontier.countOf(node);
    surelyWithin ||= distanceAcrossBoxMeters(origin, node.box) <= radiusMeters;
  }
  await hold(firstRound, rows, seen);

  for (;;) {
    const hits = ranked(seen, question, rows);
    const beyondRadius = (hits[0]?.distanceMeters ?? 0) > radiusMeters;
    const worst = hits[limit - 1]?.distanceMeters ?? Number.POSITIVE_INFINITY;
    const cutoff = hits.length === 0 || beyondRadius ? worst : Math.min(worst, radiusMeters);
    const nextRound = frontier.takeWithin(cutoff);
    if (nextRound.length === 0) {
      const within = beyondRadius ? hits : hits.filter((hit) => hit.distanceMeters <= radiusMeters);
      return { hits: within.slice(0, limit), beyondRadius };
    }
    await hold(nextRound, rows, seen);
  }
}

/** Every row within a radius, ascending by distance, then by id. Exact, and one round of parallel reads. */
export async function within<Row extends Located>(
  question: WithinQuestion<Row>,
  rows: LeafRows<Row>,
): Promise<readonly Hit<Row>[]> {
  const { origin, radiusMeters, only } = question;
  const frontier = new Frontier(rows.index, origin, only?.tag);
  const seen = new Set<number>();
  await hold(frontier.takeWithin(radiusMeters), rows, seen);
  return ranked(seen, question, rows).filter((hit) => hit.distanceMeters <= radiusMeters);
}

/** The tree's leaves in order of their least possible distance. */
class Frontier {
  readonly #queue = new FlatQueue<LeafNode>();
  readonly #origin: Point;
  /** Position of the tag that rows must bear; `undefined` when any row will do. */
  readonly #tag: number | undefined;

  constructor(index: LeafIndex, origin: Point, tag: string | undefined) {
    this.#origin = origin;
    this.#tag = tag === undefined ? undefined : index.tags.indexOf(tag);
    if (index.root !== undefined) this.#add(index.root);
  }

  /** The next leaf, unless it is surely farther than `maxMeters`. */
  next(maxMeters: number): LeafNode | undefined {
    while ((this.#queue.peekValue() ?? Number.POSITIVE_INFINITY) <= maxMeters) {
      const node = this.#queue.pop();
      if (node === undefined || node.children.length === 0) return node;
      for (const child of node.children) this.#add(child);
    }
    return undefined;
  }

  /** Positions of all leaves left but those surely farther than `maxMeters`. */
  takeWithin(maxMeters: number): readonly number[] {
    const positions: number[] = [];
    for (let node = this.next(maxMeters); node !== undefined; node = this.next(maxMeters)) positions.push(node.first);
    return positions;
  }

  /** How many rows of the node may match. */
  countOf(node: LeafNode): number {
    return this.#tag === undefined ? node.count : (node.tagCounts[this.#tag] ?? 0);
  }

  #add(node: LeafNode): void {
    if (this.countOf(node) === 0) return;
    this.#queue.push(node, distanceToBoxMeters(this.#origin, node.box) - BOUND_SLACK_METERS);
  }
}

/** Reads what is not held yet of the leaves, and adds all of them, and what was read on the way, to `seen`. */
async function hold<Row extends Located>(
  positions: readonly number[],
  rows: LeafRows<Row>,
  seen: Set<number>,
): Promise<void> {
  for (const position of positions) seen.add(position);
  const missing = positions.filter((position) => !rows.held.has(position));
  await Promise.all(
    mergedRanges(missing, rows).map(async ([first, last]) => {
      const leaves = await rows.read(first, last);
      leaves.forEach((leaf, offset) => {
        rows.held.set(first + offset, leaf);
        seen.add(first + offset);
      });
    }),
  );
}

/** Few ranges that cover the leaves, reach across small gaps only, and never across a leaf that is held already. */
function mergedRanges<Row extends Located>(
  positions: readonly number[],
  { index, held }: LeafRows<Row>,
): readonly (readonly [first: number, last: number])[] {
  const ranges: [number, number][] = [];
  for (const position of positions.toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (
      range !== undefined &&
      gapBytes(index.leaves, held, range[1] + 1, position, index.meanRowBytes) <= MAX_GAP_BYTES
    ) {
      range[1] = position;
    } else {
      ranges.push([position, position]);
    }
  }
  return ranges;
}

function gapBytes(
  leaves: readonly Leaf[],
  held: ReadonlyMap<number, unknown>,
  from: number,
  to: number,
  meanRowBytes: number,
): number {
  let bytes = 0;
  for (let position = from; position < to && bytes <= MAX_GAP_BYTES; position++) {
    bytes += held.has(position) ? Number.POSITIVE_INFINITY : (leaves[position]?.count ?? 0) * meanRowBytes;
  }
  return bytes;
}

/** The matching rows of the leaves seen so far. */
function ranked<Row extends Located>(
  seen: ReadonlySet<number>,
  { origin, only }: WithinQuestion<Row>,
  { held }: LeafRows<Row>,
): readonly Hit<Row>[] {
  const hits: Hit<Row>[] = [];
  for (const position of seen) {
    for (const row of held.get(position) ?? []) {
      if (only === undefined || only.bears(row))
        hits.push({ row, distanceMeters: distanceMeters(origin, row.location) });
    }
  }
  return hits.sort((a, b) => a.distanceMeters - b.distanceMeters || (a.row.id < b.row.id ? -1 : 1));
}
