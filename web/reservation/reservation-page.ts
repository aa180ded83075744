import type { ReceiptAnswer, ReservationAnswer } from '../../shared/contract/interests.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { ApiClient, type InterestForm } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import { localeOf } from '../client/format.ts';
import { FAILURE_MESSAGES } from '../messages/failure-messages.ts';
import { RESERVATION_MESSAGES } from '../messages/reservation-messages.ts';
import { type MailLink, mailLinkOf } from './mail-link.ts';
import { heldData, receiptList, type Wording } from './receipt-view.ts';

/** What the page shows. */
type PageState =
  | { readonly kind: 'no-link' | 'dead-link' | 'working' | 'withdrawn' }
  | { readonly kind: 'confirm'; readonly token: string }
  | { readonly kind: 'receipt'; readonly receipt: ReceiptAnswer; readonly form: InterestForm }
  | { readonly kind: 'reservation' | 'question'; readonly held: HeldReservation; readonly form: InterestForm }
  | { readonly kind: 'failed'; readonly failure: RequestFailure; retry(): Promise<void> };

interface HeldReservation {
  readonly token: string;
  readonly reservation: ReservationAnswer;
}

const LANGUAGES: Readonly<Record<Locale, string>> = { 'en-US': 'English', 'es-US': 'Español' };

/** The page that the links in our mails open: confirms a reservation, shows it, and withdraws it. */
class ReservationPage {
  readonly #client = new ApiClient(location.origin);
  readonly #main: HTMLElement;
  readonly #languages: HTMLElement;
  #locale: Locale = localeOf(navigator.language);
  /** Whether the person asked for this language: then no answer changes it. */
  #localeChosen = false;
  #state: PageState = { kind: 'working' };

  constructor(main: HTMLElement, languages: HTMLElement) {
    this.#main = main;
    this.#languages = languages;
  }

  /** Takes the link out of the address bar, where others could read or copy it, and starts with it. */
  open(): void {
    const link = mailLinkOf(location.hash);
    if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
    this.#begin(link);
  }

  #begin(link: MailLink | undefined): void {
    if (link === undefined) this.#show({ kind: 'no-link' });
    else if (link.purpose === 'confirm') this.#show({ kind: 'confirm', token: link.token });
    else void this.#openReservation(link.token);
  }

  /** Does something that may fail: a link that is not valid is said to be so, anything else can be tried again. */
  async #attempt(action: () => Promise<PageState>): Promise<void> {
    const working: PageState = { kind: 'working' };
    this.#show(working);
    const next = await action().catch((error: unknown): PageState => {
      if (!(error instanceof RequestFailure)) throw error;
      if (error.kind === 'refused') return { kind: 'dead-link' };
      return { kind: 'failed', failure: error, retry: () => this.#attempt(action) };
    });
    // Another link may have been opened in the meantime.
    if (this.#state === working) this.#show(next, { focus: true });
  }

  #confirm(token: string): Promise<void> {
    return this.#attempt(async () => {
      const receipt = await this.#client.confirmInterest(token);
      return { kind: 'receipt', receipt, form: await this.#client.getForm(this.#locale) };
    });
  }

  #openReservation(token: string): Promise<void> {
    return this.#attempt(async () => {
      const reservation = await this.#client.getReservation(token);
      if (!this.#localeChosen) this.#locale = reservation.locale;
      return { kind: 'reservation', held: { token, reservation }, form: await this.#client.getForm(this.#locale) };
    });
  }

  #withdraw(token: string): Promise<void> {
    return this.#attempt(async () => {
      await this.#client.withdrawReservation(token);
      return { kind: 'withdrawn' };
    });
  }

  async #speak(locale: Locale): Promise<void> {
    this.#locale = locale;
    this.#localeChosen = true;
    const state = this.#state;
    this.#show(state);
    if (!('form' in state)) return;
    await this.#attempt(async () => ({ ...state, form: await this.#client.getForm(locale) }));
  }

  #show(state: PageState, options: { readonly focus?: boolean } = {}): void {
    this.#state = state;
    document.documentElement.lang = this.#locale;
    this.#showLanguages();
    this.#main.setAttribute('aria-busy', String(state.kind === 'working'));
    const [heading, ...rest] = this.#content(state);
    this.#main.replaceChildren(heading, ...rest);
    document.title = heading.textContent;
    if (options.focus) heading.focus();
  }

  #showLanguages(): void {
    const { language } = RESERVATION_MESSAGES[this.#locale];
    this.#languages.setAttribute('aria-label', language);
    this.#languages.replaceChildren(
      ...(['en-US', 'es-US'] as const).map((locale) => {
        const button = createButton(LANGUAGES[locale], 'link', () => void this.#speak(locale));
        button.lang = locale;
        button.setAttribute('aria-pressed', String(locale === this.#locale));
        return button;
      }),
    );
  }

  #content(state: PageState): readonly [HTMLElement, ...Node[]] {
    const messages = RESERVATION_MESSAGES[this.#locale];
    const heading = (text: string) => createElement('h1', { tabindex: '-1' }, text);
    const text = (words: string) => createElement('p', {}, words);
    const findStore = createElement('a', { class: 'button', href: '/' }, messages.findStore);
    switch (state.kind) {
      case 'working':
        return [createElement('p', { role: 'status' }, messages.working)];
      case 'no-link':
        return [heading(messages.noLinkHeading), text(messages.noLink), findStore];
      case 'dead-link':
        return [heading(messages.deadLinkHeading), text(messages.deadLink), findStore];
      case 'withdrawn':
        return [heading(messages.withdrawnHeading), text(messages.withdrawn), findStore];
      case 'confirm': {
        const confirm = createButton(messages.confirm, 'primary', () => void this.#confirm(state.token));
        return [heading(messages.confirmHeading), text(messages.confirmIntro), confirm];
      }
      case 'failed': {
        const failure = state.failure.kind === 'refused' ? 'server' : state.failure.kind;
        const words = FAILURE_MESSAGES[this.#locale][failure];
        return [
          heading(messages.failedHeading),
          createElement('p', { role: 'alert', class: 'fault' }, words),
          createButton(messages.tryAgain, 'primary', () => void state.retry()),
        ];
      }
      case 'receipt': {
        const manage = createButton(
          messages.manage,
          'secondary',
          () => void this.#openReservation(state.receipt.manageToken),
        );
        return [
          heading(messages.confirmedHeading),
          receiptList(state.receipt, this.#wording(state.form)),
          text(state.form.launchNotice),
          text(messages.confirmedNext),
          manage,
        ];
      }
      case 'reservation':
        return [
          heading(messages.reservationHeading),
          receiptList(state.held.reservation, this.#wording(state.form)),
          text(state.form.launchNotice),
          ...heldData(state.held.reservation, this.#wording(state.form)),
          createButton(messages.withdraw, 'secondary', () =>
            this.#show({ ...state, kind: 'question' }, { focus: true }),
          ),
        ];
      case 'question':
        return [
          heading(messages.questionHeading),
          text(messages.question),
          createElement(
            'div',
            { class: 'choices' },
            createButton(messages.withdrawNow, 'danger', () => void this.#withdraw(state.held.token)),
            createButton(messages.keep, 'secondary', () =>
              this.#show({ ...state, kind: 'reservation' }, { focus: true }),
            ),
          ),
        ];
    }
  }

  #wording(form: InterestForm): Wording {
    return { locale: this.#locale, messages: RESERVATION_MESSAGES[this.#locale], form };
  }
}

const main = document.querySelector('main');
const languages = document.querySelector<HTMLElement>('#languages');
if (main === null || languages === null) throw new Error('the page has no <main> or no #languages');
const page = new ReservationPage(main, languages);
page.open();
// A second link opened in the same tab changes the fragment alone.
addEventListener('hashchange', () => {
  if (location.hash !== '') page.open();
});
