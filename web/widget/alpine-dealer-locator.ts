import { ApiClient } from '../client/api-client.ts';
import { createElement } from '../client/create-element.ts';
import { localeOf } from '../client/format.ts';
import { styleSheet } from '../client/style-sheet.ts';
import { LOCATOR_MESSAGES } from '../messages/locator-messages.ts';
import { RESERVE_MESSAGES } from '../messages/reserve-messages.ts';
import formStyles from './form.css';
import { LocateView } from './locate-view.ts';
import locatorStyles from './locator.css';
import { ReserveView } from './reserve-view.ts';
import type { ChosenStore } from './store-field.ts';

let widgets = 0;

/** Makes the ids of a widget's form the only ones on the page. */
function nextIdPrefix(): string {
  widgets += 1;
  return `adl${widgets}-`;
}

const locatorSheet = styleSheet(locatorStyles);
const formSheet = styleSheet(formStyles);

/**
 * `<alpine-dealer-locator>`: finds a store expected to carry Alpine, and reserves an interest there.
 *
 * ```html
 * <script type="module" src="https://HOST/widget/v1/alpine-dealer-locator.js"></script>
 * <alpine-dealer-locator locale="es-US" near="33324"></alpine-dealer-locator>
 * ```
 *
 * Attributes, all optional; a change starts the widget anew, except for `theme`:
 * - `api`: where the API lives, e.g. `https://HOST`. Default: where this script came from.
 * - `locale`: `en-US` or `es-US`. Default: by the page's `lang`.
 * - `model`: a model id. Only stores expected to carry it are shown, and it is chosen in the form.
 * - `near`: a ZIP, `City, ST` or `lat,lng` to search at once.
 * - `radius`: 1 to 500, in `unit`; default 100. `unit`: `mi` (default) or `km`.
 * - `store`: a store's id. The form to reserve there opens at once, for links from a page about the store.
 * - `theme`: `light` or `dark`. Default: what the person's system asks for.
 *
 * Events, which bubble out of any shadow tree and tell nothing about a person:
 * - `dealer-search`: a search was answered; detail `{ radius, unit, storeCount, beyondRadius }`.
 * - `dealer-select`: a store was chosen to reserve at, or none; detail `{ dealerId }` (`null`: none).
 * - `reservation-submitted`: a reservation was asked for; it still has to be confirmed by mail; detail `{ dealerId, model }`.
 *
 * CSS custom properties: `--alpine-accent`, `--alpine-on-accent`, `--alpine-surface`, `--alpine-field`, `--alpine-text`,
 * `--alpine-muted`, `--alpine-line`, `--alpine-danger`, `--alpine-font`, `--alpine-radius`. Parts: `stores`, `store`.
 *
 * The page must come over https, as own location and safe retries need it. Its content security policy needs `script-src` and `connect-src` for this script's origin, and nothing else.
 */
export class AlpineDealerLocator extends HTMLElement {
  static readonly observedAttributes = ['api', 'locale', 'model', 'near', 'radius', 'store', 'unit'];

  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #idPrefix = nextIdPrefix();
  #locate: LocateView | undefined;
  #reserve: ReserveView | undefined;

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = [locatorSheet];
    const tree = this.getRootNode();
    // The form is styled where it lives: in the tree around this element.
    if ((tree instanceof Document || tree instanceof ShadowRoot) && !tree.adoptedStyleSheets.includes(formSheet)) {
      tree.adoptedStyleSheets.push(formSheet);
    }
    if (this.#locate === undefined) this.#start();
  }

  disconnectedCallback(): void {
    this.#locate?.stop();
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.isConnected && this.#locate !== undefined && before !== now) this.#start();
  }

  #start(): void {
    this.#locate?.stop();
    const locale = localeOf(this.getAttribute('locale') ?? this.#pageLanguage());
    const client = new ApiClient(this.getAttribute('api') ?? new URL(import.meta.url).origin);
    const model = this.getAttribute('model') ?? undefined;
    const radius = Number(this.getAttribute('radius') ?? 100);
    const locatorMessages = LOCATOR_MESSAGES[locale];
    const locate = new LocateView({
      messages: locatorMessages,
      locale,
      client,
      radius: radius >= 1 && radius <= 500 ? radius : 100,
      unit: this.getAttribute('unit') === 'km' ? 'km' : 'mi',
      model,
      onFound: ({ radius, unit }, storeCount, beyondRadius) =>
        this.#tell('dealer-search', { radius, unit, storeCount, beyondRadius }),
      onReserve: (dealer) => this.#choose(dealer),
    });
    this.#locate = locate;
    const reserve = new ReserveView({
      messages: RESERVE_MESSAGES[locale],
      locatorMessages,
      locale,
      client,
      idPrefix: this.#idPrefix,
      model,
      placeForm: (form) => {
        // A form that was still loading when an attribute changed belongs to nobody.
        if (this.#reserve !== reserve) return;
        form.slot = 'reserve';
        form.lang = locale;
        this.append(form);
      },
      onBack: () => this.#showStores(),
      onSubmitted: (dealerId, model) => this.#tell('reservation-submitted', { dealerId, model }),
    });
    this.#reserve = reserve;
    this.querySelector(':scope > form[slot="reserve"]')?.remove();
    reserve.element.hidden = true;
    this.#root.replaceChildren(
      createElement('div', { lang: locale, class: 'locator' }, locate.element, reserve.element),
    );
    const near = this.getAttribute('near')?.trim();
    if (near) locate.searchNear(near, near);
    const storeId = this.getAttribute('store')?.trim();
    if (storeId) void this.#chooseById(storeId, client);
  }

  /** A store that is not listed, or does not come, leaves the person at the search. */
  async #chooseById(storeId: string, client: ApiClient): Promise<void> {
    const locate = this.#locate;
    const store = await client.findStore(storeId);
    // Started anew meanwhile, or a store was chosen by hand.
    if (store === undefined || locate !== this.#locate || locate?.element.hidden) return;
    this.#choose(store);
  }

  #pageLanguage(): string {
    return this.closest('[lang]')?.getAttribute('lang') ?? document.documentElement.lang;
  }

  #choose(dealer: ChosenStore | null): void {
    if (this.#locate === undefined || this.#reserve === undefined) return;
    this.#locate.element.hidden = true;
    this.#reserve.element.hidden = false;
    void this.#reserve.open(dealer, this.#locate.zip);
    this.#tell('dealer-select', { dealerId: dealer?.id ?? null });
  }

  #showStores(): void {
    if (this.#locate === undefined || this.#reserve === undefined) return;
    this.#reserve.element.hidden = true;
    this.#locate.element.hidden = false;
    this.#locate.focus(this.#reserve.store?.id);
  }

  #tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

if (!customElements.get('alpine-dealer-locator')) customElements.define('alpine-dealer-locator', AlpineDealerLocator);
