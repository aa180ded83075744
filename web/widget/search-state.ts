import type { DealerSearch, DealersFound } from '../client/api-client.ts';
import type { RequestFailure } from '../client/failure.ts';

/** A search as it was started. Two searches for the same place are two objects: identity tells them apart. */
export interface StartedSearch extends DealerSearch {
  /** What the person typed or chose, to be named when it is not known. */
  readonly text: string;
}

/** What the list of stores shows. */
export type SearchState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'searching'; readonly search: StartedSearch; readonly slow: boolean }
  | { readonly kind: 'found'; readonly search: StartedSearch; readonly found: DealersFound }
  | { readonly kind: 'failed'; readonly search: StartedSearch; readonly failure: RequestFailure };

export type SearchEvent =
  | { readonly kind: 'started'; readonly search: StartedSearch }
  | { readonly kind: 'slow'; readonly search: StartedSearch }
  | { readonly kind: 'answered'; readonly search: StartedSearch; readonly found: DealersFound }
  | { readonly kind: 'failed'; readonly search: StartedSearch; readonly failure: RequestFailure };

/** The next state. What is heard of any search but the one under way comes too late and changes nothing. */
export function nextSearchState(state: SearchState, event: SearchEvent): SearchState {
  if (event.kind === 'started') return { kind: 'searching', search: event.search, slow: false };
  if (state.kind !== 'searching' || state.search !== event.search) return state;
  switch (event.kind) {
    case 'slow':
      return { ...state, slow: true };
    case 'answered':
      return { kind: 'found', search: event.search, found: event.found };
    case 'failed':
      return { kind: 'failed', search: event.search, failure: event.failure };
  }
}
