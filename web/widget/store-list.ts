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

/** A way out of the page that a store offers. */
export type StoreLink = 'directions' | 'website' | 'phone';

/** What can be done with a store. */
export interface StoreActions {
  onReserve(dealer: FoundDealer): void;
  onLink(dealer: FoundDealer, link: StoreLink): void;
}

/** What can be done with what the list shows. */
export interface StoreListActions extends StoreActions {
  /** A store was pressed, or has the focus. */
  onSelect(dealer: FoundDealer): void;
  /** A store has the mouse over it; `undefined`: none any more. */
  onPoint(dealer: FoundDealer | undefined): void;
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
      if (state.failure.problem?.status === 404) return messages.unknownPlace(state.search.text);
      // Any other refusal is of what the page asks for by itself.
      return state.failure.pointers.includes('?near') ? messages.placeMissing : FAILURE_MESSAGES[locale].server;
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
  const item = createElement(
    'li',
    { class: 'store', part: 'store', 'data-store': dealer.id },
    ...storeContent('h3', dealer, unit, messages, locale, actions),
  );
  item.addEventListener('click', () => actions.onSelect(dealer));
  item.addEventListener('focusin', () => {
    // Focused by pressing: its card, shown above, would push what is pressed away before it is let go and clicked.
    if (!item.matches(':active')) actions.onSelect(dealer);
  });
  item.addEventListener('pointerenter', () => actions.onPoint(dealer));
  item.addEventListener('pointerleave', () => actions.onPoint(undefined));
  return item;
}

/** A store by itself, beside the map. */
export function storeCard(
  dealer: FoundDealer,
  unit: 'mi' | 'km',
  messages: LocatorMessages,
  locale: Locale,
  actions: StoreActions,
): HTMLElement {
  return createElement('div', { class: 'store' }, ...storeContent('p', dealer, unit, messages, locale, actions));
}

function storeContent(
  nameTag: 'h3' | 'p',
  dealer: FoundDealer,
  unit: 'mi' | 'km',
  messages: LocatorMessages,
  locale: Locale,
  actions: StoreActions,
): readonly Node[] {
  const reserve = createButton(messages.reserveHere, 'secondary', () => actions.onReserve(dealer));
  reserve.setAttribute('aria-label', `${messages.reserveHere}: ${dealer.name}`);
  reserve.dataset['dealer'] = dealer.id;
  return [
    createElement(
      'div',
      { class: 'store-head' },
      createElement(nameTag, { class: 'name' }, dealer.name),
      createElement('p', { class: 'distance' }, awayText(dealer, unit, messages, locale)),
    ),
    ...(dealer.status === 'withdrawn' ? [] : [createElement('p', { class: 'status' }, messages.status[dealer.status])]),
    createElement('address', {}, addressLines(dealer.address).join(', ')),
    createElement('div', { class: 'actions' }, reserve, ...storeLinks(dealer, messages, actions)),
  ];
}

/** How far away a store is; `about` when its own place is known only by its ZIP. */
export function awayText(dealer: FoundDealer, unit: 'mi' | 'km', messages: LocatorMessages, locale: Locale): string {
  const away = dealer.locationAccuracy === 'zip' ? messages.awayAbout : messages.away;
  return away(formatDealerDistance(dealer, unit, locale));
}

function storeLinks(dealer: FoundDealer, messages: LocatorMessages, { onLink }: StoreActions): readonly Node[] {
  const outward = (link: StoreLink, label: string, href: string) => {
    const element = createElement(
      'a',
      {
        href,
        target: '_blank',
        rel: 'noopener noreferrer',
        'aria-label': `${label}: ${dealer.name} (${messages.newTab})`,
      },
      label,
    );
    element.addEventListener('click', () => onLink(dealer, link));
    return element;
  };
  const website = websiteUrl(dealer.url);
  const links: Node[] = [outward('directions', messages.directions, directionsUrl(dealer))];
  if (website !== undefined) links.push(outward('website', messages.website, website));
  if (dealer.phone !== undefined) {
    const shown = formatPhone(dealer.phone);
    const call = createElement(
      'a',
      { href: `tel:${dealer.phone}`, 'aria-label': messages.callNamed(dealer.name, shown) },
      shown,
    );
    call.addEventListener('click', () => onLink(dealer, 'phone'));
    links.push(call);
  }
  return links;
}
