import { LOCALES, type Locale, launch } from '../../shared/launch/launch.ts';
import { LANGUAGE_NAMES } from '../messages/language-names.ts';
import { PAGE_MESSAGES } from '../messages/page-messages.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { pageAddress } from './page-address.ts';

/** What every page of the site needs to be told. */
export interface PageSite {
  /** The site's origin, e.g. `https://alpine.example`; empty for a page that is built once for all of them. */
  readonly origin: string;
  /** Address of the one stylesheet. */
  readonly stylesheet: string;
}

/** The address of a built script or stylesheet by its plain name, e.g. `home/home.js`. */
export type AddressOf = (name: string) => string;

/** One page in one language. */
export interface Page {
  readonly locale: Locale;
  /** In English, e.g. `/stores/2590`: both languages' addresses are made from it. Without one, the page has no address of its own. */
  readonly path?: string;
  /** What was asked of that address, e.g. `?near=33324`: a reader who changes the language asks it again. */
  readonly query?: string;
  /** The languages it is there in; all unless told. */
  readonly languages?: readonly Locale[];
  readonly title: string;
  readonly description: string;
  /** Results and refusals are for people, not for search engines. */
  readonly indexed?: false;
  /** Addresses of module scripts. */
  readonly scripts?: readonly string[];
  /** Addresses of stylesheets besides the site's. */
  readonly styles?: readonly string[];
  readonly data?: Html;
  readonly main: Html;
}

/** The whole document. It needs no script, loads nothing of anyone else's and has no inline style. */
export function layOutPage(page: Page, site: PageSite): string {
  const { locale, title, description } = page;
  const messages = PAGE_MESSAGES[locale];
  return html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${description}">
${page.indexed === false ? html`<meta name="robots" content="noindex">` : ''}
${page.path === undefined ? '' : addresses(page, page.path, site.origin)}
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${site.stylesheet}">
${page.styles?.map((address) => html`<link rel="stylesheet" href="${address}">\n`)}
${page.scripts?.map((address) => html`<script type="module" src="${address}"></script>\n`)}
${page.data}
</head>
<body>
<a class="skip" href="#content">${messages.skip}</a>
${pageHeader(page)}
<main id="content" tabindex="-1">
${page.main}
</main>
${pageFooter(locale)}
</body>
</html>
`
    .toString()
    .replaceAll(/\n{2,}/g, '\n');
}

/** Where the page lives, in both languages, and how it is shown where it is shared. */
function addresses(page: Page, path: string, origin: string): Html {
  const { locale, title, description, indexed } = page;
  const languages = languagesOf(page);
  const canonical = origin + pageAddress(path, locale);
  return html`<link rel="canonical" href="${canonical}">
${
  indexed === false || languages.length < 2
    ? ''
    : html`${languages.map(
        (each) => html`<link rel="alternate" hreflang="${each}" href="${origin + pageAddress(path, each)}">\n`,
      )}<link rel="alternate" hreflang="x-default" href="${origin + path}">`
}
<meta property="og:type" content="website">
<meta property="og:site_name" content="${launch.make}">
<meta property="og:locale" content="${locale.replace('-', '_')}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
${origin === '' ? '' : html`<meta property="og:url" content="${canonical}">`}`;
}

function languagesOf({ languages }: Page): readonly Locale[] {
  return languages ?? LOCALES;
}

function pageHeader(page: Page): Html {
  const { locale, path = '/' } = page;
  const messages = PAGE_MESSAGES[locale];
  const others = languagesOf(page).filter((other) => other !== locale);
  return html`<header>
<a class="brand" href="${pageAddress('/', locale)}">${launch.make}</a>
<nav class="links" aria-label="${messages.site}">
<a href="${pageAddress('/', locale)}">${messages.finder}</a>
<a href="${pageAddress('/stores/', locale)}">${messages.allStores}</a>
</nav>
${
  others.length === 0
    ? ''
    : html`<nav class="links" aria-label="${messages.language}">${others.map(
        (other) =>
          html`<a href="${pageAddress(path, other)}${page.query}" lang="${other}" hreflang="${other}">${LANGUAGE_NAMES[other]}</a>`,
      )}</nav>`
}
</header>`;
}

/** What is true of everything on the site, and who answers for it. */
export function pageFooter(locale: Locale): Html {
  return footer(footerLines(locale));
}

/** The footer of a page whose language its script chooses: both, of which the stylesheet shows the one spoken. */
export function bilingualFooter(): Html {
  return footer(LOCALES.map((locale) => html`<div lang="${locale}">\n${footerLines(locale)}\n</div>`));
}

function footer(content: HtmlValue): Html {
  return html`<footer>
${content}
</footer>`;
}

function footerLines(locale: Locale): Html {
  return html`<p>${launch.launchNotice[locale]}</p>
<p><a href="${launch.privacyUrl}">${PAGE_MESSAGES[locale].privacy}</a> · ${launch.postalAddress}</p>
<p>${PAGE_MESSAGES[locale].placeNames} <a href="https://www.geonames.org">GeoNames</a>, <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a></p>`;
}
