import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { stringify } from 'csv-stringify';
import { type GroupNames, isNamed } from './group-names.ts';
import type { GroupKey } from './grouping.ts';

/** A group with its counts, by the names of its keys and of the counts; a count that is suppressed is null. */
type CountsRow = Readonly<Record<string, string | number | null | undefined>>;

/** An answer of counts, of interests or of searches. */
export interface CountsTable {
  readonly by: readonly GroupKey[];
  /** What is counted, in the order of the columns. */
  readonly counts: readonly string[];
  /** RFC 3339. */
  readonly asOf: string;
  readonly total: CountsRow;
  readonly groups: readonly CountsRow[];
  readonly names: GroupNames;
}

export interface CsvForm {
  /** For programs that would read a code such as `01001` as a number, and text as of another alphabet. */
  readonly forSpreadsheet: boolean;
  readonly gzip: boolean;
}

/** Codes of digits, which would lose their zeros, and bands, of which `10-25` would become a day of October. */
const READ_AMISS: readonly GroupKey[] = ['county', 'metro', 'zip3', 'dealer', 'distance-band'];

/** A text that a spreadsheet is to take as it is. */
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
    // The one formula that is meant: it gives the text as it is.
    cast: { object: (cell) => ({ value: `="${cell['code']}"`, escape_formulas: false }) },
  });
  await (gzip ? pipeline(rows, lines, createGzip(), collect) : pipeline(rows, lines, collect));
  return Buffer.concat(chunks);
}

function* rowsOf({ by, counts, asOf, total, groups, names }: CountsTable, forSpreadsheet: boolean): Generator<Cell[]> {
  yield [...by.flatMap((key) => (isNamed(key) ? [key, `${key}Name`] : [key])), ...counts, 'asOf'];
  for (const group of by.length === 0 ? [total] : groups) {
    const cells = by.flatMap((key): Cell[] => {
      const value = String(group[key] ?? '');
      const isReadAmiss = forSpreadsheet && READ_AMISS.includes(key) && /^\d+(-\d+)?$/.test(value);
      const cell = isReadAmiss ? { code: value } : value;
      return isNamed(key) ? [cell, names[key]?.[value] ?? ''] : [cell];
    });
    yield [...cells, ...counts.map((name) => group[name] ?? null), asOf];
  }
}

/**
 * What a browser saves the file as.
 * @param kind e.g. `interest-counts`
 */
export function csvFileName(kind: string, by: readonly GroupKey[], asOf: string): string {
  return `${kind}-${[...(by.length === 0 ? ['total'] : by), asOf.slice(0, 10)].join('-')}.csv`;
}
