import type { Locale } from '../../shared/launch/launch.ts';
import type { ApiClient, FoundDealer } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import type { LocatorMessages } from '../messages/locator-messages.ts';
import { SearchForm } from './search-form.ts';
import { nextSearchState, type SearchEvent, type SearchState, type StartedSearch } from './search-state.ts';
import { searchSummary, storeList } from './store-list.ts';

/** From then on the person is told that it is slow. */
export const SLOW_MILLISECONDS = 4_000;

/** What the view starts with, and whom it tells. */
export interface LocateViewOptions {
  readonly messages: LocatorMessages;
  readonly locale: Locale;
  readonly client: ApiClient;
  readonly radius: number;
  readonly unit: 'mi' | 'km';
  readonly model: string | undefined;
  /** A search was answered. */
  onFound(search: StartedSearch, storeCount: number, beyondRadius: boolean): void;
  /** A store was chosen; `null`: none, on purpose. */
  onReserve(dealer: FoundDealer | null): void;
}

/** The search and the stores it finds. */
export class LocateView {
  readonly element: HTMLElement;
  readonly #options: LocateViewOptions;
  readonly #form: SearchForm;
  readonly #summary = createElement('p', { class: 'summary', role: 'status' });
  readonly #list = createElement('div', { class: 'results' });
  #state: SearchState = { kind: 'idle' };
  #asking: AbortController | undefined;

  constructor(options: LocateViewOptions) {
    const { messages, locale, client, radius, unit, model } = options;
    this.#options = options;
    this.#form = new SearchForm({
      messages,
      locale,
      client,
      radius,
      unit,
      model,
      onSearch: (search) => void this.#search(search),
    });
    const reserveAnywhere = createButton(messages.reserveAnywhere, 'link', () => options.onReserve(null));
    this.element = createElement(
      'div',
      { class: 'locate' },
      this.#form.element,
      this.#summary,
      this.#list,
      createElement('p', {}, reserveAnywhere),
    );
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

  /** Moves the focus back to the store that was chosen, or to the search when it is not listed. */
  focus(dealerId: string | undefined): void {
    const button = this.#list.querySelector<HTMLButtonElement>(`[data-dealer="${CSS.escape(dealerId ?? '')}"]`);
    if (button === null) this.#form.focus();
    else button.focus();
  }

  /** Gives up the search under way. */
  stop(): void {
    this.#asking?.abort();
  }

  async #search(search: StartedSearch): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#advance({ kind: 'started', search });
    const slow = setTimeout(() => this.#advance({ kind: 'slow', search }), SLOW_MILLISECONDS);
    try {
      const found = await this.#options.client.findDealers(search, asking.signal);
      this.#advance({ kind: 'answered', search, found });
      if (!asking.signal.aborted) this.#options.onFound(search, found.dealers.length, found.beyondRadius);
    } catch (error) {
      if (asking.signal.aborted) return;
      if (!(error instanceof RequestFailure)) throw error;
      this.#advance({ kind: 'failed', search, failure: error });
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
    this.#list.setAttribute('aria-busy', String(state.kind === 'searching'));
    // The stores found before stay in sight, dimmed, so that the page does not jump.
    if (state.kind === 'searching') return;
    this.#list.replaceChildren(
      ...storeList(state, messages, locale, {
        onReserve: (dealer) => this.#options.onReserve(dealer),
        onSuggestion: (label, near) => this.#form.searchNear(label, near),
        onRetry: () => {
          if (state.kind === 'failed') void this.#search(state.search);
        },
      }),
    );
  }
}
