import type { ReservationAnswer } from '../../shared/contract/interests.ts';
import type { DealerStatus } from '../../shared/dealers/dealer.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { type InterestForm, SLOW_MILLISECONDS } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import type { ReservationClient } from '../client/reservation-client.ts';
import { styleSheet } from '../client/style-sheet.ts';
import { CHANGE_MESSAGES } from '../messages/change-messages.ts';
import { FAILURE_MESSAGES } from '../messages/failure-messages.ts';
import { LOCATOR_MESSAGES } from '../messages/locator-messages.ts';
import { RESERVE_MESSAGES } from '../messages/reserve-messages.ts';
import formStyles from '../widget/form.css';
import { contactFaultsOf, faultsOfPointers } from '../widget/interest-values.ts';
import { LocateView } from '../widget/locate-view.ts';
import locatorStyles from '../widget/locator.css';
import { ChangeForm } from './change-form.ts';
import { type ChangeValues, type ConsentWords, changeBody, ticksOf, valuesOf } from './change-values.ts';
import { storeNote } from './receipt-view.ts';

/** What the view starts with, and whom it tells. */
export interface ChangeViewOptions {
  readonly client: ReservationClient;
  readonly locale: Locale;
  readonly token: string;
  readonly reservation: ReservationAnswer;
  /** In the page's language. */
  readonly form: InterestForm;
  /** How sure it is of the stores seen so far that they will carry Alpine; those found here are added. */
  readonly statuses: Map<string, DealerStatus>;
  /** What stood in the form before, if it was open already. */
  readonly draft: ChangeValues | undefined;
  /** Says something to screen readers. */
  announce(text: string): void;
  onSaved(reservation: ReservationAnswer): void;
  onCancel(): void;
  /** The link is good for nothing any more. */
  onDeadLink(): void;
}

/** Changes a reservation in place: the form, the choice of a store, and saving. */
export class ChangeView {
  readonly element: HTMLElement;
  readonly #options: ChangeViewOptions;
  readonly #form: ChangeForm;
  readonly #formHost: HTMLElement;
  readonly #storeHost = createElement('div', { hidden: true });
  readonly #words = new Map<Locale, InterestForm>();
  #locate: LocateView | undefined;

  constructor(options: ChangeViewOptions) {
    const { reservation, form, locale, statuses, draft } = options;
    this.#options = options;
    this.#words.set(form.locale, form);
    this.#form = new ChangeForm({
      reservation,
      messages: CHANGE_MESSAGES[locale],
      reserveMessages: RESERVE_MESSAGES[locale],
      form,
      values: draft ?? valuesOf(reservation, form),
      storeNote: (chosen) => (chosen === null ? '' : storeNote(statuses.get(chosen.id), locale)),
      onSave: (values, words) => void this.#save(values, words),
      onCancel: options.onCancel,
      onChooseStore: () => this.#chooseStore(),
      announce: (text) => options.announce(text),
      onLocale: (wanted) => void this.#loadWords(wanted),
    });
    this.#formHost = createElement('div', { class: 'adl-host' }, this.#form.element);
    this.element = createElement('div', {}, this.#formHost, this.#storeHost);
    if (!document.adoptedStyleSheets.includes(formSheet)) document.adoptedStyleSheets.push(formSheet);
    this.#storeHost.attachShadow({ mode: 'open' }).adoptedStyleSheets = [locatorSheet];
    void this.#loadWords(this.#form.values.locale);
  }

  /** What stands in the form. */
  get draft(): ChangeValues {
    return this.#form.values;
  }

  get saving(): boolean {
    return this.#form.saving;
  }

  /** Gives up a search under way. */
  stop(): void {
    this.#locate?.stop();
  }

  /** @returns why the words did not come; those of another language than the chosen one come too late either way */
  async #loadWords(locale: Locale): Promise<RequestFailure | undefined> {
    try {
      const known = this.#words.get(locale) ?? (await this.#options.client.getForm(locale));
      this.#words.set(locale, known);
      this.#form.showWords(known);
      return undefined;
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      if (locale === this.draft.locale) {
        this.#form.showNoWords(this.#failureText(error), LOCATOR_MESSAGES[this.#options.locale].tryAgain);
      }
      return error;
    }
  }

  /** The widget's own search, in the form's place. */
  #chooseStore(): void {
    this.#formHost.hidden = true;
    this.#storeHost.hidden = false;
    if (this.#locate !== undefined) {
      this.#locate.focus(this.draft.store?.id);
      return;
    }
    const { locale, client, reservation } = this.#options;
    const messages = CHANGE_MESSAGES[locale];
    const locate = new LocateView({
      messages: { ...LOCATOR_MESSAGES[locale], reserveHere: messages.chooseThis, reserveAnywhere: messages.noStoreYet },
      locale,
      client,
      radius: 100,
      unit: 'mi',
      model: undefined,
      layout: 'list',
      getModels: async () => this.#options.form.models,
      onReserve: (dealer) => {
        if (dealer !== null) this.#options.statuses.set(dealer.id, dealer.status);
        this.#showForm();
        this.#form.choose(dealer);
      },
    });
    this.#locate = locate;
    const heading = createElement('h2', { tabindex: '-1' }, messages.storeHeading);
    const back = createButton(messages.keepStore, 'link back', () => {
      this.#showForm();
      this.#form.focusStore();
    });
    this.#storeHost.shadowRoot?.replaceChildren(
      createElement(
        'div',
        { class: 'locator' },
        createElement('div', { class: 'reserve' }, back, heading, locate.element),
      ),
    );
    heading.focus();
    // The stores around home come first: that is where most look.
    locate.searchNear(reservation.person.zip, reservation.person.zip);
  }

  #showForm(): void {
    this.#storeHost.hidden = true;
    this.#formHost.hidden = false;
  }

  async #save(values: ChangeValues, words: ConsentWords | undefined): Promise<void> {
    const { client, token, reservation, form, locale, announce } = this.#options;
    if (this.#form.saving) return;
    const messages = CHANGE_MESSAGES[locale];
    const phoneConsent = words !== undefined && ticksOf(reservation, values, words).phone;
    const faults = contactFaultsOf({ ...values, phoneConsent });
    if (faults.length > 0) {
      this.#form.faults.show(faults, false);
      return;
    }
    const body = changeBody(reservation, values, form, words);
    if (body === undefined) {
      this.#form.showTrouble(messages.nothingChanged);
      return;
    }
    this.#form.faults.clear();
    this.#form.saving = true;
    announce(messages.saving);
    const slow = setTimeout(() => this.#form.showSlow(), SLOW_MILLISECONDS);
    try {
      this.#options.onSaved(await client.changeReservation(token, body));
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      await this.#explain(error);
    } finally {
      clearTimeout(slow);
      this.#form.saving = false;
    }
  }

  /** Says what the API found wrong; words past their time are renewed first. */
  async #explain(failure: RequestFailure): Promise<void> {
    const messages = CHANGE_MESSAGES[this.#options.locale];
    if (failure.problem?.status === 401) {
      this.#options.onDeadLink();
      return;
    }
    if (failure.pointers.some((pointer) => pointer.startsWith('#/consents'))) {
      this.#words.clear();
      const missing = await this.#loadWords(this.draft.locale);
      this.#form.showTrouble(missing === undefined ? messages.renewed : this.#failureText(missing));
      return;
    }
    const faults = faultsOfPointers(failure.pointers);
    if (faults.length > 0) this.#form.faults.show(faults, true);
    else this.#form.showTrouble(this.#failureText(failure));
  }

  #failureText(failure: RequestFailure): string {
    const { locale } = this.#options;
    return failure.kind === 'refused' ? CHANGE_MESSAGES[locale].refused : FAILURE_MESSAGES[locale][failure.kind];
  }
}

const formSheet = styleSheet(formStyles);
const locatorSheet = styleSheet(locatorStyles);
