import { type DealersFound, type FoundDealer, SLOW_MILLISECONDS } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { type FailureKind, isRequestFailure } from '../client/failure.ts';
import { SearchForm, type SearchFormOptions } from './search-form.ts';
import { nextSearchState, type SearchEvent, type SearchState, type StartedSearch } from './search-state.ts';
import { awayText, type StoreLink, searchSummary, storeCard, storeList } from './store-list.ts';

/** What shows the stores. */
export type LocateLayout = 'list' | 'map' | 'both';

/** What the view needs of a map. */
export interface StoreMap {
  readonly element: HTMLElement;
  show(found: DealersFound): void;
  select(dealerId: string): void;
  point(dealerId: string | undefined): void;
  stop(): void;
}

/** What a map tells the view, and asks of it. */
export interface StoreMapHooks {
  away(dealer: FoundDealer, unit: 'mi' | 'km'): string;
  card(dealer: FoundDealer, unit: 'mi' | 'km'): HTMLElement;
  onSelect(dealerId: string): void;
  onPoint(dealerId: string | undefined): void;
}

/** What the view starts with, and whom it tells. */
export interface LocateViewOptions extends Omit<SearchFormOptions, 'onSearch' | 'onReserveAnywhere'> {
  readonly layout: LocateLayout;
  /** Loads the map; without it there is a list only. @throws RequestFailure */
  readonly openMap?: (hooks: StoreMapHooks) => Promise<StoreMap>;
  /** A search was answered. */
  onFound?(search: StartedSearch, found: DealersFound): void;
  /** A search was not answered. */
  onFailed?(kind: FailureKind): void;
  /** A store was marked in list and map. */
  onHighlight?(dealerId: string): void;
  /** A link of a store was followed. */
  onLink?(dealerId: string, link: StoreLink): void;
  /** A store was chosen; `null`: none, on purpose. */
  onReserve(dealer: FoundDealer | null): void;
}

/** The search and the stores it finds, in a list and on a map. */
export class LocateView {
  readonly element: HTMLElement;
  readonly #options: LocateViewOptions;
  readonly #form: SearchForm;
  readonly #summary = createElement('p', { class: 'summary', part: 'summary', role: 'status' });
  readonly #list = createElement('div', { class: 'list' });
  readonly #mapPlace = createElement('div', { class: 'map-place' });
  readonly #results: HTMLElement;
  #map: StoreMap | undefined;
  #openingMap = false;
  #stopped = false;
  #state: SearchState = { kind: 'idle' };
  #asking: AbortController | undefined;
  #selected: string | undefined;

  constructor(options: LocateViewOptions) {
    this.#options = options;
    this.#form = new SearchForm({
      ...options,
      onReserveAnywhere: () => options.onReserve(null),
      onSearch: (search) => void this.#search(search),
    });
    const shown = options.openMap === undefined ? 'list' : options.layout;
    this.#results = createElement(
      'div',
      { class: `results ${shown === 'both' ? shown : `only-${shown}`}`, hidden: true },
      this.#mapPlace,
      this.#list,
    );
    this.element = createElement('div', { class: 'locate' }, this.#form.element, this.#summary, this.#results);
  }

  /** Searches around a place, as if it had been typed. */
  searchNear(label: string, near: string): void {
    this.#form.searchNear(label, near);
  }

  /** The ZIP that was searched for last, or empty when it was another kind of place. */
  get zip(): string {
    const near = this.#state.kind === 'idle' ? '' : this.#state.search.near;
    return /^\d{5}/.exec(near)?.[0] ?? '';
  }

  /** The model that the search is for, or empty. */
  get model(): string {
    return this.#form.model;
  }

  /** Moves the focus back to the store that was chosen, or to the search when it is not listed. */
  focus(dealerId: string | undefined): void {
    const chosen = `[data-dealer="${CSS.escape(dealerId ?? '')}"]`;
    for (const place of [this.#list, this.#mapPlace]) {
      const button = place.querySelector<HTMLButtonElement>(chosen);
      if (!button?.checkVisibility()) continue;
      button.focus();
      return;
    }
    this.#form.focus();
  }

  /** Gives up the search under way. */
  giveUp(): void {
    this.#asking?.abort();
  }

  /** Takes up again the search that was given up, if there was one. */
  goOn(): void {
    if (this.#state.kind === 'searching') void this.#search(this.#state.search);
  }

  /** Gives up the search under way, and the map for good. */
  stop(): void {
    this.giveUp();
    this.#stopped = true;
    this.#map?.stop();
  }

  async #search(search: StartedSearch): Promise<void> {
    // The browser tells its place when it likes.
    if (this.#stopped) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#advance({ kind: 'started', search });
    void this.#openMap();
    const slow = setTimeout(() => this.#advance({ kind: 'slow', search }), SLOW_MILLISECONDS);
    try {
      const found = await this.#options.client.findDealers(search, asking.signal);
      this.#advance({ kind: 'answered', search, found });
      if (!asking.signal.aborted) this.#options.onFound?.(search, found);
    } catch (error) {
      if (asking.signal.aborted) return;
      if (!isRequestFailure(error)) throw error;
      this.#advance({ kind: 'failed', search, failure: error });
      this.#options.onFailed?.(error.kind);
    } finally {
      clearTimeout(slow);
    }
  }

  #advance(event: SearchEvent): void {
    const state = nextSearchState(this.#state, event);
    if (state === this.#state) return;
    this.#state = state;
    const { messages, locale } = this.#options;
    this.#summary.textContent = searchSummary(state, messages, locale);
    this.#summary.classList.toggle('fault', state.kind === 'failed');
    this.#results.hidden = false;
    this.#results.setAttribute('aria-busy', String(state.kind === 'searching'));
    // The stores found before stay in sight, dimmed, so that the page does not jump.
    if (state.kind === 'searching') return;
    this.#selected = undefined;
    this.#mapPlace.hidden = state.kind !== 'found' || state.found.dealers.length === 0;
    this.#list.replaceChildren(
      ...storeList(state, messages, locale, {
        onReserve: (dealer) => this.#options.onReserve(dealer),
        onLink: (dealer, link) => this.#options.onLink?.(dealer.id, link),
        onSelect: (dealer) => this.#select(dealer.id),
        onPoint: (dealer) => this.#map?.point(dealer?.id),
        onSuggestion: (label, near) => this.#form.searchNear(label, near),
        onRetry: () => {
          if (state.kind === 'failed') void this.#search(state.search);
        },
      }),
    );
    this.#showOnMap();
  }

  #showOnMap(): void {
    if (this.#state.kind === 'found' && this.#state.found.dealers.length > 0) this.#map?.show(this.#state.found);
  }

  async #openMap(): Promise<void> {
    const { openMap, layout, messages, locale, onReserve, onLink } = this.#options;
    if (openMap === undefined || layout === 'list' || this.#map !== undefined || this.#openingMap) return;
    this.#openingMap = true;
    this.#mapPlace.replaceChildren();
    try {
      const map = await openMap({
        away: (dealer, unit) => awayText(dealer, unit, messages, locale),
        card: (dealer, unit) =>
          storeCard(dealer, unit, messages, locale, {
            onReserve,
            onLink: (from, link) => onLink?.(from.id, link),
          }),
        onSelect: (dealerId) => {
          this.#select(dealerId);
          this.#scrollTo(dealerId);
        },
        onPoint: (dealerId) => this.#point(dealerId),
      });
      if (this.#stopped) {
        map.stop();
        return;
      }
      this.#map = map;
      this.#results.classList.remove('mapless');
      this.#mapPlace.replaceChildren(map.element);
      this.#showOnMap();
    } catch (error) {
      if (!isRequestFailure(error)) throw error;
      // The list alone tells all that the map would.
      this.#results.classList.add('mapless');
      this.#mapPlace.replaceChildren(
        createElement('p', { role: 'alert' }, messages.mapMissing),
        createButton(messages.tryAgain, 'secondary', () => void this.#openMap()),
      );
    } finally {
      this.#openingMap = false;
    }
  }

  #select(dealerId: string): void {
    if (this.#selected === dealerId) return;
    this.#selected = dealerId;
    for (const item of this.#items()) {
      if (item.dataset['store'] === dealerId) item.setAttribute('aria-current', 'true');
      else item.removeAttribute('aria-current');
    }
    this.#map?.select(dealerId);
    this.#options.onHighlight?.(dealerId);
  }

  #point(dealerId: string | undefined): void {
    for (const item of this.#items()) item.classList.toggle('pointed', item.dataset['store'] === dealerId);
  }

  /** Brings a store of the list into sight when the list stands beside the map, and leaves the map where it is. */
  #scrollTo(dealerId: string): void {
    const item = this.#items().find((each) => each.dataset['store'] === dealerId);
    const isBeside = this.#list.getBoundingClientRect().top < this.#mapPlace.getBoundingClientRect().bottom;
    if (item === undefined || !isBeside) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    item.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
  }

  #items(): readonly HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>('[data-store]')];
  }
}
