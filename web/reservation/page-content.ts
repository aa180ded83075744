import type { Locale } from '../../shared/launch/launch.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { CHANGE_MESSAGES } from '../messages/change-messages.ts';
import { FAILURE_MESSAGES } from '../messages/failure-messages.ts';
import { RESERVATION_MESSAGES } from '../messages/reservation-messages.ts';
import { pageAddress } from '../pages/page-address.ts';
import { changeResult } from './change-result.ts';
import { heldData } from './held-data-view.ts';
import type { HeldReservation, PageState } from './page-state.ts';
import { receiptList } from './receipt-view.ts';

/** What the buttons of the page do. */
export interface PageActions {
  confirm(token: string): void;
  openReservation(token: string): void;
  withdraw(held: HeldReservation): void;
  show(state: PageState, options: { readonly focus: boolean }): void;
}

/** The page's elements, its title, and the one that takes the focus. */
export interface PageContent {
  readonly nodes: readonly Node[];
  readonly title: string;
  readonly focus: HTMLElement | undefined;
  /** What screen readers are told besides; empty: nothing. */
  readonly announcement: string;
}

/** A state of the page as its elements. @param form of a change, when that is the state */
export function contentOf(
  state: PageState,
  locale: Locale,
  actions: PageActions,
  form: HTMLElement | undefined,
): PageContent {
  const messages = RESERVATION_MESSAGES[locale];
  const findStore = createElement('a', { class: 'button', href: pageAddress('/', locale) }, messages.findStore);
  switch (state.kind) {
    case 'working': {
      const words = state.slow ? messages.workingSlowly : messages.working;
      const announcement = state.slow ? words : '';
      return { nodes: [createElement('p', {}, words)], title: words, focus: undefined, announcement };
    }
    case 'no-link':
      return headed(messages.noLinkHeading, text(messages.noLink), findStore);
    case 'dead-link':
      return headed(messages.deadLinkHeading, text(messages.deadLink), findStore);
    case 'withdrawn':
      return headed(messages.withdrawnHeading, text(messages.withdrawn(state.storeName)), findStore);
    case 'confirm':
      return headed(
        messages.confirmHeading,
        text(messages.confirmIntro),
        createButton(messages.confirm, 'primary', () => actions.confirm(state.token)),
        ...why(locale, messages.whyMail),
      );
    case 'failed': {
      const failure = state.failure.kind === 'refused' ? 'server' : state.failure.kind;
      return headed(
        messages.failedHeading,
        createElement('p', { role: 'alert', class: 'fault' }, FAILURE_MESSAGES[locale][failure]),
        createButton(messages.tryAgain, 'primary', () => state.retry()),
      );
    }
    case 'receipt':
      return headed(
        messages.confirmedHeading,
        receiptList(state.receipt, { ...state, locale }),
        createElement('p', { class: 'note' }, messages.interestOnly),
        createElement('p', { class: 'on-screen' }, messages.confirmedNext),
        buttons(
          createButton(messages.manage, 'primary', () => actions.openReservation(state.receipt.manageToken)),
          createButton(messages.print, 'secondary', () => print()),
        ),
      );
    case 'reservation':
      return reservationContent(state, locale, actions);
    case 'question': {
      const { held } = state;
      const effects = messages.questionEffects(held.reservation.dealer?.name);
      return headed(
        messages.questionHeading,
        createElement('ul', { class: 'effects' }, ...effects.map((effect) => createElement('li', {}, effect))),
        text(messages.question),
        buttons(
          createButton(messages.withdrawNow, 'danger', () => actions.withdraw(held)),
          createButton(messages.keep, 'secondary', () =>
            actions.show({ ...state, kind: 'reservation', before: undefined }, { focus: true }),
          ),
        ),
      );
    }
    case 'change': {
      const { heading, intro } = CHANGE_MESSAGES[locale];
      return headed(heading, text(intro), ...(form === undefined ? [] : [form]));
    }
  }
}

function reservationContent(
  state: Extract<PageState, { kind: 'reservation' }>,
  locale: Locale,
  actions: PageActions,
): PageContent {
  const messages = RESERVATION_MESSAGES[locale];
  const { reservation } = state.held;
  const saved = state.before === undefined ? [] : changeResult(state.before, reservation, locale);
  const result = saved.length === 0 ? undefined : savedNote(saved, locale);
  const content = headed(
    messages.reservationHeading,
    ...(result === undefined ? [] : [result.element]),
    receiptList(reservation, { ...state, locale }),
    createElement('p', { class: 'note' }, messages.interestOnly),
    buttons(
      createButton(messages.change, 'primary', () =>
        actions.show({ ...state, kind: 'change', draft: undefined }, { focus: true }),
      ),
      createButton(messages.print, 'secondary', () => print()),
      createButton(messages.withdraw, 'secondary', () => actions.show({ ...state, kind: 'question' }, { focus: true })),
    ),
    createElement('div', { class: 'on-screen' }, ...heldData(reservation, { ...state, locale })),
    ...why(locale, messages.whyReservation),
  );
  if (result === undefined) return content;
  const announcement = [CHANGE_MESSAGES[locale].savedHeading, ...saved].join('. ');
  return { ...content, focus: result.heading, announcement };
}

/** What happens now that a change is saved. */
function savedNote(sentences: readonly string[], locale: Locale): { element: HTMLElement; heading: HTMLElement } {
  const heading = createElement('h2', { tabindex: '-1', id: 'saved' }, CHANGE_MESSAGES[locale].savedHeading);
  const list = createElement('ul', { class: 'effects' }, ...sentences.map((each) => createElement('li', {}, each)));
  const element = createElement('section', { class: 'saved on-screen', 'aria-labelledby': 'saved' }, heading, list);
  return { element, heading };
}

function headed(words: string, ...nodes: readonly Node[]): PageContent {
  const heading = createElement('h1', { tabindex: '-1' }, words);
  return { nodes: [heading, ...nodes], title: words, focus: heading, announcement: '' };
}

function text(words: string): HTMLElement {
  return createElement('p', {}, words);
}

function buttons(...each: readonly HTMLButtonElement[]): HTMLElement {
  return createElement('div', { class: 'choices' }, ...each);
}

function why(locale: Locale, words: string): readonly HTMLElement[] {
  const heading = createElement('h2', {}, RESERVATION_MESSAGES[locale].whyHeading);
  return [createElement('div', { class: 'on-screen' }, heading, text(words))];
}
