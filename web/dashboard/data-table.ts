import { createElement } from '../client/create-element.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { COUNT_NAMES, type Counts, formatCount } from './counts.ts';

export type Cell = string | Node;

/** The numbers behind a picture. */
export interface TableContent {
  readonly caption: string;
  /** Of the columns; the first `textColumns` hold text, the rest numbers. */
  readonly columns: readonly string[];
  readonly textColumns: number;
  readonly rows: readonly (readonly Cell[])[];
}

/** A table that scrolls sideways by itself where it is wider than the page. */
export function dataTable({ caption, columns, textColumns, rows }: TableContent): HTMLElement {
  const kind = (index: number) => (index < textColumns ? undefined : 'number');
  const head = columns.map((label, index) => createElement('th', { scope: 'col', class: kind(index) }, label));
  const body = rows.map((row) =>
    createElement(
      'tr',
      {},
      ...row.map((cell, index) =>
        index === 0 ? createElement('th', { scope: 'row' }, cell) : createElement('td', { class: kind(index) }, cell),
      ),
    ),
  );
  const table = createElement(
    'table',
    {},
    createElement('caption', {}, caption),
    createElement('thead', {}, createElement('tr', {}, ...head)),
    createElement('tbody', {}, ...body),
  );
  return createElement(
    'div',
    { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': `${messages.table}: ${caption}` },
    table,
  );
}

export const COUNT_COLUMNS: readonly string[] = COUNT_NAMES.map((name) => messages.counts[name]);

/** The six counts of a row, as the API's CSV has them. */
export function countCells(counts: Counts, suppressedBelow: number | null): string[] {
  return COUNT_NAMES.map((name) => formatCount(counts[name], suppressedBelow));
}
