import { type EmbedCodes, EVERGREEN_SCRIPT } from '../embed-codes.ts';
import type { DocumentedName, WidgetDocs } from '../widget-docs.ts';
import { type Html, html } from './html.ts';
import type { AddressOf, Page } from './page-layout.ts';

/** Stands for the site's origin in codes; the page's script fills it in. */
const HOST = 'https://HOST';

/**
 * What a web team reads before it puts the widget on its pages. In English, as its code is.
 * @param styles of the page: the rules of its brand are shown as an example
 * @throws Error when they have no such rules
 */
export function examplesPage(codes: EmbedCodes, docs: WidgetDocs, styles: string, addressOf: AddressOf): Page {
  const brandRules = styles.match(/^\.brand-green\b[^}]*\}/gm)?.join('\n');
  if (brandRules === undefined) throw new Error('the page of examples has no brand');
  return {
    locale: 'en-US',
    path: '/widget/examples/',
    languages: ['en-US'],
    title: 'Put the store finder on your site',
    description:
      'Embed codes, attributes, theming, events and policy of the Alpine store finder, each with a live example.',
    scripts: [addressOf('widget/examples/examples.js'), addressOf(EVERGREEN_SCRIPT)],
    styles: [addressOf('widget/examples/examples.css')],
    main: html`<h1>Put the store finder on your site</h1>
<p class="lead">One tag finds the stores near a reader that are expected to carry Alpine, and takes a reservation. No key, no cookie, no request to anyone but this host.</p>
<nav class="states" aria-label="On this page"><ul>
${SECTIONS.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>\n`)}</ul></nav>
${SECTIONS.map(
  ({ id, heading, content }) => html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${content(codes, docs, brandRules)}
</section>
`,
)}`,
  };
}

interface Section {
  readonly id: string;
  readonly heading: string;
  content(codes: EmbedCodes, docs: WidgetDocs, brandRules: string): Html;
}

const SECTIONS: readonly Section[] = [
  {
    id: 'embed',
    heading: 'Embed',
    content: ({
      version,
      evergreen,
      pinned,
    }) => html`<p>Two lines, wherever the finder shall stand. The newest widget, always.</p>
${code(`<script type="module" src="${HOST}/${evergreen.key}"></script>
<alpine-dealer-locator></alpine-dealer-locator>`)}
<p>Or this very build, version ${version}, for sites that review what they run. The file at this address never changes, and the browser refuses it if a byte differs; what it loads later it checks in the same way.</p>
${code(`<script type="module" src="${HOST}/${pinned.key}"
  integrity="${pinned.integrity}"
  crossorigin="anonymous"></script>
<alpine-dealer-locator></alpine-dealer-locator>`)}
<p class="note">For build scripts, the same as JSON: <a href="/widget/embed.json">/widget/embed.json</a>. Your site’s origin has to be among those that the API answers; ask us to add it.</p>`,
  },
  {
    id: 'live',
    heading: 'See it work',
    content: () => html`${example(
      'As it comes: it follows the reader’s light or dark system',
      html`<alpine-dealer-locator></alpine-dealer-locator>`,
      '<alpine-dealer-locator></alpine-dealer-locator>',
    )}
<h3 id="events-heading">What your page hears of it</h3>
<p>Search, choose a store, and see the events of every finder on this page. None of them tells anything about a person.</p>
<ol id="events" class="events" aria-labelledby="events-heading" aria-live="polite"><li class="note">Nothing yet.</li></ol>
${example(
  'In Spanish, near a place, in kilometers',
  html`<alpine-dealer-locator locale="es-US" near="Las Vegas, NV" radius="40" unit="km" lang="es-US"></alpine-dealer-locator>`,
  '<alpine-dealer-locator locale="es-US" near="Las Vegas, NV" radius="40" unit="km"></alpine-dealer-locator>',
)}`,
  },
  {
    id: 'attributes',
    heading: 'Attributes',
    content: (
      _codes,
      { attributes },
    ) => html`<p>All optional. A change starts the finder anew, except for <code>theme</code>.</p>
${table('Attribute', attributes)}`,
  },
  {
    id: 'theming',
    heading: 'Theming',
    content: (
      _codes,
      { properties, parts },
      brandRules,
    ) => html`<p>Set custom properties on the element or on anything around it; style its parts from your own stylesheet. The form stands in your page’s tree, so that password managers fill it.</p>
<h3>Custom properties</h3>
${nameList(properties)}
<h3>Parts</h3>
${nameList(parts.map(({ name, text }) => ({ name: `::part(${name})`, text })))}
<div class="pair">
${example(
  'Light',
  html`<alpine-dealer-locator theme="light" near="89501" radius="25"></alpine-dealer-locator>`,
  '<alpine-dealer-locator theme="light" near="89501" radius="25"></alpine-dealer-locator>',
)}
${example(
  'Dark',
  html`<alpine-dealer-locator theme="dark" near="89501" radius="25"></alpine-dealer-locator>`,
  '<alpine-dealer-locator theme="dark" near="89501" radius="25"></alpine-dealer-locator>',
)}
</div>
${example(
  'Another brand’s colors and corners',
  html`<div class="brand-green"><alpine-dealer-locator theme="light" near="99201" radius="25"></alpine-dealer-locator></div>`,
  brandRules,
)}
${example(
  'A narrow column',
  html`<div class="column"><alpine-dealer-locator near="78401" radius="25"></alpine-dealer-locator></div>`,
  '<aside><alpine-dealer-locator near="78401" radius="25"></alpine-dealer-locator></aside>',
)}`,
  },
  {
    id: 'events-reference',
    heading: 'Events',
    content: (
      _codes,
      { events },
    ) => html`<p>They bubble out of any shadow tree: one listener on the document hears all finders.</p>
${table('Event', events)}
${code(`document.addEventListener('dealer-search', ({ detail }) => {
  analytics.track('dealer search', detail); // { radius, unit, storeCount, beyondRadius }
});`)}`,
  },
  {
    id: 'policy',
    heading: 'Content security policy',
    content:
      () => html`<p>The finder adds no inline script and no inline style, so a strict policy needs two directives, with this host in each:</p>
${code(`Content-Security-Policy: script-src ${HOST}; connect-src ${HOST}`)}
<p>It sets no cookie and keeps nothing in the browser. The reader’s own location is asked for on a click only, and rounded to about 100 m before it is sent. Your page has to come over https.</p>`,
  },
  {
    id: 'without-script',
    heading: 'Without JavaScript',
    content:
      () => html`<p>The same search is a page that a form can ask for: <a href="/find?near=33324">/find?near=33324</a>, in Spanish <a href="/es/find?near=33324">/es/find?near=33324</a>. Put the link where a reader without JavaScript finds it:</p>
${code(`<noscript>
  <a href="${HOST}/find">Find a store expected to carry Alpine</a>
</noscript>`)}
<p>Reserving needs JavaScript, and says so. Every store has a page of its own to link to: <a href="/stores/">all stores</a>.</p>`,
  },
  {
    id: 'truth',
    heading: 'What you may say around it',
    content: () =>
      html`<p>The stores are <strong>expected</strong> to carry Alpine. No store, date or price is confirmed, and the finder says so wherever it names one. Please keep to it in the text around it.</p>`,
  },
];

function code(text: string): Html {
  return html`<div class="code"><pre tabindex="0"><code>${text}</code></pre></div>`;
}

/** A widget at work, with what one writes for it. */
function example(caption: string, stage: Html, text: string): Html {
  return html`<figure class="example">
<figcaption>${caption}</figcaption>
<div class="stage">${stage}</div>
${code(text)}
</figure>`;
}

/** Names in a table, each with what is said of it. */
function table(kind: string, rows: readonly DocumentedName[]): Html {
  return html`<div class="table" id="${kind.toLowerCase()}-table" tabindex="0" role="group" aria-label="Table of ${kind.toLowerCase()}s"><table>
<thead><tr><th scope="col">${kind}</th><th scope="col">Meaning</th></tr></thead>
<tbody>
${rows.map(({ name, text }) => html`<tr><th scope="row"><code>${name}</code></th><td>${withCode(text)}</td></tr>\n`)}</tbody>
</table></div>`;
}

function nameList(names: readonly DocumentedName[]): Html {
  return html`<ul class="names">
${names.map(({ name, text }) => html`<li><code>${name}</code>${text === '' ? '' : html` <span class="note">${withCode(text)}</span>`}</li>\n`)}</ul>`;
}

/** Every other piece between backticks is code. */
function withCode(text: string): readonly (string | Html)[] {
  return text.split('`').map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : piece));
}
