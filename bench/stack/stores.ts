import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

export type StoreRow = Record<string, string>;

const DEALERS_FILE = join(import.meta.dirname, '..', '..', 'data', 'dealers.csv');
/** Has people, a CRM, and whatever else a bench gives it. */
export const LEAD_STORE_ID = '2745';

/** Where that store's leads go. */
export const LEAD_STORE_ADDRESSES = { 'lead-mail': 'sales@store.example', 'adf-mail': 'adf@crm.example' } as const;

/** The stores of this repository, one of them with ways for its leads. */
export async function storeRows(ways: Readonly<Record<string, string>> = {}): Promise<readonly StoreRow[]> {
  const rows = parse(await readFile(DEALERS_FILE, 'utf8'), { columns: true }) as StoreRow[];
  const store = rows.find(({ id }) => id === LEAD_STORE_ID);
  if (store === undefined) throw new Error(`${DEALERS_FILE} has no store ${LEAD_STORE_ID}`);
  Object.assign(store, {
    lead_email: LEAD_STORE_ADDRESSES['lead-mail'],
    adf_email: LEAD_STORE_ADDRESSES['adf-mail'],
    ...ways,
  });
  return rows;
}

export function csvOf(rows: readonly StoreRow[]): string {
  return stringify([...rows], { header: true });
}

/** Writes them to a file in the folder. Gives its path. */
export async function writeDealers(folder: string, ways: Readonly<Record<string, string>> = {}): Promise<string> {
  const file = join(folder, 'dealers.csv');
  await writeFile(file, csvOf(await storeRows(ways)));
  return file;
}
