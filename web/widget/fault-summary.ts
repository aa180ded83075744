import { createElement } from '../client/create-element.ts';

/** What the summary lists: a text, and the field it is about when there is one. */
export interface SummaryItem {
  readonly text: string;
  readonly field?: HTMLElement;
}

/** The list of all that is wrong above a form, each a link to its field. Takes the focus when it is shown. */
export class FaultSummary {
  readonly element: HTMLElement = createElement('div', {
    class: 'adl-summary',
    tabindex: '-1',
    role: 'group',
    hidden: true,
  });
  readonly #headingId: string;
  readonly #level: 'h2' | 'h3';

  /**
   * @param idPrefix makes the heading's id the only one on the page
   * @param level the heading's, one below what stands above the form
   */
  constructor(idPrefix: string, level: 'h2' | 'h3' = 'h3') {
    this.#headingId = `${idPrefix}summary`;
    this.#level = level;
    this.element.setAttribute('aria-labelledby', this.#headingId);
  }

  show(heading: string, items: readonly SummaryItem[]): void {
    this.list(heading, items);
    this.element.focus();
  }

  /** As `show`, and the focus stays where it is. */
  list(heading: string, items: readonly SummaryItem[]): void {
    this.element.replaceChildren(
      createElement(this.#level, { id: this.#headingId }, heading),
      createElement('ul', {}, ...items.map((item) => createElement('li', {}, summaryEntry(item)))),
    );
    this.element.hidden = false;
  }

  clear(): void {
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}

function summaryEntry({ text, field }: SummaryItem): Node | string {
  if (field === undefined) return text;
  const link = createElement('a', { href: `#${field.id}` }, text);
  link.addEventListener('click', (event) => {
    // The page's own address stays as it is: the fragment may mean something to it.
    event.preventDefault();
    field.focus();
  });
  return link;
}
