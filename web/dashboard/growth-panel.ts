import { createElement } from '../client/create-element.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { formatCount, formatSum, type InterestCounts, sumTold } from './counts.ts';
import { COUNT_COLUMNS, countCells } from './data-table.ts';
import { lengthInDays, type Period, periodFor } from './day-range.ts';
import { eventsChart, standingChart } from './growth-chart.ts';
import { daysOfMonths, growthSeries } from './growth-series.ts';
import type { LoadRound } from './load-round.ts';
import type { PanelSpec } from './panel.ts';
import { spanText } from './panel-context.ts';

/** How the counts grew: what stood at the end of each period, and what came in it. */
export const growthPanel: PanelSpec = {
  id: 'growth',
  heading: messages.growth,
  async load(round) {
    const { period, answer } = await countPeriods(round);
    const [standing, during] = await Promise.all([
      round.countInterests([], 'standing'),
      round.countInterests([], 'during'),
    ]);
    const { suppressedBelow } = answer;
    const { active: now } = standing.total;
    const { active: change } = during.total;
    const before = now === null || change === null ? null : now - change;
    const points = growthSeries(answer.groups, period, round.days, before, round.today);
    const first = points[0];
    const last = points.at(-1);
    // Nothing came and nothing stood: there is no growth to show.
    if (first === undefined || last === undefined || (answer.groups.length === 0 && before === 0)) return undefined;
    const write = (count: number | null) => formatCount(count, suppressedBelow);
    const word = messages.periods[period];
    // What stands is a sum: once a change in it is not told, it is not known either.
    const writeStanding = (count: number | null) => (count === null ? messages.notKnown : write(count));
    const standingLabel = messages.growthLabel(word, writeStanding(first.standing), writeStanding(last.standing));
    const submitted = formatSum(sumTold(points.map((point) => point.submitted)));
    const confirmed = formatSum(sumTold(points.map((point) => point.confirmed)));
    return {
      nodes: [
        createElement('h3', {}, `${messages.growthActive} ${word}`),
        standingChart(standingLabel, points, period),
        createElement(
          'h3',
          {},
          `${messages.growthEvents} ${word} `,
          createElement(
            'span',
            { class: 'keys' },
            createElement('span', { class: 'key soft' }, messages.counts.submitted),
            createElement('span', { class: 'key accent' }, messages.counts.confirmed),
          ),
        ),
        eventsChart(messages.eventsLabel(word, submitted, confirmed), points, period),
        ...(period === 'day' ? [] : [createElement('p', { class: 'note' }, messages.partial)]),
      ],
      tables: [
        {
          caption: `${messages.growth}: ${spanText(round, 'during')}`,
          columns: [messages.keys[period], ...COUNT_COLUMNS, messages.standingColumn],
          textColumns: 1,
          rows: points.map((point) => [
            point.key,
            ...countCells(point, suppressedBelow),
            writeStanding(point.standing),
          ]),
        },
      ],
      files: [{ what: `${messages.growth} by ${word}`, path: round.countsPath([period], 'during') }],
    };
  },
};

/** Counts by the period that suits the range. How long a range without a beginning is, only the counts say. */
async function countPeriods(round: LoadRound): Promise<{ readonly period: Period; readonly answer: InterestCounts }> {
  const { from, to = round.today } = round.days;
  const count = async (period: Period) => ({ period, answer: await round.countInterests([period], 'during') });
  if (from !== undefined) return count(periodFor(lengthInDays(from, to)));
  const months = await count('month');
  const keys = months.answer.groups.map(({ month = '' }) => month);
  const period = periodFor(daysOfMonths(keys, to));
  return period === 'month' ? months : count(period);
}
