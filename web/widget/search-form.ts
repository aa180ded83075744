import type { Locale } from '../../shared/launch/launch.ts';
import type { ApiClient, InterestForm } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { isRequestFailure } from '../client/failure.ts';
import { nearOfPosition } from '../client/format.ts';
import type { LocatorMessages } from '../messages/locator-messages.ts';
import { PlaceBox } from './place-box.ts';
import type { StartedSearch } from './search-state.ts';

const RADII = [25, 50, 100, 250, 500];
const LOCATION_TIMEOUT_MILLISECONDS = 15_000;

/** What the search form starts with, and whom it tells. */
export interface SearchFormOptions {
  readonly messages: LocatorMessages;
  readonly locale: Locale;
  readonly client: ApiClient;
  readonly radius: number;
  readonly unit: 'mi' | 'km';
  /** Only stores expected to carry it; `undefined`: any. */
  readonly model: string | undefined;
  /** The models to choose from, asked for when the form is about to be used. @throws RequestFailure */
  getModels(): Promise<InterestForm['models']>;
  onSearch(search: StartedSearch): void;
  /** No store is wanted. */
  onReserveAnywhere(): void;
}

/** Place, radius, unit, model and own location: all that a search asks for. */
export class SearchForm {
  readonly element: HTMLFormElement;
  readonly #options: SearchFormOptions;
  readonly #box: PlaceBox;
  readonly #radius: HTMLSelectElement;
  readonly #unit: HTMLSelectElement;
  readonly #model: HTMLSelectElement;
  #models: 'none' | 'loading' | 'there' = 'none';
  readonly #fault: HTMLElement;
  readonly #locate: HTMLButtonElement;
  /** How many searches were started here. */
  #searches = 0;

  constructor(options: SearchFormOptions) {
    const { messages, locale } = options;
    this.#options = options;
    this.#box = new PlaceBox(messages, options.client, () => this.#search());
    this.#radius = createElement('select', { id: 'radius' });
    this.#unit = createElement(
      'select',
      { id: 'unit' },
      ...(['mi', 'km'] as const).map((unit) =>
        createElement('option', { value: unit, selected: unit === options.unit }, messages.unitNames[unit]),
      ),
    );
    for (const radius of [...new Set([...RADII, options.radius])].sort((a, b) => a - b)) {
      this.#radius.append(
        createElement(
          'option',
          { value: String(radius), selected: radius === options.radius },
          radius.toLocaleString(locale),
        ),
      );
    }
    this.#model = createElement('select', { id: 'model' });
    const { model } = options;
    this.#showModels(model === undefined ? [] : [{ id: model, name: model }], model);
    this.#fault = createElement('p', { id: 'place-fault', class: 'fault', role: 'alert' });
    this.#locate = createButton(messages.useLocation, 'link', () => this.#useLocation());
    this.element = createElement(
      'form',
      { role: 'search', class: 'search', part: 'search', novalidate: true },
      this.#box.element,
      choice('radius', messages.radius, this.#radius),
      choice('unit', messages.unit, this.#unit),
      choice('model', messages.model, this.#model),
      createElement('button', { type: 'submit', class: 'primary', part: 'search-button' }, messages.search),
      createElement(
        'div',
        { class: 'below' },
        this.#locate,
        createButton(messages.reserveAnywhere, 'link', () => options.onReserveAnywhere()),
      ),
      this.#fault,
    );
    // What was wrong is being put right.
    this.#box.element.addEventListener('input', () => this.#complain(''));
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#search();
    });
    for (const type of ['focusin', 'pointerenter']) {
      this.element.addEventListener(type, () => void this.#loadModels());
    }
    if (options.model !== undefined) void this.#loadModels();
    for (const select of [this.#radius, this.#unit, this.#model]) {
      select.addEventListener('change', () => {
        if (this.#searches > 0) this.#search();
      });
    }
  }

  /** Searches around a place, as if it had been typed. */
  searchNear(label: string, near: string): void {
    this.#box.fill(label, near);
    this.#search();
  }

  /** The model chosen, or empty: any. */
  get model(): string {
    return this.#model.value;
  }

  focus(): void {
    this.#box.focus();
  }

  #search(): void {
    const { text, near } = this.#box.query;
    this.#box.close();
    if (near === '') {
      this.#complain(this.#options.messages.placeMissing);
      this.#box.focus();
      return;
    }
    this.#complain('');
    this.#searches += 1;
    void this.#loadModels();
    const model = this.#model.value;
    this.#options.onSearch({
      text,
      near,
      radius: Number(this.#radius.value),
      unit: this.#unit.value === 'km' ? 'km' : 'mi',
      ...(model !== '' && { model }),
    });
  }

  /** Names the models; without their names any model can still be searched for. */
  async #loadModels(): Promise<void> {
    if (this.#models !== 'none') return;
    this.#models = 'loading';
    try {
      this.#showModels(await this.#options.getModels(), this.#model.value);
      this.#models = 'there';
    } catch (error) {
      if (!isRequestFailure(error)) throw error;
      this.#models = 'none';
    }
  }

  #showModels(models: readonly { readonly id: string; readonly name: string }[], chosen: string | undefined): void {
    this.#model.replaceChildren(
      createElement('option', { value: '' }, this.#options.messages.anyModel),
      ...models.map(({ id, name }) => createElement('option', { value: id, selected: id === chosen }, name)),
    );
  }

  #complain(fault: string): void {
    this.#fault.textContent = fault;
    this.#box.markInvalid(fault !== '', this.#fault.id);
  }

  /** Asks the browser, on this click only. Its answer counts until something else is searched for. */
  #useLocation(): void {
    const { messages } = this.#options;
    const before = this.#searches;
    const answered = (act: () => void) => {
      this.#locate.disabled = false;
      this.#locate.textContent = messages.useLocation;
      if (this.#searches === before) act();
    };
    this.#complain('');
    this.#locate.disabled = true;
    this.#locate.textContent = messages.locating;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => answered(() => this.searchNear(messages.yourLocation, nearOfPosition(coords))),
      (error) =>
        answered(() => {
          this.#fault.textContent =
            error.code === error.PERMISSION_DENIED ? messages.locationDenied : messages.locationUnavailable;
          this.#box.focus();
        }),
      { maximumAge: 600_000, timeout: LOCATION_TIMEOUT_MILLISECONDS },
    );
  }
}

function choice(id: string, label: string, select: HTMLSelectElement): HTMLElement {
  return createElement('div', { class: `choice ${id}` }, createElement('label', { for: id }, label), select);
}
