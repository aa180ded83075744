import type { Locale } from '../../shared/launch/launch.ts';
import { type FoundDealer, MOST_STORES } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import {
  addressLines,
  directionsUrl,
  formatDealerDistance,
  formatDistance,
  formatPhone,
  websiteUrl,
} from '../client/format.ts';
import { FAILURE_MESSAGES } from '../messages/failure-messages.ts';
import type { LocatorMessages } from '../messages/locator-messages.ts';
import type { SearchState } from './search-state.ts';

/** What can be done with what the list shows. */
export interface StoreListActions {
  onReserve(dealer: FoundDealer): void;
  onSuggestion(label: string, near: string): void;
  onRetry(): void;
}

/** The one sentence that sums up a search, on the page and for screen readers. */
export function searchSummary(state: SearchState, messages: LocatorMessages, locale: Locale): string {
  switch (state.kind) {
    case 'idle':
      return '';
    case 'searching':
      return state.slow ? messages.searchingSlowly : messages.searching;
    case 'found': {
      const { dealers, beyondRadius, radius, unit, origin } = state.found;
      if (dealers.length === 0) return messages.noStores;
      const many = dealers.length === MOST_STORES ? messages.foundMany : messages.found;
      const words = beyondRadius ? messages.beyond : many;
      return words(dealers.length, formatDistance(radius, unit, locale), origin.label);
    }
    case 'failed':
      if (state.failure.kind !== 'refused') return FAILURE_MESSAGES[locale][state.failure.kind];
      return state.failure.problem?.status === 404 ? messages.unknownPlace(state.search.text) : messages.placeMissing;
  }
}

/** The stores found, or the ways on from a search that failed. */
export function storeList(
  state: SearchState,
  messages: LocatorMessages,
  locale: Locale,
  actions: StoreListActions,
): readonly Node[] {
  if (state.kind === 'found') {
    const { dealers, unit } = state.found;
    if (dealers.length === 0) return [];
    return [
      createElement('h2', { class: 'unseen' }, messages.storesHeading),
      createElement(
        'ol',
        { class: 'stores', part: 'stores' },
        ...dealers.map((dealer) => storeItem(dealer, unit, messages, locale, actions)),
      ),
    ];
  }
  if (state.kind !== 'failed') return [];
  if (state.failure.kind !== 'refused') return [createButton(messages.tryAgain, 'primary', () => actions.onRetry())];
  const suggestions = state.failure.problem?.suggestions ?? [];
  if (suggestions.length === 0) return [];
  return [
    createElement('p', { id: 'suggestions' }, messages.didYouMean),
    createElement(
      'ul',
      { class: 'suggestions', 'aria-labelledby': 'suggestions' },
      ...suggestions.map(({ label, near }) =>
        createElement(
          'li',
          {},
          createButton(label, 'secondary', () => actions.onSuggestion(label, near)),
        ),
      ),
    ),
  ];
}

function storeItem(
  dealer: FoundDealer,
  unit: 'mi' | 'km',
  messages: LocatorMessages,
  locale: Locale,
  actions: StoreListActions,
): HTMLLIElement {
  const distance = formatDealerDistance(dealer, unit, locale);
  const away = dealer.locationAccuracy === 'zip' ? messages.awayAbout : messages.away;
  const reserve = createButton(messages.reserveHere, 'secondary', () => actions.onReserve(dealer));
  reserve.setAttribute('aria-label', `${messages.reserveHere}: ${dealer.name}`);
  reserve.dataset['dealer'] = dealer.id;
  return createElement(
    'li',
    { class: 'store', part: 'store' },
    createElement(
      'div',
      { class: 'store-head' },
      createElement('h3', {}, dealer.name),
      createElement('p', { class: 'distance' }, away(distance)),
    ),
    ...(dealer.status === 'withdrawn' ? [] : [createElement('p', { class: 'status' }, messages.status[dealer.status])]),
    createElement('address', {}, addressLines(dealer.address).join(', ')),
    createElement('div', { class: 'actions' }, reserve, ...storeLinks(dealer, messages)),
  );
}

function storeLinks(dealer: FoundDealer, messages: LocatorMessages): readonly Node[] {
  const outward = (label: string, href: string) =>
    createElement(
      'a',
      {
        href,
        target: '_blank',
        rel: 'noopener noreferrer',
        'aria-label': `${label}: ${dealer.name} (${messages.newTab})`,
      },
      label,
    );
  const website = websiteUrl(dealer.url);
  return [
    outward(messages.directions, directionsUrl(dealer)),
    ...(website === undefined ? [] : [outward(messages.website, website)]),
    ...(dealer.phone === undefined ? [] : [callLink(dealer.name, dealer.phone, messages)]),
  ];
}

function callLink(store: string, phone: string, messages: LocatorMessages): HTMLAnchorElement {
  const shown = formatPhone(phone);
  return createElement('a', { href: `tel:${phone}`, 'aria-label': messages.callNamed(store, shown) }, shown);
}
