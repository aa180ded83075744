import type { Locale } from '../../shared/launch/launch.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { isRequestFailure } from '../client/failure.ts';
import { loadPart } from '../client/load-part.ts';
import { FAILURE_MESSAGES } from '../messages/failure-messages.ts';
import type { LocatorMessages } from '../messages/locator-messages.ts';
import type { FormStart, ReserveView, ReserveViewOptions } from './reserve-view.ts';
import type { ChosenStore } from './store-field.ts';

/** What the place starts with: what the form needs, but for what it brings itself. */
export interface ReservePlaceOptions extends Omit<ReserveViewOptions, 'tryAgain'> {
  readonly messages: LocatorMessages;
  readonly locale: Locale;
  /** The form's styles, for the page's own tree. */
  placeStyles(sheet: CSSStyleSheet): void;
}

/** Where reserving happens. The form is a part of its own: it is loaded when a store is chosen. */
export class ReservePlace {
  readonly element: HTMLElement;
  readonly #options: ReservePlaceOptions;
  readonly #content = createElement('div');
  #view: ReserveView | undefined;
  #wanted: ChosenStore | null = null;

  constructor(options: ReservePlaceOptions) {
    this.#options = options;
    const back = createButton(options.messages.backToStores, 'link back', () => options.onBack());
    this.element = createElement('div', { class: 'reserve', hidden: true }, back, this.#content);
  }

  /** The store that stands in the form. */
  get store(): ChosenStore | null {
    return this.#view?.store ?? this.#wanted;
  }

  /** Opens the form for a store, or for none. @param start what stands in a form that nobody has filled in yet */
  async open(store: ChosenStore | null, start: FormStart): Promise<void> {
    this.#wanted = store;
    this.element.hidden = false;
    if (this.#view === undefined) {
      const { messages, locale } = this.#options;
      this.#say(createElement('p', { role: 'status', tabindex: '-1' }, messages.loadingForm));
      try {
        const { ReserveView, formSheet } = await loadPart('reserve');
        this.#options.placeStyles(formSheet);
        this.#view ??= new ReserveView({ ...this.#options, tryAgain: messages.tryAgain });
      } catch (error) {
        if (!isRequestFailure(error)) throw error;
        this.#say(
          createElement('p', { role: 'alert', class: 'fault', tabindex: '-1' }, FAILURE_MESSAGES[locale].unreachable),
          createButton(messages.tryAgain, 'primary', () => void this.open(this.#wanted, start)),
        );
        return;
      }
      this.#content.replaceChildren(this.#view.element);
    }
    await this.#view.open(this.#wanted, start);
  }

  #say(first: HTMLElement, ...rest: readonly HTMLElement[]): void {
    this.#content.replaceChildren(createElement('div', { class: 'panel' }, first, ...rest));
    first.focus();
  }
}
