/** One thing that the widget's docstring names, with what it says of it. Text in backticks is code. */
export interface DocumentedName {
  readonly name: string;
  readonly text: string;
}

/** What a host page may say to the widget and hear of it. */
export interface WidgetDocs {
  readonly attributes: readonly DocumentedName[];
  readonly events: readonly DocumentedName[];
  readonly properties: readonly DocumentedName[];
  readonly parts: readonly DocumentedName[];
}

/**
 * Reads the docstring of the element's class: the one description there is, so that the page of examples cannot tell another.
 * @param source of the module that defines the element
 * @throws Error when it has no such docstring, or a part of it names nothing
 */
export function widgetDocs(source: string): WidgetDocs {
  const [, docstring] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export class AlpineDealerLocator /.exec(source) ?? [];
  if (docstring === undefined) throw new Error('the widget has no docstring');
  const text = docstring.replaceAll(/^ *\* ?/gm, '');
  const docs = {
    attributes: bullets(paragraph(text, 'Attributes')),
    events: bullets(paragraph(text, 'Events')),
    properties: names(paragraph(text, 'CSS custom properties'), /`(--[a-z-]+)`(?: \(([^)]*)\))?/g),
    parts: names(paragraph(text.slice(text.search(/\bParts\b/)), 'Parts'), /`([a-z-]+)`(?: \(([^)]*)\))?/g),
  };
  for (const [kind, found] of Object.entries(docs)) {
    if (found.length === 0) throw new Error(`the widget’s docstring names no ${kind}`);
  }
  return docs;
}

/** From a line's first words to the next empty line. */
function paragraph(text: string, start: string): string {
  const from = `\n${text}`.indexOf(`\n${start}`);
  return from < 0 ? '' : (text.slice(from).split(/\n\s*\n/, 1)[0] ?? '');
}

/** Of a list, each name that stands before a colon: a line of it may have several. */
function bullets(list: string): DocumentedName[] {
  return list
    .split(/\n- (?=`)/)
    .slice(1)
    .flatMap((item) => item.replaceAll(/\s+/g, ' ').split(/(?<=[.;]) (?=`[a-z-]+`: )/))
    .flatMap((item) => {
      const [, name, text] = /^`([a-z-]+)`: (.*)$/.exec(item.trim()) ?? [];
      return name === undefined || text === undefined ? [] : [{ name, text: capital(text) }];
    });
}

function names(text: string, pattern: RegExp): DocumentedName[] {
  return [...text.replaceAll(/\s+/g, ' ').matchAll(pattern)].map(([, name = '', note = '']) => ({
    name,
    text: capital(note),
  }));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
