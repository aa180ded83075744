import { escapeAttribute } from 'entities/escape';

/** Text that is HTML already. Only `html` and `dataBlock` make it, so whatever else stands in a page is escaped. */
export class Html {
  readonly #text: string;

  /** @param text is trusted as it stands */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text (escaped), HTML (as it is), several of them, or nothing. */
export type HtmlValue = string | number | Html | undefined | readonly HtmlValue[];

/** HTML from a template: values are escaped, for between tags and for attributes, which must be in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(write)));
}

function write(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.toString();
  return typeof value === 'object' ? value.map(write).join('') : escapeAttribute(String(value));
}

/** JSON that a page carries and no browser runs. Without `<`, nothing in it can end the element. */
export function dataBlock(mediaType: 'application/ld+json', value: unknown): Html {
  return new Html(`<script type="${mediaType}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`);
}
