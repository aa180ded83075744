import { escapeAttribute } from 'entities/escape';
import { type Locale, launch } from '../launch/launch.ts';
import { AUTOMATIC_HEADERS, type MailContent, oneLine } from './mail-content.ts';
import { mailStyle as style } from './mail-style.ts';
import { wrapText } from './wrap-text.ts';

/** One thing that a mail states. */
export interface MailFact {
  readonly label: string;
  readonly value: string;
  /** Where the value leads, e.g. `mailto:…`. */
  readonly href?: string;
  /** What must be read together with the value. */
  readonly note?: string;
}

/** A part of a mail. What it says is said once, and stands in the text and in the HTML alike. */
export type MailBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'small-print'; readonly text: string }
  | { readonly kind: 'section'; readonly title: string }
  | { readonly kind: 'key-fact'; readonly label: string; readonly value: string }
  | { readonly kind: 'facts'; readonly facts: readonly MailFact[] }
  | { readonly kind: 'button'; readonly label: string; readonly url: string };

export interface MailLayout {
  readonly locale: Locale;
  readonly subject: string;
  readonly heading: string;
  readonly blocks: readonly MailBlock[];
  /** Why the reader gets this mail. */
  readonly reason: string;
  /** Where a mail program may POST that its reader wants no more news. */
  readonly unsubscribeUrl?: string;
}

const PRIVACY_LABEL = { 'en-US': 'Privacy', 'es-US': 'Privacidad' } as const;

/**
 * The mail in text and in HTML: no image, no table, no script, nothing loaded from elsewhere, no tracking.
 * @throws RangeError when a piece of it holds a control character, line break or lone surrogate, or the address to unsubscribe at
 * cannot stand in a header
 */
export function layOutMail(mail: MailLayout): MailContent {
  return {
    subject: oneLine('mail subject', mail.subject),
    text: mailText(mail),
    html: mailHtml(mail),
    headers: {
      ...AUTOMATIC_HEADERS,
      ...(mail.unsubscribeUrl !== undefined && unsubscribeHeaders(mail.unsubscribeUrl)),
    },
  };
}

/** One click in the mail program (RFC 8058), which must find the headers in this order under the sender's DKIM signature. */
function unsubscribeHeaders(url: string): Readonly<Record<string, string>> {
  if (!/^https?:\/\/[\w.~:/?=&%-]+$/.test(url))
    throw new RangeError('the address to unsubscribe at is not of URL characters');
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

function mailText(mail: MailLayout): string {
  return `${[
    launch.make,
    wrapText(oneLine('mail heading', mail.heading)),
    ...mail.blocks.map(blockText),
    '--',
    wrapText(oneLine('mail reason', mail.reason)),
    `${PRIVACY_LABEL[mail.locale]}: ${launch.privacyUrl}`,
    wrapText(launch.postalAddress),
  ].join('\n\n')}\n`;
}

function blockText(block: MailBlock): string {
  switch (block.kind) {
    case 'paragraph':
    case 'small-print':
      return wrapText(oneLine('mail text', block.text));
    case 'section':
      return wrapText(oneLine('mail section', block.title));
    case 'key-fact':
      return wrapText(oneLine(block.label, `${block.label}: ${block.value}`));
    case 'facts':
      return block.facts
        .flatMap(({ label, value, note }) => [
          wrapText(oneLine(label, `${label}: ${value}`)),
          ...(note === undefined ? [] : [wrapText(oneLine(label, note), '  ')]),
        ])
        .join('\n');
    case 'button':
      return `${oneLine('button', block.label)}:\n${oneLine('button link', block.url)}`;
  }
}

function mailHtml(mail: MailLayout): string {
  return `<!doctype html>
<html lang="${mail.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no">
<title>${escapeAttribute(mail.subject)}</title>
<style>${style.sheet}</style>
</head>
<body class="page" style="${style.page}">
<div class="sheet" style="${style.sheetBox}">
<p class="strong" style="${style.brand}">${escapeAttribute(launch.make)}</p>
<h1 class="strong" style="${style.heading}">${escapeAttribute(mail.heading)}</h1>
${mail.blocks.map(blockHtml).join('\n')}
</div>
<div class="foot" style="${style.foot}">
<p style="${style.footLine}">${escapeAttribute(mail.reason)}</p>
<p style="${style.footLine}">${PRIVACY_LABEL[mail.locale]}: ${linkHtml(launch.privacyUrl, launch.privacyUrl, style.footLink)}</p>
<p style="${style.footLine}">${escapeAttribute(launch.postalAddress)}</p>
</div>
</body>
</html>
`;
}

function blockHtml(block: MailBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p style="${style.paragraph}">${escapeAttribute(block.text)}</p>`;
    case 'small-print':
      return `<p class="quiet" style="${style.smallPrint}">${escapeAttribute(block.text)}</p>`;
    case 'section':
      return `<h2 class="strong" style="${style.section}">${escapeAttribute(block.title)}</h2>`;
    case 'key-fact':
      return `<p class="key" style="${style.keyFact}"><span class="quiet" style="${style.label}">${escapeAttribute(block.label)}</span><br>
<strong class="strong" style="${style.keyValue}">${escapeAttribute(block.value)}</strong></p>`;
    case 'facts':
      return `<div class="rule" style="${style.facts}">\n${block.facts.map(factHtml).join('\n')}\n</div>`;
    case 'button':
      return `<p style="${style.buttonLine}"><a class="button" href="${escapeAttribute(block.url)}" style="${style.button}">${escapeAttribute(block.label)}</a></p>`;
  }
}

function factHtml({ label, value, href, note }: MailFact): string {
  const shown = href === undefined ? escapeAttribute(value) : linkHtml(href, value, style.link);
  const noteHtml =
    note === undefined ? '' : `<br>\n<span class="quiet" style="${style.note}">${escapeAttribute(note)}</span>`;
  return `<p class="rule" style="${style.fact}"><span class="quiet" style="${style.label}">${escapeAttribute(label)}</span><br>
<span class="strong" style="${style.value}">${shown}</span>${noteHtml}</p>`;
}

function linkHtml(href: string, text: string, css: string): string {
  return `<a class="link" href="${escapeAttribute(href)}" style="${css}">${escapeAttribute(text)}</a>`;
}
