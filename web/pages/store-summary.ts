import type { PublicDealer } from '../../shared/dealers/dealer.ts';
import type { DealerHit } from '../../shared/dealers/find-dealers.ts';
import { METERS_PER_UNIT } from '../../shared/dealers/search-answer.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { addressLines, directionsUrl, formatDealerDistance, websiteUrl } from '../client/format.ts';
import { LOCATOR_MESSAGES } from '../messages/locator-messages.ts';
import { PAGE_MESSAGES } from '../messages/page-messages.ts';
import { type Html, html } from './html.ts';
import { pageAddress, reservePath, storePath } from './page-address.ts';

/** How sure anyone is of a store, in words. */
export function statusText({ status }: Pick<PublicDealer, 'status'>, locale: Locale): string {
  // A withdrawn store has a page of its own that says so; nothing else shows one.
  return status === 'withdrawn' ? PAGE_MESSAGES[locale].withdrawnHeading : LOCATOR_MESSAGES[locale].status[status];
}

/** Its address as one line. */
export function addressText({ address }: Pick<PublicDealer, 'address'>): string {
  return addressLines(address).join(', ');
}

/** The ways out to a store: a map that the reader opens, and its own site. */
export function outwardLinks(dealer: PublicDealer, locale: Locale): readonly Html[] {
  const messages = LOCATOR_MESSAGES[locale];
  const website = websiteUrl(dealer.url);
  const link = (label: string, href: string) =>
    html`<a href="${href}" rel="noopener noreferrer">${label}<span class="unseen">: ${dealer.name}</span></a>\n`;
  return [
    link(messages.directions, directionsUrl(dealer)),
    ...(website === undefined ? [] : [link(messages.website, website)]),
  ];
}

/** Stores found, nearest first, each with the way to its page and to a reservation. @param level of the stores' headings */
export function storeResults(hits: readonly DealerHit[], level: 2 | 3, locale: Locale): Html {
  return html`<ol class="stores">
${hits.map((hit) => storeResult(hit, level, locale))}</ol>`;
}

function storeResult({ dealer, distanceMeters }: DealerHit, level: 2 | 3, locale: Locale): Html {
  const messages = PAGE_MESSAGES[locale];
  const name = html`<a href="${pageAddress(storePath(dealer.id), locale)}">${dealer.name}</a>`;
  return html`<li>
${level === 2 ? html`<h2>${name}</h2>` : html`<h3>${name}</h3>`}
<p class="distance">${distanceText({ dealer, distanceMeters }, locale)}</p>
<p class="status">${statusText(dealer, locale)}</p>
<p>${addressText(dealer)}</p>
<p class="choices"><a class="button secondary" href="${reservePath(dealer.id, locale)}">${messages.reserve}<span class="unseen">: ${dealer.name}</span></a>
${outwardLinks(dealer, locale)}</p>
</li>
`;
}

/** `8.3 mi away`, or `about 8 mi away` from a store known by its ZIP only. */
export function distanceText({ dealer, distanceMeters }: DealerHit, locale: Locale): string {
  const messages = LOCATOR_MESSAGES[locale];
  const away = dealer.locationAccuracy === 'zip' ? messages.awayAbout : messages.away;
  const { locationAccuracy } = dealer;
  return away(formatDealerDistance({ locationAccuracy, distance: distanceMeters / METERS_PER_UNIT.mi }, 'mi', locale));
}
