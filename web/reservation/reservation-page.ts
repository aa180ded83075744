import type { ReceiptAnswer, ReservationAnswer } from '../../shared/contract/interests.ts';
import type { DealerStatus } from '../../shared/dealers/dealer.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { type InterestForm, SLOW_MILLISECONDS } from '../client/api-client.ts';
import { createButton } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import { localeOf } from '../client/format.ts';
import { ReservationClient } from '../client/reservation-client.ts';
import { LANGUAGE_NAMES } from '../messages/language-names.ts';
import { RESERVATION_MESSAGES } from '../messages/reservation-messages.ts';
import { ChangeView } from './change-view.ts';
import { type MailLink, mailLinkOf } from './mail-link.ts';
import { contentOf, type PageActions } from './page-content.ts';
import type { HeldReservation, PageState, Surroundings } from './page-state.ts';

/** The parts of the document that the page fills. */
interface PageParts {
  readonly main: HTMLElement;
  readonly languages: HTMLElement;
  /** Stays in the document, so that screen readers say what is written into it. */
  readonly announcements: HTMLElement;
}

/** The page that the links in our mails open: confirms a reservation, shows it, changes it and withdraws it. */
class ReservationPage implements PageActions {
  readonly #client = new ReservationClient(location.origin);
  readonly #parts: PageParts;
  #locale: Locale = localeOf(navigator.language);
  /** Whether the person asked for this language: then no answer changes it. */
  #localeChosen = false;
  #state: PageState = { kind: 'working', slow: false };
  #changing: ChangeView | undefined;
  /** How sure it is of the stores seen so far that they will carry Alpine. */
  readonly #statuses = new Map<string, DealerStatus>();

  constructor(parts: PageParts) {
    this.#parts = parts;
  }

  /** Takes the link out of the address bar, where others could read or copy it, and starts with it. */
  open(): void {
    const link = mailLinkOf(location.hash);
    if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
    this.#begin(link);
  }

  #begin(link: MailLink | undefined): void {
    if (link === undefined) this.show({ kind: 'no-link' });
    else if (link.purpose === 'confirm') this.show({ kind: 'confirm', token: link.token });
    else this.openReservation(link.token);
  }

  confirm(token: string): void {
    void this.#attempt(async () => {
      const receipt = await this.#client.confirmInterest(token);
      return { kind: 'receipt', receipt, ...(await this.#surroundings(receipt, this.#locale)) };
    });
  }

  openReservation(token: string): void {
    void this.#attempt(async () => {
      const reservation = await this.#client.getReservation(token);
      if (!this.#localeChosen) this.#locale = reservation.locale;
      const surroundings = await this.#surroundings(reservation, this.#locale);
      return { kind: 'reservation', held: { token, reservation }, ...surroundings, before: undefined };
    });
  }

  withdraw({ token, reservation }: HeldReservation): void {
    let mayBeDone = false;
    void this.#attempt(async () => {
      try {
        await this.#client.withdrawReservation(token);
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error;
        // A link that was good a moment ago is refused because the try whose answer was lost had been done.
        if (!(mayBeDone && error.status === 401)) {
          mayBeDone ||= error.kind !== 'refused' && error.kind !== 'busy';
          throw error;
        }
      }
      return { kind: 'withdrawn', storeName: reservation.dealer?.name };
    });
  }

  show(state: PageState, options: { readonly focus?: boolean } = {}): void {
    this.#changing?.stop();
    this.#changing = undefined;
    this.#state = state;
    document.documentElement.lang = this.#locale;
    this.#showLanguages();
    const { main } = this.#parts;
    main.setAttribute('aria-busy', String(state.kind === 'working'));
    if (state.kind === 'change') this.#changing = this.#changeView(state);
    const content = contentOf(state, this.#locale, this, this.#changing?.element);
    main.replaceChildren(...content.nodes);
    document.title = content.title;
    this.#announce(content.announcement);
    if (options.focus) content.focus?.focus();
  }

  /** Does something that may fail: a link that is not valid is said to be so, anything else can be tried again. */
  async #attempt(action: () => Promise<PageState>): Promise<void> {
    const mine: PageState = { kind: 'working', slow: false };
    const slowly: PageState = { kind: 'working', slow: true };
    // Another link may have been opened in the meantime.
    const isMine = () => this.#state === mine || this.#state === slowly;
    this.show(mine);
    const slow = setTimeout(() => {
      if (isMine()) this.show(slowly);
    }, SLOW_MILLISECONDS);
    try {
      const next = await action()
        .then((state) => this.#inOwnWords(state))
        .catch((error: unknown): PageState => {
          if (!(error instanceof RequestFailure)) throw error;
          if (error.kind === 'refused') return { kind: 'dead-link' };
          return { kind: 'failed', failure: error, retry: () => void this.#attempt(action) };
        });
      if (isMine()) this.show(next, { focus: true });
    } finally {
      clearTimeout(slow);
    }
  }

  /** The state with the launch's words in the page's language, which may have been changed while it was on its way. */
  async #inOwnWords(state: PageState): Promise<PageState> {
    const locale = this.#locale;
    if (!('form' in state) || state.form.locale === locale) return state;
    const own = { ...state, form: await this.#client.getForm(locale) };
    return locale === this.#locale ? own : this.#inOwnWords(own);
  }

  /** What the page says around a reservation: the launch's words, and what is known of its store. */
  async #surroundings({ dealer }: Pick<ReceiptAnswer, 'dealer'>, locale: Locale): Promise<Surroundings> {
    const [form, store] = await Promise.all([
      this.#client.getForm(locale),
      dealer === null ? undefined : this.#client.getDealer(dealer.id),
    ]);
    if (store !== undefined) this.#statuses.set(store.id, store.status);
    return { form, storeStatus: store?.status };
  }

  #speak(locale: Locale): void {
    // What is being sent was written in the language that is shown.
    if (this.#changing?.saving) return;
    const draft = this.#changing?.draft;
    const state = this.#state;
    this.#locale = locale;
    this.#localeChosen = true;
    if (!('form' in state)) {
      this.show(state);
      return;
    }
    void this.#attempt(async () => (state.kind === 'change' ? { ...state, draft } : state));
  }

  #changeView(state: Extract<PageState, { kind: 'change' }>): ChangeView {
    const { held, form, storeStatus, draft } = state;
    const view = new ChangeView({
      client: this.#client,
      locale: this.#locale,
      token: held.token,
      reservation: held.reservation,
      form,
      statuses: this.#statuses,
      draft,
      announce: (text) => this.#announce(text),
      onSaved: (reservation) => {
        if (this.#changing === view) this.#showSaved(held, reservation, form);
      },
      onCancel: () => this.show({ kind: 'reservation', held, form, storeStatus, before: undefined }, { focus: true }),
      onDeadLink: () => {
        if (this.#changing === view) this.show({ kind: 'dead-link' }, { focus: true });
      },
    });
    return view;
  }

  #showSaved(before: HeldReservation, reservation: ReservationAnswer, form: InterestForm): void {
    const held = { token: before.token, reservation };
    const result = (surroundings: Surroundings): PageState => ({
      kind: 'reservation',
      held,
      before: before.reservation,
      ...surroundings,
    });
    const storeStatus = this.#statuses.get(reservation.dealer?.id ?? '');
    if (reservation.dealer === null || storeStatus !== undefined) {
      this.show(result({ form, storeStatus }), { focus: true });
      return;
    }
    // The same person may have chosen, in another window, a store that this one has not seen.
    void this.#attempt(async () => result(await this.#surroundings(reservation, this.#locale)));
  }

  #announce(text: string): void {
    this.#parts.announcements.lang = this.#locale;
    this.#parts.announcements.textContent = text;
  }

  #showLanguages(): void {
    const { languages } = this.#parts;
    languages.setAttribute('aria-label', RESERVATION_MESSAGES[this.#locale].language);
    languages.replaceChildren(
      ...(['en-US', 'es-US'] as const).map((locale) => {
        const button = createButton(LANGUAGE_NAMES[locale], 'link', () => this.#speak(locale));
        button.lang = locale;
        button.setAttribute('aria-pressed', String(locale === this.#locale));
        return button;
      }),
    );
  }
}

const main = document.querySelector('main');
const languages = document.querySelector<HTMLElement>('#languages');
const announcements = document.querySelector<HTMLElement>('#announcements');
if (main === null || languages === null || announcements === null) {
  throw new Error('the page has no <main>, no #languages or no #announcements');
}
const page = new ReservationPage({ main, languages, announcements });
page.open();
// A second link opened in the same tab changes the fragment alone.
addEventListener('hashchange', () => {
  if (location.hash !== '') page.open();
});
