import type { Locale } from '../../shared/launch/launch.ts';
import { ApiClient } from '../client/api-client.ts';
import { createElement } from '../client/create-element.ts';
import { isRequestFailure } from '../client/failure.ts';
import { FormSource } from '../client/form-source.ts';
import { localeOf } from '../client/format.ts';
import { loadPart, loadUsMap, prefetchPart } from '../client/load-part.ts';
import { styleSheet } from '../client/style-sheet.ts';
import type { MakeGround } from '../map/ground.ts';
import { LOCATOR_MESSAGES } from '../messages/locator-messages.ts';
import { type LocateLayout, LocateView, type StoreMap, type StoreMapHooks } from './locate-view.ts';
import locatorStyles from './locator.css';
import { ReservePlace } from './reserve-place.ts';
import type { ChosenStore } from './store-field.ts';

let widgets = 0;

/** Makes the ids of a widget's form the only ones on the page. */
function nextIdPrefix(): string {
  widgets += 1;
  return `adl${widgets}-`;
}

const locatorSheet = styleSheet(locatorStyles);
const LAYOUTS: readonly LocateLayout[] = ['both', 'list', 'map'];

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
 * - `locale`: `en-US` or `es-US`; of another tag the language counts. Default: by the page's `lang`.
 * - `model`: a model id. It is chosen in the filter and in the form; a person may choose another.
 * - `near`: a ZIP, `City, ST` or `lat,lng` to search at once.
 * - `radius`: 1 to 500, in `unit`; default 100. `unit`: `mi` (default) or `km`.
 * - `store`: a store's id. The form to reserve there opens at once, for links from a page about the store.
 * - `theme`: `light` or `dark`. Default: what the person's system asks for.
 * - `view`: `both` (default), `list` or `map`.
 * - `map-style`: the address of a MapLibre style, for a site that has a tile map of its own. Default: the map that comes
 *   with the widget, which asks nobody for anything. `map-library`: a script of MapLibre GL JS 3 or later to load for it;
 *   without it `globalThis.maplibregl` is taken. The page's policy must allow what they load. When it does not work the
 *   widget's own map is shown, and the error is reported to the page (`error` event of `window`).
 *
 * Events, which bubble out of any shadow tree and tell nothing about a person:
 * - `dealer-search`: a search was answered; detail `{ radius, unit, model, storeCount, beyondRadius }` (`model` null: any).
 * - `dealer-search-failed`: a search was not answered; detail `{ reason }`: `unreachable`, `slow`, `busy`, `server`, `refused`.
 * - `dealer-highlight`: a store was marked in list and map; detail `{ dealerId }`.
 * - `dealer-link`: a store's link was followed; detail `{ dealerId, link }`: `directions`, `website`, `phone`.
 * - `dealer-select`: a store was chosen to reserve at, or none; detail `{ dealerId }` (`null`: none).
 * - `reservation-submitted`: a reservation was asked for; it still has to be confirmed by mail; detail `{ dealerId, model }`.
 *
 * CSS custom properties, on the element or above it:
 * - colours: `--alpine-accent`, `--alpine-on-accent` (text on it), `--alpine-surface`, `--alpine-field`, `--alpine-text`,
 *   `--alpine-muted`, `--alpine-line`, `--alpine-danger`, `--alpine-map-land`, `--alpine-map-water`;
 * - `--alpine-font`, `--alpine-radius` (of corners), `--alpine-map-ratio` (of the map's frame, e.g. `4 / 3`).
 *
 * Parts for `::part()`: `search`, `search-button`, `summary`, `stores`, `store`, `map`, `pin`, `card` (the store chosen on the map).
 * The form stands in the page's own tree, as `form.adl-form` in this element.
 *
 * The page must come over https, as own location and safe retries need it. Its content security policy needs `script-src`
 * and `connect-src` for this script's origin (and for `api`, where that is another), and nothing else; `require-trusted-types-for 'script'` is welcome. Give the
 * element room, so that nothing jumps when its script has come: `alpine-dealer-locator { display: block; min-height: 16rem }`,
 * 33rem where it is narrower than 44rem, and as much as the page can spare (70rem) where it searches at once by `near`.
 */
export class AlpineDealerLocator extends HTMLElement {
  static readonly observedAttributes = [
    'api',
    'locale',
    'model',
    'near',
    'radius',
    'store',
    'unit',
    'view',
    'map-style',
    'map-library',
  ];

  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #idPrefix = nextIdPrefix();
  #locate: LocateView | undefined;
  #reserve: ReservePlace | undefined;
  /** Styles that the form needs, in whatever tree the element stands. */
  readonly #formSheets = new Set<CSSStyleSheet>();
  /** Whether an attribute was changed while the element was in no page. */
  #isOutdated = false;

  connectedCallback(): void {
    for (const sheet of this.#formSheets) this.#placeStyles(sheet);
    if (this.#locate === undefined || this.#isOutdated) this.#start();
    else this.#locate.goOn();
  }

  /** What was found and typed stays: pages move elements about. */
  disconnectedCallback(): void {
    this.#locate?.giveUp();
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.#locate === undefined || before === now) return;
    if (this.isConnected) this.#start();
    else this.#isOutdated = true;
  }

  #start(): void {
    this.#locate?.stop();
    this.#isOutdated = false;
    this.#adopt(locatorSheet);
    const locale = localeOf(this.getAttribute('locale') ?? this.#pageLanguage());
    const client = new ApiClient(this.getAttribute('api') ?? new URL(import.meta.url).origin);
    const formSource = new FormSource(client, locale);
    const radius = Number(this.getAttribute('radius') ?? 100);
    const messages = LOCATOR_MESSAGES[locale];
    const locate = new LocateView({
      messages,
      locale,
      client,
      radius: radius >= 1 && radius <= 500 ? radius : 100,
      unit: this.getAttribute('unit') === 'km' ? 'km' : 'mi',
      model: this.getAttribute('model')?.trim() || undefined,
      layout: LAYOUTS.find((layout) => layout === this.getAttribute('view')) ?? 'both',
      getModels: async () => (await formSource.get()).models,
      openMap: (hooks) => this.#openMap(locale, hooks),
      onFound: ({ radius, unit, model = null }, { dealers, beyondRadius }) => {
        this.#tell('dealer-search', { radius, unit, model, storeCount: dealers.length, beyondRadius });
        // Whoever sees stores may choose one.
        prefetchPart('reserve');
      },
      onFailed: (reason) => this.#tell('dealer-search-failed', { reason }),
      onHighlight: (dealerId) => this.#tell('dealer-highlight', { dealerId }),
      onLink: (dealerId, link) => this.#tell('dealer-link', { dealerId, link }),
      onReserve: (dealer) => this.#choose(dealer),
    });
    this.#locate = locate;
    const reserve = new ReservePlace({
      messages,
      locale,
      client,
      formSource,
      idPrefix: this.#idPrefix,
      placeStyles: (sheet) => this.#placeStyles(sheet),
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
    const store = await client.getDealer(storeId).catch((error: unknown) => {
      if (!isRequestFailure(error)) throw error;
      return undefined;
    });
    // Started anew meanwhile, or a store was chosen by hand.
    if (store === undefined || locate !== this.#locate || locate?.element.hidden) return;
    this.#choose(store);
  }

  #pageLanguage(): string {
    return this.closest('[lang]')?.getAttribute('lang') ?? document.documentElement.lang;
  }

  /** The form is styled where it lives: in the tree around this element. */
  #placeStyles(sheet: CSSStyleSheet): void {
    this.#formSheets.add(sheet);
    const tree = this.getRootNode();
    if ((tree instanceof Document || tree instanceof ShadowRoot) && !tree.adoptedStyleSheets.includes(sheet)) {
      tree.adoptedStyleSheets.push(sheet);
    }
  }

  async #openMap(locale: Locale, hooks: StoreMapHooks): Promise<StoreMap> {
    const ownGround = await this.#openTiles();
    if (ownGround !== undefined) {
      const { MapView } = await loadPart('map');
      return new MapView({ locale, ...hooks, makeGround: ownGround });
    }
    const [{ MapView, drawnGround, mapSheet }, map] = await Promise.all([loadPart('map'), loadUsMap()]);
    this.#adopt(mapSheet);
    return new MapView({ locale, ...hooks, makeGround: drawnGround(map) });
  }

  /** The site's own tile map, when it has one that works. Otherwise the widget's map takes its place. */
  async #openTiles(): Promise<MakeGround | undefined> {
    const style = this.getAttribute('map-style')?.trim();
    if (!style) return undefined;
    const [{ mapSheet }, { tileGround, tilesSheet }] = await Promise.all([loadPart('map'), loadPart('tiles')]);
    try {
      const makeGround = await tileGround(style, this.getAttribute('map-library')?.trim() || undefined);
      this.#adopt(mapSheet, tilesSheet);
      return makeGround;
    } catch (error) {
      // The site's developers are to hear of it; its visitors still get a map.
      reportError(error);
      return undefined;
    }
  }

  #adopt(...sheets: readonly CSSStyleSheet[]): void {
    const adopted = this.#root.adoptedStyleSheets;
    adopted.push(...sheets.filter((sheet) => !adopted.includes(sheet)));
  }

  #choose(dealer: ChosenStore | null): void {
    if (this.#locate === undefined || this.#reserve === undefined) return;
    this.#locate.element.hidden = true;
    void this.#reserve.open(dealer, { zip: this.#locate.zip, model: this.#locate.model });
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
