import type { CountName, GroupKey } from '../dashboard/counts.ts';
import type { RangePreset } from '../dashboard/day-range.ts';
import type { SignInFault } from '../dashboard/oidc-session.ts';
import type { Area, FilterName, Measure } from '../dashboard/view.ts';
import { FAILURE_MESSAGES } from './failure-messages.ts';

const COUNTS: Readonly<Record<CountName, string>> = {
  submitted: 'Submitted',
  confirmed: 'Confirmed',
  withdrawn: 'Withdrawn',
  movedIn: 'Moved in',
  movedOut: 'Moved out',
  active: 'Active',
};
const MEASURES: Readonly<Record<Measure, string>> = {
  active: 'Active reservations',
  submitted: 'Reservations submitted',
  confirmed: 'Reservations confirmed',
  withdrawn: 'Reservations withdrawn',
};
const RANGES: Readonly<Record<RangePreset, string>> = {
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  '365d': '1 year',
  all: 'All',
};
const FILTERS: Readonly<Record<FilterName, string>> = {
  state: 'State',
  model: 'Model',
  dealerId: 'Store',
  metro: 'Metro area',
  campaign: 'Campaign',
};
const ANY: Readonly<Record<FilterName, string>> = {
  state: 'All states',
  model: 'All models',
  dealerId: 'All stores',
  metro: 'All metro areas',
  campaign: 'All campaigns',
};
const AREAS: Readonly<Record<Area, string>> = { county: 'Counties', metro: 'Metro areas' };
const KEYS: Readonly<Record<GroupKey, string>> = {
  state: 'State',
  county: 'County',
  metro: 'Metro area',
  dealer: 'Store',
  model: 'Model',
  'distance-band': 'Distance to the nearest store',
  campaign: 'Campaign',
  day: 'Day',
  week: 'Week from',
  month: 'Month',
};
const SIGN_IN_FAULTS: Readonly<Record<SignInFault, string>> = {
  unreachable: 'The sign-in service could not be reached. Check your connection, then try again.',
  answer:
    'The sign-in service’s answer was not taken: it was refused there, it is too old, or it does not belong to this tab. Start again from here.',
  storage:
    'Your browser does not let this page keep anything, and signing in needs that. Allow this site to store data, then try again.',
};
const days = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });
const day = (key: string) => days.format(new Date(`${key}T00:00:00Z`));
const { busy, slow, unreachable } = FAILURE_MESSAGES['en-US'];

/** What the dashboard says. English only: colleagues read it. */
export const DASHBOARD_MESSAGES = {
  title: 'Interest in Alpine',
  signInHeading: 'Interest in Alpine, in numbers',
  signInText: 'Where buyers are, which car they want and how fast interest grows. For colleagues: sign in to see it.',
  signIn: 'Sign in',
  signInAgain: 'Sign in again',
  signOut: 'Sign out',
  signInFaultHeading: 'You are not signed in',
  signInFaults: SIGN_IN_FAULTS,
  configHeading: 'The dashboard is not set up',
  configText: 'Its configuration could not be read, so it does not know where to sign in. Try again in a moment.',
  ended: 'Your session has ended. What you see stays as it was; sign in again to go on from here.',
  deniedHeading: 'You may not see these counts yet',
  denied: (scope: string) => `You are signed in, but the permission “${scope}” is missing.`,
  deniedNext: 'To be given it, write to',
  signInAsOther: 'Sign in as someone else',
  leadsDenied: (scope: string) =>
    `How fast stores respond needs the permission “${scope}”, which you do not have. To be given it, write to`,

  asOf: (time: string) => `As of ${time} UTC`,
  asOfUnknown: 'No counts yet',
  refresh: 'Refresh',
  refreshing: 'Counting…',
  filtersSet: (count: number) => (count === 0 ? 'Filters' : `Filters, ${count} set`),
  clear: 'Clear filters',
  range: 'Period',
  from: 'From',
  to: 'To',
  measure: 'Show',
  ranges: RANGES,
  filterNames: FILTERS,
  any: ANY,
  counts: COUNTS,
  measures: MEASURES,
  areas: AREAS,
  keys: KEYS,
  optionsFailed: 'The choices could not be fetched.',

  loading: 'Counting…',
  loadingSlowly: 'Still counting. This takes longer than usual.',
  emptyHeading: 'Nothing to show',
  empty: 'No reservation fits these filters and days.',
  failed: (what: string) => `${what} could not be fetched.`,
  notUpdated: (what: string) => `${what} could not be brought up to date. What you see is older.`,
  requestId: (id: string) => `Request ${id}`,
  tryAgain: 'Try again',
  failures: {
    busy,
    slow,
    unreachable,
    server: 'Something went wrong on our side. Try again in a moment.',
  },
  table: 'Table',
  csv: 'CSV',
  csvOf: (what: string) => `Download as CSV: ${what}`,
  csvFailed: 'The file could not be fetched.',
  suppressed: (below: number) =>
    `Counts below ${below} are shown as “< ${below}”, so that no single person can be recognised. Sums that would give them away are left out too.`,
  definitions: 'What is counted',

  standing: (to: string | undefined) => (to === undefined ? 'now' : `at the end of ${day(to)}`),
  during: (from: string | undefined, to: string | undefined) => {
    if (from === undefined) return to === undefined ? 'all days' : `until ${day(to)}`;
    return to === undefined ? `since ${day(from)}` : `${day(from)} to ${day(to)}`;
  },

  headline: 'At a glance',
  parts: {
    headline: 'The numbers at a glance',
    map: 'The map',
    growth: 'The growth',
    models: 'The models',
    bands: 'The distances',
    stores: 'The stores',
    unserved: 'The unserved demand',
  },
  activeNow: 'Active',
  change: (change: string) => `${change} in the period`,
  changeAll: 'Confirmed and not withdrawn',
  submittedNote: 'In the period',
  confirmedNote: 'By mail, in the period',
  rate: 'Confirmation rate',
  rateNote: 'Confirmed per submitted',
  withdrawnNote: 'In the period',
  spanColumn: 'Days',

  map: 'Where',
  mapNational: (measure: string, span: string) => `${measure} by state, ${span}`,
  mapState: (measure: string, area: string, state: string, span: string) =>
    `${measure} by ${area} in ${state}, ${span}`,
  mapLabel: (measure: string) =>
    `Map of the United States: ${measure.toLowerCase()} by state. Arrow keys go from state to state.`,
  mapStateLabel: (measure: string, area: string, state: string) =>
    `Map of ${state}: ${measure.toLowerCase()} by ${area}.`,
  mapHint: 'Point at the map to read it.',
  mapPressHint: 'Press a state to look into it.',
  country: 'United States',
  path: 'Place shown',
  divide: 'Divide by',
  elsewhere: 'Not on the map',
  noShapes: (state: string) => `There is no map of ${state}’s present counties and metro areas, so they are listed.`,
  legend: 'Colours',
  legendNone: 'None',
  place: (name: string, count: string) => `${name}: ${count}`,
  unknown: 'Unknown',
  notKnown: 'Not known',
  none: 'None',
  noStore: 'No store chosen',
  undecided: 'Undecided',
  noCampaign: 'No campaign',
  noMetro: 'No metro area',

  growth: 'Growth',
  growthActive: 'Active at the end of each',
  growthEvents: 'Submitted and confirmed, by',
  growthLabel: (period: string, first: string, last: string) =>
    `Active reservations at the end of each ${period}: ${first} at first, ${last} at last.`,
  eventsLabel: (period: string, submitted: string, confirmed: string) =>
    `Reservations by ${period}: ${submitted} submitted and ${confirmed} confirmed in all. The table has each ${period}.`,
  periods: { day: 'day', week: 'week', month: 'month' },
  partial: 'The first and the last one may be cut off by the period chosen.',
  standingColumn: 'Active at the end',

  models: 'Models',
  barsLabel: (what: string, rows: string) => `${what}: ${rows}.`,

  stores: 'Stores',
  storesNone: (count: string) => `${count} without a store chosen are not ranked.`,
  storesMore: (shown: number, all: number) => `The first ${shown} of ${all}; the table has all.`,
  response: 'Median time to respond to a lead, last 30 days',
  acknowledged: (acknowledged: string, leads: string) => `${acknowledged} of ${leads} leads acknowledged`,
  noLeads: 'No leads',
  noResponse: 'No response yet',
  leadsColumn: 'Leads, 30 days',
  acknowledgedColumn: 'Acknowledged',
  responseColumn: 'Median response',

  bands: 'Distance to the nearest store',
  bandsNote: 'Miles from the buyer’s ZIP to the nearest listed store. Beyond 100 miles a search finds no store near.',
  miles: 'miles',
  near: 'Within 100 miles',
  far: 'Farther than 100 miles',
  bandNames: {
    '0-10': '0–10',
    '10-25': '10–25',
    '25-50': '25–50',
    '50-100': '50–100',
    '100-250': '100–250',
    '250+': '250+',
    none: 'No store',
    unknown: 'Unknown',
  } as Readonly<Record<string, string>>,

  unserved: 'Unserved demand',
  unservedInterests: (measure: string) => `${measure}, farther than 100 miles from a listed store`,
  unservedSearches: 'Searches, farther than 100 miles from a listed store',
  ofAll: (far: string, all: string, share: string | undefined) =>
    share === undefined ? `${far} of ${all}` : `${far} of ${all} (${share})`,
  searchesOnlyByState: 'Searches know no model, store, metro area or campaign: these filters do not apply to them.',
  searchesNotCounted: 'Searches are not counted here yet.',
  searchesEmpty: 'No search has been counted in these days.',
  unservedEmpty: 'None: every reservation here has a store within 100 miles.',
  interestsFile: 'reservations by state and distance',
  interestsShort: 'CSV of reservations',
  searchesShort: 'CSV of searches',
  searchesFile: 'searches by state and distance',
  searches: 'Searches',
} as const;
