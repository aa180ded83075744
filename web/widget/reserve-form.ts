import type { InterestForm } from '../client/api-client.ts';
import { createElement } from '../client/create-element.ts';
import type { ReserveField, ReserveMessages } from '../messages/reserve-messages.ts';
import { emailQuestion } from './email-suggestion.ts';
import { FormFaults } from './form-faults.ts';
import { type Field, fieldGroup } from './form-fields.ts';
import { consentFields, modelField, personFields, timeframeField, trapField } from './interest-fields.ts';
import { faultsOf, type InterestValues } from './interest-values.ts';
import { type ChosenStore, StoreField } from './store-field.ts';

/** What the form is made of, and whom it tells. */
export interface ReserveFormOptions {
  readonly messages: ReserveMessages;
  readonly form: InterestForm;
  /** Makes ids the only ones on the page. */
  readonly idPrefix: string;
  /** The model chosen beforehand, if any. */
  readonly model: string;
  /** The ZIP searched for, or empty. */
  readonly zip: string;
  onSubmit(values: InterestValues): void;
  onChooseStore(): void;
  onRemoveStore(): void;
}

/**
 * The form as a person fills it in. It lives in the page's own tree, not in a shadow, so that browsers and password
 * managers can fill it. It keeps what was typed until it is thrown away.
 */
export class ReserveForm {
  readonly element: HTMLFormElement;
  readonly faults: FormFaults<ReserveField>;
  readonly #options: ReserveFormOptions;
  readonly #heading: HTMLHeadingElement;
  readonly #person: ReturnType<typeof personFields>;
  readonly #trap: Field<HTMLInputElement>;
  readonly #storeField: StoreField;
  readonly #send: HTMLButtonElement;
  readonly #model: HTMLElement = createElement('div');
  readonly #timeframe: HTMLElement = createElement('div');
  readonly #consents: HTMLElement = createElement('div');
  readonly #notice = createElement('p', { class: 'adl-hint' });
  #modelField: Field;
  #timeframeField: Field<HTMLSelectElement>;
  #consentTicks: Readonly<Partial<Record<'email' | 'phone', HTMLInputElement>>> = {};
  #form: InterestForm;
  #store: ChosenStore | null = null;

  constructor(options: ReserveFormOptions) {
    const { messages, idPrefix, form } = options;
    this.#options = options;
    this.#form = form;
    this.faults = new FormFaults({
      idPrefix,
      level: 'h3',
      fields: FIELDS,
      field: (name) => this.#field(name),
      heading: messages.summary,
      textOf: ({ field, neededForCalls }) => (neededForCalls ? messages.phoneMissing : messages.faults[field]),
      check: () => faultsOf(this.#values()),
    });
    this.#heading = createElement('h2', { tabindex: '-1' }, messages.heading);
    this.#person = personFields(messages, idPrefix);
    this.#person.zip.input.value = options.zip;
    this.#person.email.element.append(emailQuestion(this.#person.email.input, messages));
    this.#trap = trapField(messages, idPrefix);
    this.#storeField = new StoreField(
      messages,
      idPrefix,
      () => options.onChooseStore(),
      () => options.onRemoveStore(),
    );
    this.#send = createElement('button', { type: 'submit', class: 'adl-primary' }, messages.send);
    this.#modelField = modelField(messages, form, idPrefix, options.model);
    this.#timeframeField = timeframeField(messages, form, idPrefix, '');
    this.element = this.#assemble();
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      options.onSubmit(this.#values());
    });
    this.faults.listen(this.element);
    // A phone may be missing for calls alone.
    this.#consents.addEventListener('input', () => this.faults.recheck('phone'));
    this.renew(form);
  }

  /** The form as the API gave it: its token and wording go back with the answers. */
  get form(): InterestForm {
    return this.#form;
  }

  get store(): ChosenStore | null {
    return this.#store;
  }

  /** Changes the store. Calls and texts are unticked: who may call is part of that wording. */
  set store(store: ChosenStore | null) {
    const changed = this.#store?.id !== store?.id;
    this.#store = store;
    this.#storeField.show(store);
    if (!changed) return;
    this.#showConsents({ email: this.#consentTicks.email?.checked ?? false });
    this.faults.recheck('dealerId');
    this.faults.recheck('phone');
  }

  /** Takes a newer form from the API. Answers are kept; consents only while their wording is still the same. */
  renew(form: InterestForm): void {
    const { messages, idPrefix } = this.#options;
    const { model, timeframe, emailConsent, phoneConsent } = this.#values();
    const sameWording = JSON.stringify(form.consents) === JSON.stringify(this.#form.consents);
    this.#form = form;
    this.#notice.textContent = form.launchNotice;
    this.#modelField = modelField(messages, form, idPrefix, model);
    this.#timeframeField = timeframeField(messages, form, idPrefix, timeframe);
    this.#model.replaceChildren(this.#modelField.element);
    this.#timeframe.replaceChildren(this.#timeframeField.element);
    this.#storeField.show(this.#store);
    this.#showConsents(sameWording ? { email: emailConsent, phone: phoneConsent } : {});
  }

  /** Moves the focus to the form's start. */
  focus(): void {
    this.#heading.focus();
  }

  /** While it is being sent the form cannot be sent again; what stands in it can be read. */
  set sending(sending: boolean) {
    const { messages } = this.#options;
    this.#send.setAttribute('aria-disabled', String(sending));
    this.#send.textContent = sending ? messages.sending : messages.send;
  }

  get sending(): boolean {
    return this.#send.getAttribute('aria-disabled') === 'true';
  }

  /** Says why it was not sent, when no field is to blame, and moves the focus there. */
  showTrouble(text: string): void {
    this.faults.showTrouble(this.#options.messages.notSent, text);
  }

  #assemble(): HTMLFormElement {
    const { messages, form } = this.#options;
    const { givenName, familyName, email, phone, zip, adult, usResident } = this.#person;
    const pair = (...fields: readonly Field[]) =>
      createElement('div', { class: 'adl-pair' }, ...fields.map((field) => field.element));
    return createElement(
      'form',
      { class: 'adl-form', novalidate: true },
      this.#heading,
      createElement('p', {}, messages.intro),
      this.#notice,
      this.faults.element,
      fieldGroup(messages.storeLegend, this.#storeField.element),
      fieldGroup(messages.modelLegend, this.#model),
      this.#timeframe,
      fieldGroup(messages.personLegend, pair(givenName, familyName), pair(email, zip), phone.element),
      this.#trap.element,
      fieldGroup(messages.attestationsLegend, createElement('div', {}, adult.element, usResident.element)),
      fieldGroup(
        messages.consentsLegend,
        createElement('p', { class: 'adl-hint' }, messages.consentsHint),
        this.#consents,
      ),
      createElement(
        'p',
        {},
        createElement('a', { href: form.privacyUrl, target: '_blank', rel: 'noopener noreferrer' }, messages.privacy),
      ),
      this.#send,
    );
  }

  #showConsents(ticked: Readonly<Partial<Record<'email' | 'phone', boolean>>>): void {
    const fields = consentFields(this.#form, this.#store?.name, this.#options.idPrefix);
    this.#consents.replaceChildren(...fields.map(({ field }) => field.element));
    this.#consentTicks = Object.fromEntries(fields.map(({ id, field }) => [id, field.input]));
    for (const { id, field } of fields) field.input.checked = ticked[id] ?? false;
  }

  #field(field: ReserveField): Field {
    if (field === 'dealerId') return this.#storeField;
    if (field === 'model') return this.#modelField;
    if (field === 'timeframe') return this.#timeframeField;
    return this.#person[field];
  }

  #values(): InterestValues {
    const { givenName, familyName, email, phone, zip, adult, usResident } = this.#person;
    return {
      givenName: givenName.input.value,
      familyName: familyName.input.value,
      email: email.input.value,
      phone: phone.input.value,
      zip: zip.input.value,
      model: this.#modelField.element.querySelector<HTMLInputElement>(':checked')?.value ?? '',
      timeframe: this.#timeframeField.input.value,
      adult: adult.input.checked,
      usResident: usResident.input.checked,
      emailConsent: this.#consentTicks.email?.checked ?? false,
      phoneConsent: this.#consentTicks.phone?.checked ?? false,
      trap: this.#trap.input.value,
    };
  }
}

/** The fields that can be wrong, from the form's top to its end. */
const FIELDS: readonly ReserveField[] = [
  'dealerId',
  'model',
  'timeframe',
  'givenName',
  'familyName',
  'email',
  'zip',
  'phone',
  'adult',
  'usResident',
];
