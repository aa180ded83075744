import { createButton, createElement } from '../client/create-element.ts';
import type { ReserveMessages } from '../messages/reserve-messages.ts';
import { type Field, faultPlace } from './form-fields.ts';

/** A store as a form names it. */
export interface ChosenStore {
  readonly id: string;
  readonly name: string;
}

/** The store in a form: its name, the way to another, and the way to none. */
export class StoreField implements Field<HTMLButtonElement> {
  readonly element: HTMLElement;
  /** Leads to the choice of a store. */
  readonly input: HTMLButtonElement;
  readonly #messages: ReserveMessages;
  /** The store's name; it can take the focus. */
  readonly name = createElement('p', { class: 'adl-store', tabindex: '-1' });
  readonly #remove: HTMLButtonElement;

  constructor(messages: ReserveMessages, idPrefix: string, onChoose: () => void, onRemove: () => void) {
    this.#messages = messages;
    this.input = createButton(messages.chooseStore, 'adl-secondary', onChoose);
    this.input.id = `${idPrefix}store`;
    this.#remove = createButton(messages.removeStore, 'adl-link', onRemove);
    this.element = createElement('div', {}, faultPlace(this.input.id), this.name, this.input, this.#remove);
  }

  show(store: ChosenStore | null): void {
    this.name.textContent = store?.name ?? this.#messages.noStore;
    this.input.textContent = store === null ? this.#messages.chooseStore : this.#messages.changeStore;
    this.#remove.hidden = store === null;
  }
}
