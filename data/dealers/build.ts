import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { DEALER_COLUMNS } from '../../shared/dealers/dealer-csv-row.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';

/**
 * Our assumption, which nobody has confirmed: Alpine goes to stores that already sell one of these makes. Premium and luxury
 * makes only; MINI, though BMW's, sells at the prices of volume makes. Change the list and run this file again.
 */
const PREMIUM_MAKES = [
  'Acura',
  'Aston Martin',
  'Audi',
  'BMW',
  'Bentley',
  'Cadillac',
  'INFINITI',
  'Jaguar',
  'Land Rover',
  'Lexus',
  'Lincoln',
  'Mercedes-Benz',
  'Porsche',
];

interface StoreRow {
  readonly store_id: string;
  readonly name: string;
  readonly franchise: string;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly lat: string;
  readonly lng: string;
  readonly url: string;
}

/** The stores expected to carry Alpine, in the form that `npm run dealers -- import` takes. */
export function buildDealersCsv(): string {
  const stores = parse<StoreRow>(readFileSync(new URL('autonation-stores.csv', import.meta.url)), { columns: true });
  const expected = stores.filter((store) => store.franchise.split('; ').some((make) => PREMIUM_MAKES.includes(make)));
  const rows = expected.map(({ store_id, ...store }) => {
    const name = plainName(store.name);
    const id = store_id === '' ? slug(name) : store_id;
    return { ...store, id, name, status: 'expected', models: MODEL_IDS.join(';') };
  });
  return stringify(rows, { header: true, columns: [...DEALER_COLUMNS] });
}

/** Without `/ Jaguar … Authorized Service`: next to Alpine's name it would say what nobody has said. */
function plainName(name: string): string {
  return name.replace(/\s*\/ .* Authorized Service$/, '');
}

/** An id for a store without a number of AutoNation's: stable as long as its name is. */
function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 32);
}

if (import.meta.main) writeFileSync(new URL('../dealers.csv', import.meta.url), buildDealersCsv());
