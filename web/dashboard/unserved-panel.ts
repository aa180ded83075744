import { createElement } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { type StackedBar, stackedBars } from './bar-chart.ts';
import { rampColor } from './chart.ts';
import {
  type Count,
  FAR_BANDS,
  formatCount,
  formatShare,
  formatSum,
  type Names,
  type SearchCounts,
  sumTold,
} from './counts.ts';
import type { TableContent } from './data-table.ts';
import type { LoadRound } from './load-round.ts';
import { type KnownNames, nameOf } from './names.ts';
import { failureNote, type PanelSpec } from './panel.ts';
import { countsTable, type PanelContext, spanText } from './panel-context.ts';

const KEYS = ['state', 'distance-band'] as const;
const MOST_STATES = 10;
const BAND_COLORS = [rampColor(2), rampColor(4), rampColor(6)];

/** A state's count in a band. */
interface BandCount {
  readonly state: string;
  readonly band: string;
  readonly count: Count;
}

/** Where people want a car and have no store near: those who reserved, and those who only searched. */
export function unservedPanel({ known }: PanelContext): PanelSpec {
  return {
    id: 'unserved',
    heading: messages.unserved,
    async load(round, retry) {
      const { span, measure, view } = round;
      const [answer, searches] = await Promise.all([round.countInterests(KEYS, span), searchesOf(round)]);
      const searched = !(searches instanceof RequestFailure) && searches.groups.length > 0;
      if (answer.groups.length === 0 && !searched) return undefined;
      const { suppressedBelow } = answer;
      const interests = answer.groups.map(
        (group): BandCount => ({
          state: group.state ?? 'unknown',
          band: group['distance-band'] ?? 'unknown',
          count: group[measure],
        }),
      );
      const what = `${messages.unservedInterests(messages.measures[view.measure])}, ${spanText(round, span)}`;
      return {
        nodes: [
          createElement(
            'p',
            { class: 'keys' },
            ...FAR_BANDS.flatMap((band, index) =>
              band === 'none' && !interests.some((each) => each.band === 'none')
                ? []
                : [createElement('span', { class: `key ramp-${(index + 1) * 2}` }, bandName(band))],
            ),
          ),
          createElement(
            'div',
            { class: 'pair' },
            createElement(
              'div',
              {},
              createElement('h3', {}, what),
              ...farNodes({
                what,
                counts: interests,
                total: answer.total[measure],
                names: answer.names,
                known,
                suppressedBelow,
                empty: messages.unservedEmpty,
              }),
            ),
            createElement(
              'div',
              {},
              createElement('h3', {}, `${messages.unservedSearches}, ${spanText(round, 'during')}`),
              ...searchNodes(searches, { round, known, suppressedBelow, retry }),
            ),
          ),
        ],
        tables: [
          countsTable(what, KEYS, answer, answer.groups, known),
          ...(searches instanceof RequestFailure ? [] : [searchesTable(searches, round, known, suppressedBelow)]),
        ],
        files: [
          { what: messages.interestsFile, short: messages.interestsShort, path: round.countsPath(KEYS, span) },
          ...(searches instanceof RequestFailure
            ? []
            : [{ what: messages.searchesFile, short: messages.searchesShort, path: round.searchesPath(KEYS) }]),
        ],
      };
    },
  };
}

/** Searches are counted on their own: without them the reservations are still to be seen. */
async function searchesOf(round: LoadRound): Promise<SearchCounts | RequestFailure> {
  return round.countSearches(KEYS).catch((error: unknown) => {
    if (error instanceof RequestFailure) return error;
    throw error;
  });
}

function searchNodes(
  searches: SearchCounts | RequestFailure,
  options: {
    readonly round: LoadRound;
    readonly known: KnownNames;
    readonly suppressedBelow: number | null;
    retry(): void;
  },
): HTMLElement[] {
  const { round, known, suppressedBelow, retry } = options;
  if (searches instanceof RequestFailure) {
    // An API that does not count searches has no such address.
    if (searches.status === 404 || searches.status === 405) return [note(messages.searchesNotCounted)];
    return [failureNote(messages.failed(messages.searches), searches, retry)];
  }
  const { model, dealerId, metro, campaign } = round.view.filters;
  const narrower = [model, dealerId, metro, campaign].some((value) => value !== undefined);
  const counts = searches.groups.map(
    (group): BandCount => ({
      state: group.state ?? 'unknown',
      band: group['distance-band'] ?? 'unknown',
      count: group.searches,
    }),
  );
  const what = messages.unservedSearches;
  const empty = counts.length === 0 ? messages.searchesEmpty : messages.unservedEmpty;
  return [
    ...farNodes({ what, counts, total: searches.total.searches, names: searches.names, known, suppressedBelow, empty }),
    ...(searches.definitions['searches'] === undefined ? [] : [note(searches.definitions['searches'])]),
    ...(narrower ? [note(messages.searchesOnlyByState)] : []),
  ];
}

function farNodes(options: {
  readonly what: string;
  readonly counts: readonly BandCount[];
  readonly total: Count;
  readonly names: Names | undefined;
  readonly known: KnownNames;
  readonly suppressedBelow: number | null;
  readonly empty: string;
}): HTMLElement[] {
  const { what, counts, total, names, known, suppressedBelow, empty } = options;
  const far = counts.filter(({ band }) => FAR_BANDS.includes(band));
  const sum = sumTold(far.map(({ count }) => count));
  if (far.every(({ count }) => count === 0)) return [note(empty)];
  const bars = [...Map.groupBy(far, ({ state }) => state)]
    .map(([state, rows]): StackedBar & { readonly sum: number } => {
      const parts = FAR_BANDS.map((band) => rows.find((row) => row.band === band)?.count ?? 0);
      const own = sumTold(rows.map(({ count }) => count));
      return { name: nameOf('state', state, names, known), parts, sum: own.sum, label: formatSum(own) };
    })
    .toSorted((a, b) => b.sum - a.sum)
    .slice(0, MOST_STATES);
  const label = messages.barsLabel(what, bars.map((bar) => `${bar.name} ${bar.label}`).join(', '));
  const share = messages.ofAll(
    formatSum(sum),
    formatCount(total, suppressedBelow),
    sum.exact ? formatShare(sum.sum, total) : undefined,
  );
  return [createElement('p', { class: 'share' }, share), stackedBars(label, bars, BAND_COLORS)];
}

function searchesTable(
  searches: SearchCounts,
  round: LoadRound,
  known: KnownNames,
  suppressedBelow: number | null,
): TableContent {
  return {
    caption: `${messages.searches}: ${spanText(round, 'during')}`,
    columns: [...KEYS.map((key) => messages.keys[key]), messages.searches],
    textColumns: KEYS.length,
    rows: searches.groups.map((group) => [
      ...KEYS.map((key) => nameOf(key, group[key], searches.names, known)),
      formatCount(group.searches, suppressedBelow),
    ]),
  };
}

function bandName(band: string): string {
  const name = messages.bandNames[band] ?? band;
  return band === 'none' ? name : `${name} miles`;
}

function note(words: string): HTMLElement {
  return createElement('p', { class: 'note' }, words);
}
