import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { stringify } from 'csv-stringify';
import { type GroupNames, isNamed } from './group-names.ts';
import { COUNT_NAMES, type GroupKey } from './grouping.ts';
import type { ShownCounts, ShownGroup } from './suppression.ts';

export interface CountsTable {
  readonly by: readonly GroupKey[];
  readonly asOf: string;
  readonly total: ShownCounts;
  readonly groups: readonly ShownGroup[];
  readonly names: GroupNames;
}

export interface CsvForm {
  /** For programs that would read a code such as `01001` as a number, and text as of another alphabet. */
  readonly forSpreadsheet: boolean;
  readonly gzip: boolean;
}

/** Codes of digits alone, or of what may be digits alone. */
const CODES: readonly GroupKey[] = ['county', 'metro', 'zip3', 'dealer'];

/** A code that a spreadsheet is to take as text. */
interface Code {
  readonly code: string;
}
type Cell = string | number | null | Code;

/**
 * The rows of an answer as RFC 4180, one a group or the total alone; row by row, so that they are never one text. A text that a spreadsheet would run as a
 * formula gets an apostrophe before it; a count that is suppressed is an empty cell.
 */
export async function countsCsv(table: CountsTable, { forSpreadsheet, gzip }: CsvForm): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer | string>): Promise<void> => {
    for await (const chunk of source) chunks.push(Buffer.from(chunk));
  };
  const rows = Readable.from(rowsOf(table, forSpreadsheet));
  const lines = stringify({
    record_delimiter: 'windows',
    bom: forSpreadsheet,
    escape_formulas: true,
    // The one formula that is meant: it gives the code as a text.
    cast: { object: (cell) => ({ value: `="${cell['code']}"`, escape_formulas: false }) },
  });
  await (gzip ? pipeline(rows, lines, createGzip(), collect) : pipeline(rows, lines, collect));
  return Buffer.concat(chunks);
}

function* rowsOf({ by, asOf, total, groups, names }: CountsTable, forSpreadsheet: boolean): Generator<Cell[]> {
  yield [...by.flatMap((key) => (isNamed(key) ? [key, `${key}Name`] : [key])), ...COUNT_NAMES, 'asOf'];
  for (const group of by.length === 0 ? [total] : groups) {
    const cells = by.flatMap((key): Cell[] => {
      const value = (group as ShownGroup)[key] ?? '';
      const isCode = forSpreadsheet && CODES.includes(key) && /^\d+$/.test(value);
      const cell = isCode ? { code: value } : value;
      return isNamed(key) ? [cell, names[key]?.[value] ?? ''] : [cell];
    });
    yield [...cells, ...COUNT_NAMES.map((name) => group[name]), asOf];
  }
}

/** What a browser saves the file as. */
export function csvFileName(by: readonly GroupKey[], asOf: string): string {
  return `interest-counts-${[...(by.length === 0 ? ['total'] : by), asOf.slice(0, 10)].join('-')}.csv`;
}
