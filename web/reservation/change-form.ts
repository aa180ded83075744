import type { ReservationAnswer } from '../../shared/contract/interests.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import type { InterestForm } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import type { ChangeMessages } from '../messages/change-messages.ts';
import { LANGUAGE_NAMES } from '../messages/language-names.ts';
import type { ReserveMessages } from '../messages/reserve-messages.ts';
import { FormFaults } from '../widget/form-faults.ts';
import { choiceField, type Field, fieldGroup } from '../widget/form-fields.ts';
import { modelField, phoneField, timeframeField, zipField } from '../widget/interest-fields.ts';
import { contactFaultsOf, type Fault } from '../widget/interest-values.ts';
import { type ChosenStore, StoreField } from '../widget/store-field.ts';
import { type ChangeValues, type ConsentWords, ticksOf } from './change-values.ts';
import { ConsentChoices } from './consent-choices.ts';

const ID_PREFIX = 'change-';

/** The fields of this form that can be wrong, from its top to its end. */
const FIELDS = ['dealerId', 'model', 'timeframe', 'phone', 'zip'] as const;
type ChangeField = (typeof FIELDS)[number];

/** What the form is made of, and whom it tells. */
export interface ChangeFormOptions {
  readonly reservation: ReservationAnswer;
  readonly messages: ChangeMessages;
  readonly reserveMessages: ReserveMessages;
  readonly form: InterestForm;
  /** What stands in it first. */
  readonly values: ChangeValues;
  /** What is to be known of a store, e.g. that it is expected only. */
  storeNote(store: ChosenStore | null): string;
  onSave(values: ChangeValues, words: ConsentWords | undefined): void;
  onCancel(): void;
  onChooseStore(): void;
  /** The consents are wanted in a language: answered with `showWords`. */
  onLocale(locale: Locale): void;
  /** Says something to screen readers. */
  announce(text: string): void;
}

/** The form that changes a reservation, made of the fields of the reserve form. It keeps what was typed. */
export class ChangeForm {
  readonly element: HTMLFormElement;
  readonly faults: FormFaults<ChangeField>;
  readonly #options: ChangeFormOptions;
  readonly #store: StoreField;
  readonly #storeNote = createElement('p', { class: 'adl-hint' });
  readonly #model: Field;
  readonly #timeframe: Field<HTMLSelectElement>;
  readonly #phone: Field<HTMLInputElement>;
  readonly #zip: Field<HTMLInputElement>;
  readonly #locale: Field<HTMLSelectElement>;
  readonly #consents: ConsentChoices;
  readonly #save: HTMLButtonElement;
  readonly #back: HTMLButtonElement;
  readonly #slow = createElement('p', { class: 'adl-hint', role: 'status' });
  #chosen: ChosenStore | null;

  constructor(options: ChangeFormOptions) {
    const { messages, reserveMessages, form, values, reservation } = options;
    this.#options = options;
    this.#chosen = values.store;
    this.faults = new FormFaults({
      idPrefix: ID_PREFIX,
      level: 'h2',
      fields: FIELDS,
      field: (name) => this.#field(name),
      heading: reserveMessages.summary,
      textOf: (fault) => this.#textOf(fault),
      check: () => this.#check(),
    });
    this.#store = new StoreField(
      { ...reserveMessages, noStore: messages.noStore, removeStore: messages.noStoreYet },
      ID_PREFIX,
      () => options.onChooseStore(),
      () => this.choose(null),
    );
    this.#model = modelField(reserveMessages, form, ID_PREFIX, values.model);
    this.#timeframe = timeframeField(reserveMessages, form, ID_PREFIX, values.timeframe);
    this.#phone = phoneField(reserveMessages, ID_PREFIX, messages.phoneHint);
    this.#phone.input.value = values.phone;
    this.#zip = zipField(reserveMessages, ID_PREFIX);
    this.#zip.input.value = values.zip;
    this.#locale = choiceField(
      `${ID_PREFIX}locale`,
      messages.localeLabel,
      values.locale,
      Object.entries(LANGUAGE_NAMES).map(([value, label]) => ({ value, label })),
    );
    this.#consents = new ConsentChoices(
      reservation,
      messages,
      ID_PREFIX,
      values.answers,
      () => this.faults.recheck('phone'),
      (text) => options.announce(text),
    );
    this.#save = createElement('button', { type: 'submit', class: 'adl-primary' }, messages.save);
    this.#back = createButton(messages.back, 'adl-secondary', () => {
      if (!this.saving) options.onCancel();
    });
    this.#store.name.after(this.#storeNote);
    this.#showStore();
    this.element = this.#assemble();
    this.#listen();
  }

  /** What stands in the form. */
  get values(): ChangeValues {
    return { ...this.#contents(), answers: this.#consents.answers };
  }

  /** Takes a store, or none, and moves the focus to its name. */
  choose(store: ChosenStore | null): void {
    this.#chosen = store;
    this.#showStore();
    this.faults.recheck('dealerId');
    this.#refreshConsents();
    this.#store.name.focus();
  }

  /** Moves the focus to where a store is chosen. */
  focusStore(): void {
    this.#store.input.focus();
  }

  /** The consents' words; those of another language than the chosen one come too late. */
  showWords(words: ConsentWords): void {
    if (words.locale === this.#contents().locale) this.#consents.show(this.#contents(), words);
  }

  /** The words did not come. */
  showNoWords(text: string, tryAgain: string): void {
    this.#consents.showFailure(text, tryAgain, () => this.#wantWords());
  }

  /** While it is being saved it can be neither saved again nor left as it was before; what stands in it can be read. */
  set saving(saving: boolean) {
    const { messages } = this.#options;
    for (const button of [this.#save, this.#back]) button.setAttribute('aria-disabled', String(saving));
    this.#save.textContent = saving ? messages.saving : messages.save;
    if (!saving) this.#slow.textContent = '';
  }

  get saving(): boolean {
    return this.#save.getAttribute('aria-disabled') === 'true';
  }

  /** Says that saving takes its time. */
  showSlow(): void {
    this.#slow.textContent = this.#options.messages.savingSlowly;
  }

  /** Says why it was not saved, when no field is to blame, and moves the focus there. */
  showTrouble(text: string): void {
    this.faults.showTrouble(this.#options.messages.notSaved, text);
  }

  #assemble(): HTMLFormElement {
    const { messages, reserveMessages, form } = this.#options;
    const hint = createElement('p', { class: 'adl-hint' }, messages.consentsHint);
    return createElement(
      'form',
      { class: 'adl-form', novalidate: true },
      this.faults.element,
      fieldGroup(reserveMessages.storeLegend, this.#store.element),
      fieldGroup(reserveMessages.modelLegend, this.#model.element),
      this.#timeframe.element,
      fieldGroup(reserveMessages.personLegend, this.#phone.element, this.#zip.element, this.#locale.element),
      fieldGroup(reserveMessages.consentsLegend, hint, this.#consents.element),
      createElement(
        'p',
        {},
        createElement(
          'a',
          { href: form.privacyUrl, target: '_blank', rel: 'noopener noreferrer' },
          reserveMessages.privacy,
        ),
      ),
      createElement('div', { class: 'choices' }, this.#slow, this.#save, this.#back),
    );
  }

  #listen(): void {
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#options.onSave(this.values, this.#consents.words);
    });
    this.faults.listen(this.element);
    this.#phone.input.addEventListener('input', () => this.#refreshConsents());
    this.#locale.input.addEventListener('change', () => this.#wantWords());
  }

  #showStore(): void {
    this.#store.show(this.#chosen);
    this.#storeNote.textContent = this.#options.storeNote(this.#chosen);
  }

  #wantWords(): void {
    this.#consents.showLoading();
    this.#options.onLocale(this.#contents().locale);
  }

  #refreshConsents(): void {
    const { words } = this.#consents;
    if (words !== undefined) this.#consents.show(this.#contents(), words);
  }

  /** What can be seen to be wrong; calls are allowed by the box as it stands. */
  #check(): readonly Fault[] {
    const { words } = this.#consents;
    const ticks = words && ticksOf(this.#options.reservation, this.values, words);
    return contactFaultsOf({ ...this.values, phoneConsent: ticks?.phone ?? false });
  }

  #textOf({ field, neededForCalls }: Fault): string {
    const { messages, reserveMessages } = this.#options;
    if (neededForCalls) return reserveMessages.phoneMissing;
    return field === 'dealerId' ? messages.storeUnlisted : reserveMessages.faults[field];
  }

  #field(field: ChangeField): Field {
    switch (field) {
      case 'dealerId':
        return this.#store;
      case 'model':
        return this.#model;
      case 'timeframe':
        return this.#timeframe;
      case 'zip':
        return this.#zip;
      case 'phone':
        return this.#phone;
    }
  }

  #contents(): Omit<ChangeValues, 'answers'> {
    return {
      store: this.#chosen,
      model: this.#model.element.querySelector<HTMLInputElement>(':checked')?.value ?? '',
      phone: this.#phone.input.value,
      zip: this.#zip.input.value,
      timeframe: this.#timeframe.input.value,
      locale: this.#locale.input.value === 'es-US' ? 'es-US' : 'en-US',
    };
  }
}
