import type { ApiClient, Place } from '../client/api-client.ts';
import { createElement } from '../client/create-element.ts';
import { isRequestFailure } from '../client/failure.ts';
import type { LocatorMessages } from '../messages/locator-messages.ts';

/** Typing faster than this asks once. */
const TYPING_PAUSE_MILLISECONDS = 150;
const SHORTEST_QUERY = 2;

/**
 * The box for a ZIP, a city or a place, with type-ahead: the editable combobox with a list popup of the ARIA Authoring
 * Practices. Arrows move through the list, Enter takes the marked place, Escape closes it and then empties the box.
 */
export class PlaceBox {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #list: HTMLUListElement;
  readonly #client: ApiClient;
  readonly #onChoose: (place: Place) => void;
  #places: readonly Place[] = [];
  #marked = -1;
  /** What the text in the box stands for, while it is still the text of a chosen place. */
  #chosen: { readonly label: string; readonly near: string } | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;

  /** @param onChoose called when a place is taken from the list */
  constructor(messages: LocatorMessages, client: ApiClient, onChoose: (place: Place) => void) {
    this.#client = client;
    this.#onChoose = onChoose;
    this.#input = createElement('input', {
      id: 'place',
      type: 'text',
      role: 'combobox',
      autocomplete: 'off',
      autocapitalize: 'words',
      spellcheck: 'false',
      enterkeyhint: 'search',
      maxlength: '100',
      placeholder: messages.placeHint,
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': 'places',
    });
    this.#list = createElement('ul', {
      id: 'places',
      role: 'listbox',
      'aria-label': messages.placesLabel,
      hidden: true,
    });
    this.element = createElement(
      'div',
      { class: 'place' },
      createElement('label', { for: 'place' }, messages.placeLabel),
      this.#input,
      this.#list,
    );
    this.#input.addEventListener('input', () => this.#typed());
    this.#input.addEventListener('keydown', (event) => this.#pressed(event));
    this.#input.addEventListener('blur', () => this.close());
    // The box keeps the focus while a place is pressed: losing it would close the list first.
    this.#list.addEventListener('pointerdown', (event) => event.preventDefault());
    this.#list.addEventListener('click', (event) => this.#take(this.#optionAt(event)));
  }

  /** What to search for: the chosen place, or the text as typed. Empty when there is nothing. */
  get query(): { readonly text: string; readonly near: string } {
    const text = this.#input.value.trim();
    return { text, near: this.#chosen?.label === text ? this.#chosen.near : text };
  }

  /** Fills the box with a place that stands for `near`. */
  fill(label: string, near: string): void {
    this.close();
    this.#chosen = { label, near };
    this.#input.value = label;
  }

  focus(): void {
    this.#input.focus();
  }

  /** Shows whether the text is at fault, to screen readers too. @param describedBy id of the text that says why */
  markInvalid(invalid: boolean, describedBy: string): void {
    if (invalid) {
      this.#input.setAttribute('aria-invalid', 'true');
      this.#input.setAttribute('aria-describedby', describedBy);
    } else {
      this.#input.removeAttribute('aria-invalid');
      this.#input.removeAttribute('aria-describedby');
    }
  }

  /** Closes the list, and forgets any question still open. */
  close(): void {
    clearTimeout(this.#typing);
    this.#asking?.abort();
    this.#show([]);
  }

  #typed(): void {
    clearTimeout(this.#typing);
    this.#asking?.abort();
    const text = this.#input.value.trim();
    if (text.length < SHORTEST_QUERY) {
      this.#show([]);
      return;
    }
    this.#typing = setTimeout(() => void this.#ask(text), TYPING_PAUSE_MILLISECONDS);
  }

  async #ask(text: string): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const places = await this.#client.findPlaces(text, asking.signal);
      if (!asking.signal.aborted) this.#show(places);
    } catch (error) {
      if (asking.signal.aborted) return;
      if (!isRequestFailure(error)) throw error;
      // Only help is missing: the search itself still works, and says so when it does not.
      this.#show([]);
    }
  }

  #pressed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      // Of an empty box it is for what the widget stands in: a dialog, say.
      if (this.#places.length === 0 && this.#input.value === '') return;
      if (this.#places.length > 0) this.close();
      else this.#input.value = '';
    } else if (this.#places.length === 0) {
      return;
    } else if (event.key === 'ArrowDown') {
      this.#mark((this.#marked + 1) % this.#places.length);
    } else if (event.key === 'ArrowUp') {
      this.#mark(this.#marked <= 0 ? this.#places.length - 1 : this.#marked - 1);
    } else if (event.key === 'Enter' && this.#marked >= 0) {
      this.#take(this.#marked);
    } else {
      return;
    }
    event.preventDefault();
  }

  #show(places: readonly Place[]): void {
    this.#places = places;
    this.#list.replaceChildren(
      ...places.map((place, index) =>
        createElement('li', { role: 'option', id: `place-${index}`, 'aria-selected': 'false' }, place.label),
      ),
    );
    this.#list.hidden = places.length === 0;
    this.#input.setAttribute('aria-expanded', String(places.length > 0));
    this.#mark(-1);
  }

  #mark(index: number): void {
    this.#marked = index;
    for (const [at, option] of [...this.#list.children].entries()) {
      option.setAttribute('aria-selected', String(at === index));
      if (at === index) option.scrollIntoView({ block: 'nearest' });
    }
    if (index < 0) this.#input.removeAttribute('aria-activedescendant');
    else this.#input.setAttribute('aria-activedescendant', `place-${index}`);
  }

  #optionAt(event: Event): number {
    return [...this.#list.children].findIndex((option) => event.composedPath().includes(option));
  }

  #take(index: number): void {
    const place = this.#places[index];
    if (place === undefined) return;
    this.fill(place.label, place.near);
    this.#onChoose(place);
  }
}
