import { createElement } from '../client/create-element.ts';

/** A field with all around it, and the control that takes the focus. */
export interface Field<Control extends HTMLElement = HTMLElement> {
  readonly element: HTMLElement;
  readonly input: Control;
}

/** How a text field is labelled and how browsers are to fill it. */
export interface TextFieldOptions {
  readonly id: string;
  readonly label: string;
  readonly type: 'text' | 'email' | 'tel';
  readonly autocomplete: AutoFill;
  readonly inputMode?: 'email' | 'tel' | 'numeric';
  readonly hint?: string;
  readonly required: boolean;
}

/** A label, its hint, the place for its fault, and the box. */
export function textField(options: TextFieldOptions): Field<HTMLInputElement> {
  const { id, hint } = options;
  const input = createElement('input', {
    id,
    name: id,
    type: options.type,
    autocomplete: options.autocomplete,
    inputmode: options.inputMode,
    'aria-required': options.required ? 'true' : undefined,
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
    spellcheck: 'false',
  });
  const element = createElement('div', { class: 'adl-field' }, createElement('label', { for: id }, options.label));
  if (hint !== undefined) element.append(createElement('p', { id: `${id}-hint`, class: 'adl-hint' }, hint));
  element.append(faultPlace(id), input);
  return { element, input };
}

/** One box to tick, never ticked beforehand, with the place for its fault. */
export function tickField(id: string, text: string): Field<HTMLInputElement> {
  const input = createElement('input', { id, name: id, type: 'checkbox' });
  const label = createElement('label', { for: id }, text);
  return {
    element: createElement('div', {}, faultPlace(id), createElement('div', { class: 'adl-tick' }, input, label)),
    input,
  };
}

/** One choice among few, all in sight. The first control takes the focus. */
export function radioField(
  name: string,
  options: readonly {
    readonly value: string;
    readonly label: string;
    readonly note?: string;
    readonly checked: boolean;
  }[],
): Field {
  const radios = options.map(({ value, label, note, checked }) => {
    const id = `${name}-${value}`;
    const input = createElement('input', {
      id,
      name,
      type: 'radio',
      value,
      checked,
      'aria-describedby': note === undefined ? undefined : `${id}-note`,
    });
    const text = createElement('div', {}, createElement('label', { for: id }, label));
    if (note !== undefined) text.append(createElement('p', { id: `${id}-note`, class: 'adl-hint' }, note));
    return { input, element: createElement('div', { class: 'adl-tick' }, input, text) };
  });
  const [first] = radios;
  if (first === undefined) throw new RangeError(`${name} has no option`);
  const element = createElement('div', {}, faultPlace(first.input.id), ...radios.map((radio) => radio.element));
  return { element, input: first.input };
}

/** One choice of a list that opens. */
export function choiceField(
  id: string,
  label: string,
  chosen: string,
  options: readonly { readonly value: string; readonly label: string }[],
): Field<HTMLSelectElement> {
  const input = createElement(
    'select',
    { id, name: id },
    ...options.map((option) =>
      createElement('option', { value: option.value, selected: option.value === chosen }, option.label),
    ),
  );
  return {
    element: createElement(
      'div',
      { class: 'adl-field' },
      createElement('label', { for: id }, label),
      faultPlace(id),
      input,
    ),
    input,
  };
}

/** Fields that belong together, under their legend. */
export function fieldGroup(legend: string, ...children: readonly Node[]): HTMLFieldSetElement {
  return createElement('fieldset', {}, createElement('legend', {}, legend), ...children);
}

/** Where the fault of a control is written. */
export function faultPlace(inputId: string): HTMLElement {
  return createElement('p', { id: `${inputId}-fault`, class: 'adl-fault', hidden: true });
}

/** Shows or clears what is wrong with a field, to screen readers too. @param fault empty: nothing is wrong */
export function showFault({ element, input }: Field, fault: string): void {
  const placeId = `${input.id}-fault`;
  const place = element.querySelector<HTMLElement>(`#${CSS.escape(placeId)}`);
  if (place === null) throw new Error(`no place for the fault of ${input.id}`);
  place.textContent = fault;
  place.hidden = fault === '';
  const described = new Set((input.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id !== ''));
  if (fault === '') {
    input.removeAttribute('aria-invalid');
    described.delete(placeId);
  } else {
    input.setAttribute('aria-invalid', 'true');
    described.add(placeId);
  }
  if (described.size === 0) input.removeAttribute('aria-describedby');
  else input.setAttribute('aria-describedby', [...described].join(' '));
}
