import type { PublicDealer } from '../../shared/dealers/dealer.ts';
import type { DealerHit } from '../../shared/dealers/find-dealers.ts';
import { type Locale, launch, modelName, modelNotice } from '../../shared/launch/launch.ts';
import { formatPhone, websiteUrl } from '../client/format.ts';
import { PAGE_MESSAGES } from '../messages/page-messages.ts';
import { dataBlock, type Html, html } from './html.ts';
import { pageAddress, reservePath, storePath } from './page-address.ts';
import type { Page } from './page-layout.ts';
import { addressText, distanceText, outwardLinks, statusText } from './store-summary.ts';

/** How many other stores a store's page names. */
export const NEIGHBOURS = 4;

/** The page of one listed store. @param neighbours the nearest others, nearest first */
export function storePage(dealer: PublicDealer, neighbours: readonly DealerHit[], locale: Locale): Page {
  const messages = PAGE_MESSAGES[locale];
  const { address, name } = dealer;
  const status = statusText(dealer, locale);
  return {
    locale,
    path: storePath(dealer.id),
    title: `${name}: ${status}`,
    description: messages.storeDescription(name, `${address.city}, ${address.state}`, status),
    data: dataBlock('application/ld+json', storeData(dealer)),
    main: html`<nav class="trail" aria-label="${messages.allStores}"><a href="${pageAddress('/stores/', locale)}#${address.state}">${messages.allStores}: ${address.state}</a></nav>
<h1>${name}</h1>
<p class="status">${status}</p>
<p class="note">${launch.launchNotice[locale]}</p>
<div class="halves">
<div>
<dl>
<div><dt>${messages.address}</dt><dd>${addressText(dealer)}</dd></div>
${dealer.phone === undefined ? '' : html`<div><dt>${messages.phone}</dt><dd><a href="tel:${dealer.phone}">${formatPhone(dealer.phone)}</a></dd></div>`}
</dl>
<p class="choices">${outwardLinks(dealer, locale)}</p>
<p class="action"><a class="button" href="${reservePath(dealer.id, locale)}">${messages.reserve}</a></p>
<p class="note">${messages.reserveNote}</p>
<noscript><p class="note">${messages.reserveWithoutScript}</p></noscript>
</div>
<div>
${modelsSection(dealer, locale)}
</div>
</div>
${neighboursSection(dealer, neighbours, locale)}`,
  };
}

function modelsSection({ models }: PublicDealer, locale: Locale): Html | undefined {
  if (models.length === 0) return undefined;
  return html`<h2>${PAGE_MESSAGES[locale].modelsHeading}</h2>
<ul class="plain">
${models.map((id) => html`<li>${modelName(id, locale)} <span class="note">${modelNotice(id, locale)}</span></li>\n`)}</ul>`;
}

function neighboursSection(dealer: PublicDealer, neighbours: readonly DealerHit[], locale: Locale): Html | undefined {
  if (neighbours.length === 0) return undefined;
  const messages = PAGE_MESSAGES[locale];
  return html`<h2>${messages.nearestHeading}</h2>
${dealer.locationAccuracy === 'zip' ? html`<p class="note">${messages.approximate}</p>` : ''}
<ul class="plain columns">
${neighbours.map(
  (hit) =>
    html`<li><a href="${pageAddress(storePath(hit.dealer.id), locale)}">${hit.dealer.name}</a> <span class="note">${hit.dealer.address.city}, ${hit.dealer.address.state}, ${distanceText(hit, locale)}</span></li>\n`,
)}</ul>
<p><a href="${pageAddress('/find', locale)}?near=${dealer.address.zip}">${messages.moreNear(dealer.address.zip)}</a></p>`;
}

/**
 * The store as schema.org knows it (https://schema.org/AutoDealer), for search engines: what is known of the business, and
 * nothing of Alpine, which no member could call merely expected.
 */
export function storeData(dealer: PublicDealer): object {
  const { street, city, state, zip } = dealer.address;
  const website = websiteUrl(dealer.url);
  return {
    '@context': 'https://schema.org',
    '@type': 'AutoDealer',
    name: dealer.name,
    ...(website !== undefined && { url: website }),
    address: {
      '@type': 'PostalAddress',
      ...(street !== '' && { streetAddress: street }),
      addressLocality: city,
      addressRegion: state,
      postalCode: zip,
      addressCountry: 'US',
    },
    // The middle of its ZIP would be taken for its door.
    ...(dealer.locationAccuracy === 'rooftop' && {
      geo: { '@type': 'GeoCoordinates', latitude: dealer.location.lat, longitude: dealer.location.lng },
    }),
  };
}
