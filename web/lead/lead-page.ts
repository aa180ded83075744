import { SLOW_MILLISECONDS } from '../client/api-client.ts';
import { RequestFailure } from '../client/failure.ts';
import { LeadClient } from './lead-client.ts';
import { type LeadState, leadContent } from './lead-content.ts';
import { type LeadLink, leadLinkOf } from './lead-link.ts';
import { acknowledgedBefore } from './response-time.ts';

/** The parts of the document that the page fills. */
interface PageParts {
  readonly main: HTMLElement;
  /** Stays in the document, so that screen readers say what is written into it. */
  readonly announcements: HTMLElement;
}

/**
 * The page that the button in a store's mail opens. Opening it asks the API for nothing: mail scanners open links too, and
 * must not answer for the store.
 */
class LeadPage {
  readonly #client = new LeadClient(location.origin);
  readonly #parts: PageParts;
  #state: LeadState = { kind: 'no-link' };

  constructor(parts: PageParts) {
    this.#parts = parts;
  }

  /** Takes the link out of the address bar, where others could read or copy it, and starts with it. */
  open(): void {
    const link = leadLinkOf(location.hash);
    if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
    if (link === 'none') this.#show({ kind: 'no-link' });
    else if (link === 'mangled') this.#show({ kind: 'dead-link' });
    else this.#show({ kind: 'question', link });
  }

  /** @param pressedAt when the button was pressed first, by the browser's steady clock */
  async #acknowledge(link: LeadLink, pressedAt: number): Promise<void> {
    const mine: LeadState = { kind: 'working', slow: false };
    const slowly: LeadState = { kind: 'working', slow: true };
    // Another link may have been opened in the meantime.
    const isMine = () => this.#state === mine || this.#state === slowly;
    this.#show(mine);
    const slow = setTimeout(() => {
      if (isMine()) this.#show(slowly);
    }, SLOW_MILLISECONDS);
    try {
      const next = await this.#client.acknowledge(link).then(
        ({ acknowledgement, answeredAtMilliseconds }): LeadState => ({
          kind: 'acknowledged',
          answer: acknowledgement,
          already: acknowledgedBefore(
            acknowledgement.acknowledgedAt,
            answeredAtMilliseconds,
            performance.now() - pressedAt,
          ),
        }),
        (error: unknown): LeadState => {
          if (!(error instanceof RequestFailure)) throw error;
          if (error.kind === 'refused') return { kind: 'dead-link' };
          return { kind: 'failed', failure: error, retry: () => void this.#acknowledge(link, pressedAt) };
        },
      );
      if (isMine()) this.#show(next).heading?.focus();
    } finally {
      clearTimeout(slow);
    }
  }

  #show(state: LeadState): { readonly heading: HTMLElement | undefined } {
    this.#state = state;
    const { main, announcements } = this.#parts;
    const content = leadContent(state, (link) => void this.#acknowledge(link, performance.now()));
    main.setAttribute('aria-busy', String(state.kind === 'working'));
    main.replaceChildren(...content.nodes);
    document.title = content.title;
    announcements.textContent = content.announcement;
    return content;
  }
}

const main = document.querySelector('main');
const announcements = document.querySelector<HTMLElement>('#announcements');
if (main === null || announcements === null) throw new Error('the page has no <main> or no #announcements');
const page = new LeadPage({ main, announcements });
page.open();
// A second link opened in the same tab changes the fragment alone.
addEventListener('hashchange', () => {
  if (location.hash !== '') page.open();
});
