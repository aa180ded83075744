import { createElement } from '../client/create-element.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { formatChange, formatCount, formatShare } from './counts.ts';
import { COUNT_COLUMNS, countCells } from './data-table.ts';
import type { PanelSpec } from './panel.ts';
import { spanText } from './panel-context.ts';

/** The numbers that one looks at first. They are there even when all are 0. */
export const headlinePanel: PanelSpec = {
  id: 'headline',
  heading: messages.headline,
  async load(round) {
    const [standing, during] = await Promise.all([
      round.countInterests([], 'standing'),
      round.countInterests([], 'during'),
    ]);
    const { suppressedBelow } = standing;
    const { submitted, confirmed, withdrawn, active: change } = during.total;
    const write = (count: number | null) => formatCount(count, suppressedBelow);
    const changed =
      round.days.from === undefined ? messages.changeAll : messages.change(formatChange(change, suppressedBelow));
    const figures = createElement(
      'dl',
      { class: 'figures' },
      figure(messages.activeNow, write(standing.total.active), changed),
      figure(messages.counts.submitted, write(submitted), messages.submittedNote),
      figure(messages.counts.confirmed, write(confirmed), messages.confirmedNote),
      figure(messages.rate, formatShare(confirmed, submitted), messages.rateNote),
      figure(messages.counts.withdrawn, write(withdrawn), messages.withdrawnNote),
    );
    return {
      nodes: [figures],
      tables: [
        {
          caption: messages.headline,
          columns: [messages.spanColumn, ...COUNT_COLUMNS],
          textColumns: 1,
          rows: [
            [spanText(round, 'during'), ...countCells(during.total, suppressedBelow)],
            [spanText(round, 'standing'), ...countCells(standing.total, suppressedBelow)],
          ],
        },
      ],
      files: [{ what: spanText(round, 'during'), path: round.countsPath([], 'during') }],
    };
  },
};

function figure(label: string, value: string, note: string): HTMLElement {
  return createElement(
    'div',
    {},
    createElement('dt', {}, label),
    createElement('dd', { class: 'value' }, value),
    createElement('dd', { class: 'note' }, note),
  );
}
