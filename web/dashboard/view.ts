import { type DayRange, isDay, RANGE_PRESETS, type RangePreset } from './day-range.ts';

/** The counts that pictures can show. */
export const MEASURES = ['active', 'submitted', 'confirmed', 'withdrawn'] as const;
export type Measure = (typeof MEASURES)[number];

/** What a state is divided into on the map. */
export const AREAS = ['county', 'metro'] as const;
export type Area = (typeof AREAS)[number];

/** The filters of the API, by the names that it has for them. */
export const FILTERS = ['state', 'model', 'dealerId', 'metro', 'campaign'] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Readonly<Partial<Record<FilterName, string>>>;

/** All that decides what the dashboard shows. It stands in the address, and nowhere else. */
export interface View {
  readonly range: RangePreset | DayRange;
  readonly filters: Filters;
  readonly measure: Measure;
  readonly area: Area;
}

export const DEFAULT_VIEW: View = { range: '90d', filters: {}, measure: 'active', area: 'county' };

/** What the API takes; anything else in an address is no filter of ours. */
const FILTER_SHAPES: Readonly<Record<FilterName, RegExp>> = {
  state: /^[A-Z]{2}$/,
  model: /^[a-z0-9-]{1,40}$/,
  dealerId: /^[A-Za-z0-9_-]{1,40}$/,
  metro: /^\d{5}$/,
  campaign: /^[A-Za-z0-9._-]{1,60}$/,
};

/** @param search of an address, with or without its question mark; what it does not say, or says wrongly, is the default */
export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const filters: Partial<Record<FilterName, string>> = {};
  for (const name of FILTERS) {
    const value = query.get(name);
    if (value !== null && FILTER_SHAPES[name].test(value)) filters[name] = value;
  }
  return {
    range: readRange(query),
    filters,
    measure: oneOf(MEASURES, query.get('measure')) ?? DEFAULT_VIEW.measure,
    area: oneOf(AREAS, query.get('area')) ?? DEFAULT_VIEW.area,
  };
}

/** The view as an address's search: empty for the default, the same text for the same view. */
export function writeView(view: View): string {
  const query = new URLSearchParams();
  if (typeof view.range !== 'string') {
    if (view.range.from !== undefined) query.set('from', view.range.from);
    if (view.range.to !== undefined) query.set('to', view.range.to);
  } else if (view.range !== DEFAULT_VIEW.range) {
    query.set('range', view.range);
  }
  for (const name of FILTERS) {
    const value = view.filters[name];
    if (value !== undefined) query.set(name, value);
  }
  if (view.measure !== DEFAULT_VIEW.measure) query.set('measure', view.measure);
  if (view.area !== DEFAULT_VIEW.area) query.set('area', view.area);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The view with one filter set, or taken off with `undefined`. */
export function withFilter(view: View, name: FilterName, value: string | undefined): View {
  const { [name]: _, ...others } = view.filters;
  return { ...view, filters: value === undefined ? others : { ...others, [name]: value } };
}

function readRange(query: URLSearchParams): View['range'] {
  const from = query.get('from');
  const to = query.get('to');
  const range: DayRange = { ...(isDay(from) && { from }), ...(isDay(to) && { to }) };
  const backwards = range.from !== undefined && range.to !== undefined && range.from > range.to;
  if (!backwards && (range.from !== undefined || range.to !== undefined)) return range;
  return oneOf(RANGE_PRESETS, query.get('range')) ?? DEFAULT_VIEW.range;
}

function oneOf<Value extends string>(values: readonly Value[], text: string | null): Value | undefined {
  return values.find((value) => value === text);
}
