import type { InterestForm } from '../client/api-client.ts';
import { createElement } from '../client/create-element.ts';
import type { ReserveMessages } from '../messages/reserve-messages.ts';
import { choiceField, type Field, radioField, textField, tickField } from './form-fields.ts';
import { UNDECIDED } from './interest-values.ts';

/** The box for a number that calls and texts may go to. */
export function phoneField(messages: ReserveMessages, idPrefix: string, hint = messages.phoneHint) {
  return textField({
    id: `${idPrefix}phone`,
    label: `${messages.phone} ${messages.optional}`,
    type: 'tel',
    autocomplete: 'tel',
    inputMode: 'tel',
    hint,
    required: false,
  });
}

export function zipField(messages: ReserveMessages, idPrefix: string) {
  return textField({
    id: `${idPrefix}zip`,
    label: messages.zip,
    type: 'text',
    autocomplete: 'postal-code',
    inputMode: 'numeric',
    required: true,
  });
}

/** The fields about the person, by the names the API gives them. */
export function personFields(messages: ReserveMessages, idPrefix: string) {
  const text = (name: string, label: string, autocomplete: AutoFill) =>
    textField({ id: idPrefix + name, label, type: 'text', autocomplete, required: true });
  return {
    givenName: text('given-name', messages.givenName, 'given-name'),
    familyName: text('family-name', messages.familyName, 'family-name'),
    email: textField({
      id: `${idPrefix}email`,
      label: messages.email,
      type: 'email',
      autocomplete: 'email',
      inputMode: 'email',
      required: true,
    }),
    phone: phoneField(messages, idPrefix),
    zip: zipField(messages, idPrefix),
    adult: tickField(`${idPrefix}adult`, messages.adult),
    usResident: tickField(`${idPrefix}us-resident`, messages.usResident),
  };
}

/** The models to choose from, and none of them yet. @param chosen one that is not offered counts as undecided */
export function modelField(messages: ReserveMessages, form: InterestForm, idPrefix: string, chosen: string): Field {
  const known = form.models.some((model) => model.id === chosen) ? chosen : UNDECIDED;
  return radioField(`${idPrefix}model`, [
    ...form.models.map(({ id, name, description, expected }) => ({
      value: id,
      label: name,
      note: `${description} ${expected}`,
      checked: id === known,
    })),
    { value: UNDECIDED, label: messages.undecided, checked: known === UNDECIDED },
  ]);
}

export function timeframeField(messages: ReserveMessages, form: InterestForm, idPrefix: string, chosen: string) {
  return choiceField(`${idPrefix}timeframe`, `${messages.timeframe} ${messages.optional}`, chosen, [
    { value: '', label: messages.timeframeAny },
    ...form.timeframes.map(({ id, label }) => ({ value: id, label })),
  ]);
}

/** The consents as boxes of their own, none of them ticked, with the store's name in their words. */
export function consentFields(
  form: Pick<InterestForm, 'consents' | 'anyStore'>,
  storeName: string | undefined,
  idPrefix: string,
) {
  return form.consents.map(({ id, text }) => ({
    id,
    field: tickField(
      `${idPrefix}consent-${id}`,
      text.replaceAll('{store}', () => storeName ?? form.anyStore),
    ),
  }));
}

/**
 * The trap for robots, out of sight of people and screen readers. Its name is not the request's: a browser that fills in
 * the company of an address would make a robot of a person.
 */
export function trapField(messages: ReserveMessages, idPrefix: string): Field<HTMLInputElement> {
  const input = createElement('input', {
    id: `${idPrefix}website`,
    name: 'website',
    type: 'text',
    autocomplete: 'off',
    tabindex: '-1',
  });
  const label = createElement('label', { for: input.id }, messages.trap);
  return { element: createElement('div', { class: 'adl-trap', 'aria-hidden': 'true' }, label, input), input };
}
