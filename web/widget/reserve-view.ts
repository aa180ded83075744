import type { InterestBody } from '../../shared/contract/interests.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import type { ApiClient, InterestForm } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { isRequestFailure, type RequestFailure } from '../client/failure.ts';
import type { FormSource } from '../client/form-source.ts';
import { styleSheet } from '../client/style-sheet.ts';
import { FAILURE_MESSAGES } from '../messages/failure-messages.ts';
import { RESERVE_MESSAGES, type ReserveMessages } from '../messages/reserve-messages.ts';
import formStyles from './form.css';
import {
  faultsOf,
  faultsOfPointers,
  type InterestValues,
  interestBody,
  keyForContent,
  needsNewForm,
} from './interest-values.ts';
import { ReserveForm } from './reserve-form.ts';
import type { ChosenStore } from './store-field.ts';

/** The API takes a form for a robot's that comes back sooner than in 2 seconds. */
const QUICKEST_RETURN_MILLISECONDS = 2_500;

/** What the view starts with, and whom it tells. */
export interface ReserveViewOptions {
  readonly locale: Locale;
  readonly client: ApiClient;
  readonly formSource: FormSource;
  readonly idPrefix: string;
  /** On the button that tries again. */
  readonly tryAgain: string;
  /** Puts the form into the page's own tree, in place of any before it. */
  placeForm(form: HTMLFormElement): void;
  /** To the stores: to look, or to choose another. */
  onBack(): void;
  onSubmitted(dealerId: string | null, model: string): void;
}

/** What stands in a form that nobody has filled in yet. */
export interface FormStart {
  /** The ZIP searched for, or empty. */
  readonly zip: string;
  /** The model searched for, or empty. */
  readonly model: string;
}

/** Styles of the form, for the tree around the widget: it is styled where it lives. */
export const formSheet = styleSheet(formStyles);

/** The way from a chosen store to the mail: fetches the form, sends it, and says what happens next. */
export class ReserveView {
  readonly element: HTMLElement;
  readonly #options: ReserveViewOptions;
  readonly #messages: ReserveMessages;
  /** What came of a reservation while its form was out of sight. */
  readonly #note = createElement('p', { role: 'status', class: 'sent-before' });
  readonly #panel = createElement('div', { class: 'panel' });
  readonly #slot = createElement('slot', { name: 'reserve' });
  #form: ReserveForm | undefined;
  #wanted: ChosenStore | null = null;
  #keyFor = keyForContent(() => crypto.randomUUID());

  constructor(options: ReserveViewOptions) {
    this.#options = options;
    this.#messages = RESERVE_MESSAGES[options.locale];
    this.element = createElement('div', {}, this.#note, this.#panel, this.#slot);
  }

  /** Opens the form for a store, or for none. What was typed before is kept. */
  async open(store: ChosenStore | null, start: FormStart): Promise<void> {
    this.#wanted = store;
    if (this.#form === undefined) {
      this.#showPanel(createElement('p', { role: 'status', tabindex: '-1' }, this.#messages.loading));
      const form = await this.#load(() => void this.open(this.#wanted, start));
      if (form === undefined) return;
      // Another store may have been chosen while it was loading.
      this.#form ??= this.#makeForm(form, start);
    }
    this.#form.store = this.#wanted;
    this.#showForm();
    this.#form.focus();
  }

  /** The store that stands in the form. */
  get store(): ChosenStore | null {
    return this.#form?.store ?? this.#wanted;
  }

  #makeForm(form: InterestForm, start: FormStart): ReserveForm {
    const { idPrefix, onBack, placeForm } = this.#options;
    const made = new ReserveForm({
      messages: this.#messages,
      form,
      idPrefix,
      ...start,
      onSubmit: (values) => void this.#submit(made, values),
      onChooseStore: onBack,
      onRemoveStore: () => {
        made.store = null;
        made.focus();
      },
    });
    placeForm(made.element);
    return made;
  }

  /** Fetches the form; when that fails, says so with a way to try again. */
  async #load(retry: () => void): Promise<InterestForm | undefined> {
    try {
      return await this.#options.formSource.get();
    } catch (error) {
      if (!isRequestFailure(error)) throw error;
      this.#showPanel(
        createElement('p', { role: 'alert', class: 'fault', tabindex: '-1' }, this.#failureText(error)),
        createButton(this.#options.tryAgain, 'primary', retry),
      );
      return undefined;
    }
  }

  async #submit(form: ReserveForm, values: InterestValues): Promise<void> {
    if (form.sending) return;
    const faults = faultsOf(values);
    if (faults.length > 0) {
      form.faults.show(faults, false);
      return;
    }
    const { store } = form;
    form.faults.clear();
    form.sending = true;
    this.#note.textContent = '';
    try {
      const { dealerId } = await this.#send(form, values);
      this.#keyFor = keyForContent(() => crypto.randomUUID());
      this.#tellSent(values.email.trim(), store);
      this.#options.onSubmitted(dealerId ?? null, values.model);
    } catch (error) {
      if (!isRequestFailure(error)) throw error;
      await this.#explain(form, error);
    } finally {
      form.sending = false;
    }
  }

  /** @returns what was sent: meanwhile another store may have been chosen */
  async #send(form: ReserveForm, values: InterestValues): Promise<InterestBody> {
    const body = interestBody(values, {
      dealerId: form.store?.id ?? null,
      locale: this.#options.locale,
      consentVersion: form.form.consents[0]?.version ?? '',
      formToken: form.form.formToken,
      pageUrl: location.href,
    });
    const early = QUICKEST_RETURN_MILLISECONDS - this.#options.formSource.ageMilliseconds;
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    await this.#options.client.submitInterest(body, this.#keyFor(JSON.stringify(body)));
    return body;
  }

  /** Says what the API found wrong; a form past its time is renewed first. */
  async #explain(form: ReserveForm, failure: RequestFailure): Promise<void> {
    const messages = this.#messages;
    if (failure.kind !== 'refused') {
      form.showTrouble(this.#failureText(failure));
      return;
    }
    if (needsNewForm(failure.pointers)) {
      try {
        form.renew(await this.#options.formSource.renew());
        form.showTrouble(messages.renewed);
      } catch (error) {
        if (!isRequestFailure(error)) throw error;
        form.showTrouble(this.#failureText(error));
      }
      return;
    }
    const faults = faultsOfPointers(failure.pointers);
    if (faults.length > 0) form.faults.show(faults, true);
    else form.showTrouble(failure.problem?.status === 409 ? messages.stillBusy : messages.refused);
  }

  #failureText(failure: RequestFailure): string {
    if (failure.kind === 'refused') return this.#messages.refused;
    return FAILURE_MESSAGES[this.#options.locale][failure.kind];
  }

  #showForm(): void {
    this.#panel.replaceChildren();
    this.#slot.hidden = false;
  }

  /** Shows something in the form's place, and moves the focus to its start. */
  #showPanel(first: HTMLElement, ...rest: readonly HTMLElement[]): void {
    this.#slot.hidden = true;
    this.#panel.replaceChildren(first, ...rest);
    first.focus();
  }

  /** Another store may be looked at by now: its form stays, and so does the focus. */
  #tellSent(email: string, store: ChosenStore | null): void {
    if (this.element.closest('[hidden]') === null && this.#form?.store?.id === store?.id) this.#showSent(email);
    else this.#note.textContent = this.#messages.sentBefore(email, store?.name);
  }

  #showSent(email: string): void {
    const messages = this.#messages;
    this.#showPanel(
      createElement('h2', { tabindex: '-1' }, messages.sentHeading),
      createElement('p', {}, messages.sentTo(email)),
      createElement('ol', {}, ...messages.sentSteps.map((step) => createElement('li', {}, step))),
      createElement('p', {}, messages.sentMissing),
      createButton(messages.editForm, 'secondary', () => {
        this.#showForm();
        this.#form?.focus();
      }),
    );
  }
}
