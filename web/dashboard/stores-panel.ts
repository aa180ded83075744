import { createElement } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { type Bar, rankedBars } from './bar-chart.ts';
import { barsLabel } from './breakdown-panels.ts';
import { COLORS } from './chart.ts';
import { byCount, formatCount, sumOf } from './counts.ts';
import type { LeadSummary } from './dashboard-client.ts';
import { COUNT_COLUMNS, countCells } from './data-table.ts';
import type { LoadRound } from './load-round.ts';
import { nameOf } from './names.ts';
import { failureNote, type PanelSpec } from './panel.ts';
import { type PanelContext, spanText } from './panel-context.ts';

const MOST_STORES = 12;
/** The two pictures lie beside each other from this width on, row by row. */
const WIDE = '(min-width: 60rem)';

type StoreLeads = LeadSummary['stores'][number];

/** The stores that are asked for most, and how fast they answer their leads. */
export function storesPanel(
  { known }: PanelContext,
  access: { readonly leadsScope: string; readonly accessEmail: string },
): PanelSpec {
  return {
    id: 'stores',
    heading: messages.stores,
    async load(round, retry) {
      const { span, measure, view } = round;
      const [answer, leads] = await Promise.all([round.countInterests(['dealer'], span), leadsOf(round)]);
      if (answer.groups.length === 0) return undefined;
      const { suppressedBelow } = answer;
      const ordered = answer.groups.toSorted(byCount((group) => group[measure]));
      const ranked = ordered.filter(({ dealer }) => dealer !== 'none');
      const shown = ranked.slice(0, MOST_STORES);
      const byStore = new Map(
        leads instanceof RequestFailure ? [] : leads.stores.map((store) => [store.dealerId, store]),
      );
      const caption = `${messages.measures[view.measure]}, ${spanText(round, span)}`;
      const bars = shown.map((group): Bar => {
        const count = group[measure];
        return {
          name: nameOf('dealer', group.dealer, answer.names, known),
          count,
          label: formatCount(count, suppressedBelow),
        };
      });
      const unchosen = sumOf(answer.groups.filter(({ dealer }) => dealer === 'none').map((group) => group[measure]));
      const notes = [
        ...(unchosen === 0 ? [] : [messages.storesNone(formatCount(unchosen, suppressedBelow))]),
        ...(ranked.length > MOST_STORES ? [messages.storesMore(MOST_STORES, ranked.length)] : []),
      ];
      const responses = bars.map((bar, index) => responseOf(byStore.get(shown[index]?.dealer ?? ''), bar.name));
      return {
        nodes: [
          createElement(
            'div',
            { class: 'pair' },
            createElement('div', {}, createElement('h3', {}, caption), rankedBars(barsLabel(caption, bars), bars)),
            createElement(
              'div',
              {},
              createElement('h3', {}, messages.response),
              leads instanceof RequestFailure
                ? leadsMissing(leads, access, retry)
                : rankedBars(barsLabel(messages.response, responses), () =>
                    matchMedia(WIDE).matches ? responses.map((bar) => ({ ...bar, name: bar.acknowledged })) : responses,
                  ),
            ),
          ),
          ...notes.map((words) => createElement('p', { class: 'note' }, words)),
        ],
        tables: [
          {
            caption: `${messages.stores}: ${caption}`,
            columns: [
              messages.keys.dealer,
              ...COUNT_COLUMNS,
              messages.leadsColumn,
              messages.acknowledgedColumn,
              messages.responseColumn,
            ],
            textColumns: 1,
            rows: ordered.map((group) => [
              nameOf('dealer', group.dealer, answer.names, known),
              ...countCells(group, suppressedBelow),
              ...leadCells(leads instanceof RequestFailure ? leads : byStore.get(group.dealer ?? '')),
            ]),
          },
        ],
        files: [{ what: messages.stores, path: round.countsPath(['dealer'], span) }],
      };
    },
  };
}

/** The ledger is another permission's, and another part of the API: without it the counts are still to be seen. */
async function leadsOf(round: LoadRound): Promise<LeadSummary | RequestFailure> {
  return round.summarizeLeads().catch((error: unknown) => {
    if (error instanceof RequestFailure) return error;
    throw error;
  });
}

function leadsMissing(
  failure: RequestFailure,
  { leadsScope, accessEmail }: { readonly leadsScope: string; readonly accessEmail: string },
  retry: () => void,
): HTMLElement {
  if (failure.status !== 403) return failureNote(messages.failed(messages.response), failure, retry);
  return createElement(
    'p',
    { class: 'note denied' },
    `${messages.leadsDenied(leadsScope)} `,
    createElement('a', { href: `mailto:${accessEmail}` }, accessEmail),
    '.',
  );
}

/** How fast a store responds, as a bar. `acknowledged` takes the name's place where the name stands beside it already. */
function responseOf(store: StoreLeads | undefined, name: string): Bar & { readonly acknowledged: string } {
  const label = store === undefined ? messages.noLeads : timeText(store.medianResponseSeconds);
  const acknowledged =
    store === undefined
      ? ''
      : messages.acknowledged(formatCount(store.acknowledged, null), formatCount(store.leads, null));
  return { name, acknowledged, color: COLORS.muted, count: store?.medianResponseSeconds ?? 0, label };
}

function leadCells(store: StoreLeads | RequestFailure | undefined): string[] {
  if (store instanceof RequestFailure) return ['–', '–', '–'];
  if (store === undefined) return ['0', '0', '–'];
  const { leads, acknowledged, medianResponseSeconds } = store;
  return [formatCount(leads, null), formatCount(acknowledged, null), timeText(medianResponseSeconds)];
}

/** `45 min`, `3.2 h`, `2.1 days`. */
function timeText(seconds: number | null): string {
  if (seconds === null) return messages.noResponse;
  const format = (value: number, unit: string, digits: number) =>
    new Intl.NumberFormat('en-US', { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits }).format(
      value,
    );
  if (seconds < 3600) return format(Math.max(1, Math.round(seconds / 60)), 'minute', 0);
  return seconds < 48 * 3600 ? format(seconds / 3600, 'hour', 1) : format(seconds / 86_400, 'day', 1);
}
