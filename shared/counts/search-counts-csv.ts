import { stringify } from 'csv-stringify/sync';
import type { SearchGroup, SearchGroupKey } from './search-counts.ts';

export interface SearchTable {
  readonly by: readonly SearchGroupKey[];
  /** RFC 3339. */
  readonly asOf: string;
  readonly total: { readonly searches: number };
  readonly groups: readonly SearchGroup[];
  readonly names: { readonly state?: Readonly<Record<string, string>> };
}

/**
 * The rows of an answer as RFC 4180, one a group or the total alone.
 * @param forSpreadsheet for programs that would read the band `10-25` as a day of October, and text as of another alphabet
 */
export function searchCountsCsv({ by, asOf, total, groups, names }: SearchTable, forSpreadsheet: boolean): string {
  const header = [...by.flatMap((key) => (key === 'state' ? [key, 'stateName'] : [key])), 'searches', 'asOf'];
  const rows = (by.length === 0 ? [total] : groups).map((group: SearchGroup) => [
    ...by.flatMap((key) => {
      const value = group[key] ?? '';
      if (key === 'state') return [value, names.state?.[value] ?? ''];
      return [forSpreadsheet && key === 'distance-band' ? { text: value } : value];
    }),
    group.searches,
    asOf,
  ]);
  return stringify([header, ...rows], {
    record_delimiter: 'windows',
    bom: forSpreadsheet,
    escape_formulas: true,
    // The one formula that is meant: it gives the text as it is.
    cast: { object: ({ text }) => ({ value: `="${text}"`, escape_formulas: false }) },
  });
}

/** What a browser saves the file as. */
export function searchCsvFileName(by: readonly SearchGroupKey[], asOf: string): string {
  return `search-counts-${[...(by.length === 0 ? ['total'] : by), asOf.slice(0, 10)].join('-')}.csv`;
}
