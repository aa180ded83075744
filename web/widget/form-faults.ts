import { createElement } from '../client/create-element.ts';
import type { ReserveField } from '../messages/reserve-messages.ts';
import { type Field, showFault } from './form-fields.ts';
import type { Fault } from './interest-values.ts';

/** The form whose faults are told. */
export interface FormFaultsOptions<Name extends ReserveField> {
  /** Makes the heading's id the only one on the page. */
  readonly idPrefix: string;
  /** The heading's, one below what stands above the form. */
  readonly level: 'h2' | 'h3';
  /** The fields that can be wrong, from the form's top to its end. */
  readonly fields: readonly Name[];
  field(name: Name): Field;
  heading(count: number): string;
  textOf(fault: Fault): string;
  /** What can be seen to be wrong with what stands in the form now. */
  check(): readonly Fault[];
}

type ToldFault<Name> = Fault & { readonly field: Name; readonly refused: boolean };

/**
 * What is wrong with a form, told at each field and in a list above them all, each a link to its field. A fault goes as
 * soon as it is corrected; new ones come with the next sending alone.
 */
export class FormFaults<Name extends ReserveField> {
  /** The list above the form. */
  readonly element: HTMLElement;
  readonly #options: FormFaultsOptions<Name>;
  readonly #headingId: string;
  #faults: readonly ToldFault<Name>[] = [];

  constructor(options: FormFaultsOptions<Name>) {
    this.#options = options;
    this.#headingId = `${options.idPrefix}summary`;
    this.element = createElement('div', {
      class: 'adl-summary',
      tabindex: '-1',
      role: 'group',
      'aria-labelledby': this.#headingId,
      hidden: true,
    });
  }

  /** Names all that is wrong, at the top and at each field, and moves the focus to the top. @param refused by the API */
  show(faults: readonly Fault[], refused: boolean): void {
    this.clear();
    this.#faults = this.#options.fields.flatMap((field) => {
      const fault = faults.find((each) => each.field === field);
      return fault === undefined ? [] : [{ ...fault, field, refused }];
    });
    for (const fault of this.#faults) showFault(this.#options.field(fault.field), this.#options.textOf(fault));
    this.#list();
    this.element.focus();
  }

  /** Says why the form was not taken, when no field is to blame, and moves the focus there. */
  showTrouble(heading: string, text: string): void {
    this.clear();
    this.#write(heading, [text]);
    this.element.focus();
  }

  clear(): void {
    this.#faults = [];
    this.element.hidden = true;
    this.element.replaceChildren();
    for (const field of this.#options.fields) showFault(this.#options.field(field), '');
  }

  /** Rechecks whichever field of a form is typed into. */
  listen(form: HTMLFormElement): void {
    form.addEventListener('input', ({ target }) => {
      const { fields, field } = this.#options;
      const changed = fields.find((name) => target instanceof Node && field(name).element.contains(target));
      if (changed !== undefined) this.recheck(changed);
    });
  }

  /** Takes away a fault that has been corrected. What the API refused counts as corrected once it is changed. */
  recheck(changed: Name): void {
    const fault = this.#faults.find(({ field }) => field === changed);
    if (fault === undefined) return;
    if (!fault.refused && this.#options.check().some(({ field }) => field === changed)) return;
    showFault(this.#options.field(changed), '');
    this.#faults = this.#faults.filter((each) => each !== fault);
    this.#list();
  }

  #list(): void {
    const { field, heading, textOf } = this.#options;
    this.#write(
      heading(this.#faults.length),
      this.#faults.map((fault) => linkTo(field(fault.field).input, textOf(fault))),
    );
  }

  #write(heading: string, items: readonly (Node | string)[]): void {
    this.element.hidden = items.length === 0;
    this.element.replaceChildren(
      createElement(this.#options.level, { id: this.#headingId }, heading),
      createElement('ul', {}, ...items.map((item) => createElement('li', {}, item))),
    );
  }
}

function linkTo(control: HTMLElement, text: string): HTMLElement {
  const link = createElement('a', { href: `#${control.id}` }, text);
  link.addEventListener('click', (event) => {
    // The page's own address stays as it is: the fragment may mean something to it.
    event.preventDefault();
    control.focus();
  });
  return link;
}
