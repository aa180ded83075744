import type { DealerHits } from '../../shared/dealers/find-dealers.ts';
import { type Locale, launch } from '../../shared/launch/launch.ts';
import { formatDistance } from '../client/format.ts';
import { LOCATOR_MESSAGES } from '../messages/locator-messages.ts';
import { PAGE_MESSAGES } from '../messages/page-messages.ts';
import { type Html, html } from './html.ts';
import { pageAddress } from './page-address.ts';
import type { Page } from './page-layout.ts';
import { storeResults } from './store-summary.ts';

/** How far a search looks before it says that nothing is near, and how many stores it shows. */
export const FIND_RADIUS_MILES = 100;
export const FIND_LIMIT = 10;

/** What was asked, as it was typed: it is shown again. */
export interface FindQuestion {
  readonly near: string;
  readonly model: string;
}

/** What came of it. */
export type FindOutcome =
  | { readonly kind: 'unasked' }
  | ({ readonly kind: 'found'; readonly label: string } & DealerHits)
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown'; readonly suggestions: readonly { readonly label: string; readonly near: string }[] };

/** The search for those whose browser runs no scripts, and for whoever was sent a link to it. */
export function findPage(question: FindQuestion, outcome: FindOutcome, locale: Locale): Page {
  const messages = PAGE_MESSAGES[locale];
  return {
    locale,
    path: '/find',
    ...(outcome.kind !== 'unasked' && { query: queryOf(question) }),
    title: outcome.kind === 'found' ? messages.findTitleNear(outcome.label) : messages.findTitle,
    description: messages.findDescription,
    ...(outcome.kind !== 'unasked' && { indexed: false }),
    main: html`<h1>${messages.findTitle}</h1>
<p class="lead">${messages.findIntro}</p>
${findForm(question, locale, faultOf(question, outcome, locale))}
<p class="note">${launch.dealerNotice[locale]} ${launch.launchNotice[locale]}</p>
${resultsOf(question, outcome, locale)}`,
  };
}

/** The form of the search. It needs no script: a browser asks for the page of its results. @param fault of the place typed */
export function findForm({ near, model }: FindQuestion, locale: Locale, fault?: string): Html {
  const messages = PAGE_MESSAGES[locale];
  return html`<form class="find" action="${pageAddress('/find', locale)}" method="get" role="search">
<p>
<label for="near">${messages.place}</label>
<input id="near" name="near" type="text" value="${near}" autocomplete="postal-code" maxlength="100" required aria-describedby="${fault === undefined ? 'near-hint' : 'near-fault near-hint'}"${fault === undefined ? '' : html` aria-invalid="true"`}>
<span class="note" id="near-hint">${messages.placeExample}</span>
${fault === undefined ? '' : html`<span class="fault" id="near-fault">${fault}</span>`}
</p>
<p>
<label for="model">${messages.model}</label>
<select id="model" name="model">
<option value="">${messages.anyModel}</option>
${launch.models.map(
  ({ id, name }) => html`<option value="${id}"${id === model ? html` selected` : ''}>${name[locale]}</option>\n`,
)}</select>
</p>
<p><button class="primary" type="submit">${messages.search}</button></p>
</form>`;
}

function faultOf({ near }: FindQuestion, outcome: FindOutcome, locale: Locale): string | undefined {
  if (outcome.kind === 'malformed') return LOCATOR_MESSAGES[locale].placeMissing;
  return outcome.kind === 'unknown' ? LOCATOR_MESSAGES[locale].unknownPlace(near) : undefined;
}

function resultsOf(question: FindQuestion, outcome: FindOutcome, locale: Locale): Html | undefined {
  const messages = LOCATOR_MESSAGES[locale];
  if (outcome.kind === 'unknown' && outcome.suggestions.length > 0) {
    const again = (near: string) => pageAddress('/find', locale) + queryOf({ ...question, near });
    return html`<p id="suggestions">${messages.didYouMean}</p>
<ul class="plain" aria-labelledby="suggestions">
${outcome.suggestions.map(({ label, near }) => html`<li><a href="${again(near)}">${label}</a></li>\n`)}</ul>`;
  }
  if (outcome.kind !== 'found') return undefined;
  const { hits, beyondRadius, label } = outcome;
  if (hits.length === 0) return html`<p class="summary">${messages.noStores}</p>`;
  const many = hits.length === FIND_LIMIT ? messages.foundMany : messages.found;
  const summary = (beyondRadius ? messages.beyond : many)(
    hits.length,
    formatDistance(FIND_RADIUS_MILES, 'mi', locale),
    label,
  );
  return html`<p class="summary">${summary}</p>
${storeResults(hits, 2, locale)}
<noscript><p class="note">${PAGE_MESSAGES[locale].reserveWithoutScript}</p></noscript>`;
}

function queryOf({ near, model }: FindQuestion): string {
  return `?${new URLSearchParams({ near, ...(model !== '' && { model }) })}`;
}
