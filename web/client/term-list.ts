import { createElement } from './create-element.ts';

/** Terms with what is said of each, and a note where one is needed. */
export function termList(
  rows: readonly (readonly [term: string, value: string | Node, note?: string | undefined])[],
): HTMLElement {
  return createElement(
    'dl',
    {},
    ...rows.map(([term, value, note]) =>
      createElement(
        'div',
        {},
        createElement('dt', {}, term),
        createElement('dd', {}, value, ...(note ? [createElement('p', { class: 'note' }, note)] : [])),
      ),
    ),
  );
}
