import { cellsUnder, prefixBox } from './cell.ts';
import type { Box } from './distance.ts';
import { type Leaf, type LeafIndex, lastCellOf, leafIndex } from './leaf-index.ts';

/** Raised whenever the bytes change their meaning. */
const FORMAT = 1;

/** A leaf's box is kept in 256ths of its prefix's box, one byte a side, rounded outwards. */
const BOX_STEPS = 256;

/**
 * The index as bytes, about 14 a leaf: format, mean row size, tags, number of leaves; then for each leaf its depth, its
 * prefix as the gap after the leaf before, count, tag counts, box and checksum. Numbers are varints (LEB128) but for the
 * box (4 bytes) and the checksum (4, little-endian).
 */
export function encodeLeafIndex(index: LeafIndex): Uint8Array {
  const bytes: number[] = [];
  const writeNumber = (value: number): void => {
    // Arithmetic, as shifts would cut a prefix of more than 31 bits.
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  };
  writeNumber(FORMAT);
  writeNumber(Math.round(index.meanRowBytes));
  const tags = new TextEncoder().encode(JSON.stringify(index.tags));
  writeNumber(tags.length);
  bytes.push(...tags);
  writeNumber(index.leaves.length);
  let nextCell = 0;
  for (const leaf of index.leaves) {
    writeNumber(leaf.bits);
    writeNumber(leaf.firstCell / cellsUnder(leaf.bits) - Math.ceil(nextCell / cellsUnder(leaf.bits)));
    writeNumber(leaf.count);
    for (const tagCount of leaf.tagCounts) writeNumber(tagCount);
    bytes.push(...boxInsets(leaf.box, prefixBox(leaf.firstCell, leaf.bits)));
    bytes.push(leaf.checksum & 255, (leaf.checksum >>> 8) & 255, (leaf.checksum >>> 16) & 255, leaf.checksum >>> 24);
    nextCell = lastCellOf(leaf) + 1;
  }
  return Uint8Array.from(bytes);
}

/**
 * The index of such bytes. Boxes come back up to a 256th of their prefix wider; all else is as it was.
 *
 * @throws RangeError when the bytes are of another format, cut short or too long
 */
export function decodeLeafIndex(bytes: Uint8Array): LeafIndex {
  let at = 0;
  const readByte = (): number => {
    const byte = bytes[at++];
    if (byte === undefined)
      throw new RangeError(`leaf index ends after ${bytes.length} bytes, in the middle of a leaf`);
    return byte;
  };
  const readNumber = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = readByte();
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const format = readNumber();
  if (format !== FORMAT) throw new RangeError(`leaf index is of format ${format}, not ${FORMAT}`);
  const meanRowBytes = readNumber();
  const tagBytes = readNumber();
  const tags: string[] = JSON.parse(new TextDecoder().decode(bytes.subarray(at, at + tagBytes)));
  at += tagBytes;
  const leaves: Leaf[] = [];
  let nextCell = 0;
  for (let left = readNumber(); left > 0; left--) {
    const bits = readNumber();
    const firstCell = (readNumber() + Math.ceil(nextCell / cellsUnder(bits))) * cellsUnder(bits);
    const count = readNumber();
    const tagCounts = tags.map(readNumber);
    const box = boxWithin(prefixBox(firstCell, bits), [readByte(), readByte(), readByte(), readByte()]);
    const checksum = (readByte() | (readByte() << 8) | (readByte() << 16) | (readByte() << 24)) >>> 0;
    const leaf = { firstCell, bits, box, count, tagCounts, checksum };
    leaves.push(leaf);
    nextCell = lastCellOf(leaf) + 1;
  }
  if (at !== bytes.length) throw new RangeError(`leaf index ends at byte ${at} of ${bytes.length}`);
  return leafIndex(leaves, tags, meanRowBytes);
}

type Insets = readonly [south: number, west: number, north: number, east: number];

/** How far the box stays clear of each side of the prefix's, in whole steps. */
function boxInsets(box: Box, prefix: Box): Insets {
  const latStep = (prefix.north - prefix.south) / BOX_STEPS;
  const lngStep = (prefix.east - prefix.west) / BOX_STEPS;
  const inset = (degrees: number, step: number): number => Math.min(BOX_STEPS - 1, Math.floor(degrees / step));
  return [
    inset(box.south - prefix.south, latStep),
    inset(box.west - prefix.west, lngStep),
    inset(prefix.north - box.north, latStep),
    inset(prefix.east - box.east, lngStep),
  ];
}

function boxWithin(prefix: Box, [south, west, north, east]: Insets): Box {
  const latStep = (prefix.north - prefix.south) / BOX_STEPS;
  const lngStep = (prefix.east - prefix.west) / BOX_STEPS;
  return {
    south: prefix.south + south * latStep,
    west: prefix.west + west * lngStep,
    north: prefix.north - north * latStep,
    east: prefix.east - east * lngStep,
  };
}
