import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { type CountsTable, countsCsv, csvFileName } from '../../shared/counts/counts-csv.ts';
import { COUNT_NAMES } from '../../shared/counts/grouping.ts';

const counts = { submitted: 5, confirmed: 3, withdrawn: 4, movedIn: 0, movedOut: 1, active: -2 };
const table: CountsTable = {
  by: ['county', 'campaign'],
  counts: COUNT_NAMES,
  asOf: '2026-11-25T12:00:00Z',
  total: counts,
  groups: [
    { county: '01001', campaign: 'spring', ...counts },
    { county: '12011', campaign: '-2+3', ...counts, withdrawn: null },
    { county: 'unknown', campaign: '=cmd|x', ...counts },
  ],
  names: { county: { '01001': 'Autauga County, AL', '12011': 'Broward "B" County, FL' } },
};
const plain = { forSpreadsheet: false, gzip: false };
const HEADER = [
  'county',
  'countyName',
  'campaign',
  'submitted',
  'confirmed',
  'withdrawn',
  'movedIn',
  'movedOut',
  'active',
  'asOf',
];

describe('the counts as CSV', () => {
  test('are the rows of the answer, each ended by CRLF, with names, and an empty cell for what is left out', async () => {
    const text = Buffer.from(await countsCsv(table, plain)).toString();
    expect(text.split('\r\n')).toHaveLength(5);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(parse(text)).toEqual([
      HEADER,
      ['01001', 'Autauga County, AL', 'spring', '5', '3', '4', '0', '1', '-2', '2026-11-25T12:00:00Z'],
      ['12011', 'Broward "B" County, FL', "'-2+3", '5', '3', '', '0', '1', '-2', '2026-11-25T12:00:00Z'],
      ['unknown', '', "'=cmd|x", '5', '3', '4', '0', '1', '-2', '2026-11-25T12:00:00Z'],
    ]);
  });

  test('are one row of the total without a key', async () => {
    const text = Buffer.from(await countsCsv({ ...table, by: [], groups: [] }, plain)).toString();
    expect(parse(text)).toEqual([HEADER.slice(3), ['5', '3', '4', '0', '1', '-2', '2026-11-25T12:00:00Z']]);
  });

  test('keep leading zeros in a spreadsheet, which is told that they are UTF-8', async () => {
    const bytes = Buffer.from(await countsCsv(table, { ...plain, forSpreadsheet: true }));
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const rows: string[][] = parse(bytes, { bom: true });
    expect(rows.map(([county]) => county)).toEqual(['county', '="01001"', '="12011"', 'unknown']);
    expect(rows.map(([, , campaign]) => campaign)).toEqual(['campaign', 'spring', "'-2+3", "'=cmd|x"]);
  });

  test('keep bands from being read as days in a spreadsheet', async () => {
    const groups = ['0-10', '10-25', '250+', 'none'].map((band) => ({ 'distance-band': band, ...counts }));
    const banded = { ...table, by: ['distance-band'] as const, groups, names: {} };
    const bandsOf = async (forSpreadsheet: boolean) =>
      parse(Buffer.from(await countsCsv(banded, { forSpreadsheet, gzip: false })), { bom: true }).map(([band]) => band);
    expect(await bandsOf(true)).toEqual(['distance-band', '="0-10"', '="10-25"', '250+', 'none']);
    expect(await bandsOf(false)).toEqual(['distance-band', '0-10', '10-25', '250+', 'none']);
  });

  test('are the same compressed', async () => {
    const compressed = await countsCsv(table, { ...plain, gzip: true });
    expect(gunzipSync(compressed)).toEqual(Buffer.from(await countsCsv(table, plain)));
  });

  test('are saved under a name that says what they are', () => {
    expect(csvFileName('interest-counts', ['state', 'distance-band'], '2026-11-25T12:00:00Z')).toBe(
      'interest-counts-state-distance-band-2026-11-25.csv',
    );
  });
});
