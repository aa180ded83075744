import type { PublicDealer } from '../../shared/dealers/dealer.ts';
import { type Locale, launch } from '../../shared/launch/launch.ts';
import { PAGE_MESSAGES } from '../messages/page-messages.ts';
import { html } from './html.ts';
import { pageAddress, storePath } from './page-address.ts';
import type { Page } from './page-layout.ts';

/**
 * All listed stores, by state.
 * @param stateName of a USPS code
 */
export function storesPage(
  dealers: readonly PublicDealer[],
  stateName: (code: string) => string,
  locale: Locale,
): Page {
  const messages = PAGE_MESSAGES[locale];
  const order = new Intl.Collator(locale);
  const states = [...Map.groupBy(dealers, ({ address }) => address.state)]
    .map(([code, stores]) => ({ code, name: stateName(code), stores }))
    .sort((a, b) => order.compare(a.name, b.name));
  const byTown = (a: PublicDealer, b: PublicDealer) =>
    order.compare(a.address.city, b.address.city) || order.compare(a.name, b.name) || order.compare(a.id, b.id);
  return {
    locale,
    path: '/stores/',
    title: messages.storesTitle,
    description: `${messages.storesDescription(dealers.length)} ${launch.dealerNotice[locale]}`,
    main: html`<h1>${messages.storesTitle}</h1>
<p class="lead">${dealers.length === 0 ? messages.noStores : `${messages.storesIntro(dealers.length)} ${launch.launchNotice[locale]}`}</p>
<p><a class="button" href="${pageAddress('/', locale)}">${messages.finder}</a></p>
${
  states.length === 0
    ? ''
    : html`<nav class="states" aria-label="${messages.states}">
<ul>
${states.map(({ code, name }) => html`<li><a href="#${code}">${name}</a></li>\n`)}</ul>
</nav>`
}
${states.map(
  ({ code, name, stores }) => html`<section aria-labelledby="${code}">
<h2 id="${code}">${name}</h2>
<ul class="plain columns">
${stores
  .toSorted(byTown)
  .map(
    (dealer) =>
      html`<li><a href="${pageAddress(storePath(dealer.id), locale)}">${dealer.name}</a> <span class="note">${dealer.address.city}</span></li>\n`,
  )}</ul>
</section>
`,
)}`,
  };
}
