import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Dealer } from './dealer.ts';
import {
  type CsvFault,
  DEALER_COLUMNS,
  type DealerColumn,
  type DealerCsvContext,
  OPTIONAL_DEALER_COLUMNS,
  readDealerRow,
} from './dealer-csv-row.ts';

/** Either all stores of the file, or every fault in it. */
export type ParsedDealers =
  | { readonly dealers: readonly Dealer[]; readonly faults?: never }
  | { readonly dealers?: never; readonly faults: readonly CsvFault[] };

export interface DealerDiff {
  readonly added: readonly Dealer[];
  /** As they shall be; `fields` are the columns that differ, or `location` where the ZIP's centroid has moved. */
  readonly changed: readonly { readonly dealer: Dealer; readonly fields: readonly string[] }[];
  /** Stores that the file no longer names. */
  readonly removed: readonly Dealer[];
  readonly unchanged: readonly Dealer[];
}

/**
 * Reads a file of stores: RFC 4180 with a header line, in UTF-8 with or without a byte order mark, lines ended by CRLF or LF, columns in any
 * order, one store a line. Cells are trimmed; blank lines are skipped.
 */
export function parseDealersCsv(text: string, context: DealerCsvContext): ParsedDealers {
  const faults: CsvFault[] = [];
  const [header, ...rows] = readLines(text, faults);
  if (header === undefined)
    return { faults: [...faults, { line: 1, fix: `give a header: ${DEALER_COLUMNS.join(',')}` }] };
  faults.push(...headerFaults(header.cells).map((fault) => ({ line: header.line, ...fault })));
  // Under a wrong header every cell below may stand in the wrong column.
  if (faults.some((fault) => fault.line === header.line)) return { faults };

  const dealers: Dealer[] = [];
  const lineOfId = new Map<string, number>();
  for (const { line, cells } of rows) {
    if (cells.length !== header.cells.length) {
      const fix = `has ${cells.length} cells for ${header.cells.length} columns; a cell with a comma stands in quotes`;
      faults.push({ line, fix });
      continue;
    }
    const row = new Map(header.cells.map((column, index) => [column, cells[index] ?? '']));
    const read = readDealerRow((column) => row.get(column) ?? '', context);
    faults.push(...read.faults.map((fault) => ({ line, ...fault })));
    const id = (row.get('id') ?? '').trim();
    const earlier = lineOfId.get(id);
    if (earlier !== undefined) faults.push({ line, column: 'id', value: id, fix: `stands on line ${earlier} already` });
    else if (id !== '') lineOfId.set(id, line);
    if (read.dealer !== undefined) dealers.push(read.dealer);
  }
  return faults.length > 0 ? { faults: faults.sort((a, b) => a.line - b.line) } : { dealers };
}

/** A file that parses to the same stores, in their order. A location that is only its ZIP's is left blank. */
export function formatDealersCsv(dealers: readonly Dealer[]): string {
  return stringify(dealers.map(cellsOf), { header: true, columns: [...DEALER_COLUMNS] });
}

/** What must be done to turn the current stores into the wanted ones. */
export function diffDealers(current: readonly Dealer[], wanted: readonly Dealer[]): DealerDiff {
  const before = new Map(current.map((dealer) => [dealer.id, dealer]));
  const wantedIds = new Set(wanted.map((dealer) => dealer.id));
  const added: Dealer[] = [];
  const changed: { dealer: Dealer; fields: readonly string[] }[] = [];
  const unchanged: Dealer[] = [];
  for (const dealer of wanted) {
    const old = before.get(dealer.id);
    const fields = old === undefined ? [] : differences(old, dealer);
    if (old === undefined) added.push(dealer);
    else if (fields.length > 0) changed.push({ dealer, fields });
    else unchanged.push(dealer);
  }
  return { added, changed, removed: current.filter((dealer) => !wantedIds.has(dealer.id)), unchanged };
}

function differences(a: Dealer, b: Dealer): string[] {
  const before = cellsOf(a);
  const after = cellsOf(b);
  const columns: string[] = DEALER_COLUMNS.filter((column) => before[column] !== after[column]);
  const hasMoved = a.location.lat !== b.location.lat || a.location.lng !== b.location.lng;
  return hasMoved && !columns.includes('lat') && !columns.includes('lng') ? [...columns, 'location'] : columns;
}

function cellsOf({ address, location, routing, ...dealer }: Dealer): Record<DealerColumn, string> {
  const isOwn = dealer.locationAccuracy === 'rooftop';
  return {
    id: dealer.id,
    name: dealer.name,
    franchise: dealer.franchise,
    status: dealer.status,
    ...address,
    lat: isOwn ? String(location.lat) : '',
    lng: isOwn ? String(location.lng) : '',
    phone: dealer.phone ?? '',
    url: dealer.url ?? '',
    models: dealer.models.join(';'),
    lead_email: routing.leadEmail ?? '',
    adf_email: routing.adfEmail ?? '',
    webhook_url: routing.webhookUrl ?? '',
    webhook_secret: routing.webhookSecret ?? '',
    webhook_format: routing.webhookFormat ?? '',
  };
}

/** Each line on its own, so that a stray quote spoils no other line and every number is the editor's. */
function readLines(text: string, faults: CsvFault[]): { line: number; cells: string[] }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .flatMap((content, index) => {
      const line = index + 1;
      if (/^[\s,]*$/.test(content)) return [];
      try {
        return [{ line, cells: content.includes('"') ? (parse(content)[0] ?? []) : content.split(',') }];
      } catch (error) {
        if (!(error instanceof CsvError)) throw error;
        const fix =
          'a quote is out of place: quote the whole cell, double each quote within it, and keep it on one line';
        faults.push({ line, fix });
        return [];
      }
    });
}

function headerFaults(header: readonly string[]): Omit<CsvFault, 'line'>[] {
  const known = new Set<string>(DEALER_COLUMNS);
  return [
    ...header
      .filter((column) => !known.has(column))
      .map((column) => ({ column, fix: `is no column; they are ${DEALER_COLUMNS.join(',')}` })),
    ...header
      .filter((column, index) => known.has(column) && header.indexOf(column) < index)
      .map((column) => ({ column, fix: 'stands twice in the header' })),
    ...DEALER_COLUMNS.filter((column) => !header.includes(column) && !OPTIONAL_DEALER_COLUMNS.includes(column)).map(
      (column) => ({ column, fix: 'is missing in the header' }),
    ),
  ];
}
