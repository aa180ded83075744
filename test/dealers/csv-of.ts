import { readFileSync } from 'node:fs';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { parseDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import { DEALER_COLUMNS, type DealerColumn } from '../../shared/dealers/dealer-csv-row.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';

export const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
export const context = { gazetteer, modelIds: MODEL_IDS };

/** A store without a fault. */
export const GOOD: Readonly<Record<DealerColumn, string>> = {
  id: '2165',
  name: 'Mercedes-Benz of Fort Lauderdale',
  franchise: 'Mercedes-Benz',
  status: 'expected',
  street: '2411 S. Federal Hwy',
  city: 'Fort Lauderdale',
  state: 'FL',
  zip: '33316',
  lat: '26.0925',
  lng: '-80.1367',
  phone: '+19545551234',
  url: 'https://www.example.com/store',
  models: 'a110;crossover-compact',
  lead_email: 'leads@example.com',
  adf_email: 'adf+2165@crm.example.com',
  webhook_url: 'https://hooks.example.com/leads?store=2165',
  webhook_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  webhook_format: 'adf',
};

function quoted(cell: string): string {
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A file of stores, each without a fault but for what is said of it. */
export function csvOf(
  rows: readonly Partial<Record<DealerColumn, string>>[],
  columns: readonly DealerColumn[] = DEALER_COLUMNS,
): string {
  const lines = rows.map((row) => columns.map((column) => quoted(row[column] ?? GOOD[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

export function faultsOf(text: string) {
  return parseDealersCsv(text, context).faults ?? [];
}

/** @throws Error naming the faults of a file that has any */
export function dealersOf(text: string): readonly Dealer[] {
  const { dealers, faults } = parseDealersCsv(text, context);
  if (dealers === undefined) throw new Error(JSON.stringify(faults));
  return dealers;
}
