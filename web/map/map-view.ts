import type { Locale } from '../../shared/launch/launch.ts';
import type { DealersFound, FoundDealer } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { styleSheet } from '../client/style-sheet.ts';
import { MAP_MESSAGES, type MapMessages } from '../messages/map-messages.ts';
import { DrawnGround } from './drawn-ground.ts';
import type { Ground, MakeGround } from './ground.ts';
import map from './map.css';
import { listenToGestures } from './map-gestures.ts';
import { MapMarks } from './map-marks.ts';
import { spreadPins } from './spread-pins.ts';
import type { UsMap } from './us-map.ts';
import type { Pixel } from './viewport.ts';

/** What the map starts with, and whom it tells. */
export interface MapViewOptions {
  readonly locale: Locale;
  /** Makes what lies under the pins. */
  readonly makeGround: MakeGround;
  /** How far away a store is, in words. */
  away(dealer: FoundDealer, unit: 'mi' | 'km'): string;
  /** A store in short with what can be done, for where no list stands beside the map. */
  card(dealer: FoundDealer, unit: 'mi' | 'km'): HTMLElement;
  /** A pin was chosen. */
  onSelect(dealerId: string): void;
  /** A pin has the mouse or the focus; `undefined`: none any more. */
  onPoint(dealerId: string | undefined): void;
}

const PIN_PIXELS = 30;
const PAN_SHARE = 0.25;
const ZOOM_STEP = 1.8;

/** What makes the map of the 50 states that comes with the widget. */
export function drawnGround(map: UsMap): MakeGround {
  return (onMoved) => new DrawnGround(map, onMoved);
}

/** Styles of the map, for the tree that it is put into. */
export const mapSheet = styleSheet(map);

/** The stores found as numbered pins on a map, with the place that was searched for and the circle of the search. */
export class MapView {
  readonly element: HTMLElement;
  readonly #options: MapViewOptions;
  readonly #messages: MapMessages;
  readonly #ground: Ground;
  readonly #frame: HTMLElement;
  readonly #pins = createElement('div', { class: 'pins', role: 'toolbar' });
  readonly #marks: MapMarks;
  readonly #origin = createElement('span', { class: 'origin', role: 'img', hidden: true });
  readonly #note = createElement('p', { class: 'map-note', role: 'status' });
  readonly #card = createElement('div', { class: 'card', part: 'card' });
  readonly #sizes = new ResizeObserver(() => this.#ground.resize());
  #found: DealersFound | undefined;
  #buttons: readonly HTMLButtonElement[] = [];
  #selected: string | undefined;

  constructor(options: MapViewOptions) {
    this.#options = options;
    const messages = MAP_MESSAGES[options.locale];
    this.#messages = messages;
    this.#ground = options.makeGround(() => this.#arrange());
    this.#marks = new MapMarks(options.locale);
    this.#pins.setAttribute('aria-label', messages.pins);
    this.#frame = createElement(
      'div',
      { class: 'frame', role: 'group', tabindex: '0', 'aria-label': messages.map, 'aria-describedby': 'map-help' },
      this.#ground.element,
      this.#marks.element,
      this.#origin,
      this.#pins,
      this.#marks.scale,
      this.#controls(),
    );
    if (!this.#ground.isSitesOwn) this.#frame.append(createElement('p', { class: 'credit' }, messages.sources));
    this.element = createElement(
      'div',
      { class: 'map', part: 'map' },
      createElement('p', { id: 'map-help', class: 'unseen' }, messages.help),
      this.#frame,
      this.#note,
      this.#card,
    );
    this.#sizes.observe(this.#frame);
    this.#listen();
  }

  /** Shows what a search found, all of it in the frame. */
  show(found: DealersFound): void {
    const isFirst = this.#found === undefined;
    this.#found = found;
    this.#selected = undefined;
    this.#card.replaceChildren();
    this.#buttons = found.dealers.map((dealer, index) => this.#pin(dealer, index, found.unit));
    this.#pins.replaceChildren(...this.#buttons);
    this.#ground.resize();
    this.#frameAll(isFirst);
    this.#explain();
  }

  /** Marks a store as chosen and brings it into the frame. */
  select(dealerId: string): void {
    if (this.#selected === dealerId) return;
    const index = this.#indexOf(dealerId);
    const dealer = this.#found?.dealers[index];
    if (this.#found === undefined || dealer === undefined) return;
    this.#selected = dealerId;
    for (const [at, button] of this.#buttons.entries()) button.setAttribute('aria-pressed', String(at === index));
    this.#rove(index);
    this.#card.replaceChildren(this.#options.card(dealer, this.#found.unit));
    this.#bringIn(dealer);
  }

  /** Marks a store as pointed at, or none. */
  point(dealerId: string | undefined): void {
    const index = this.#indexOf(dealerId);
    for (const [at, button] of this.#buttons.entries()) button.classList.toggle('pointed', at === index);
  }

  /** Lets go of the page: no more is seen of its size. */
  stop(): void {
    this.#sizes.disconnect();
    this.#ground.stop();
  }

  #indexOf(dealerId: string | undefined): number {
    return this.#found?.dealers.findIndex(({ id }) => id === dealerId) ?? -1;
  }

  #controls(): HTMLElement {
    const { zoomIn, zoomOut, reset } = this.#messages;
    const control = (label: string, sign: string, onPress: () => void) => {
      const button = createButton(sign, 'control', onPress);
      button.setAttribute('aria-label', label);
      return button;
    };
    return createElement(
      'div',
      { class: 'controls' },
      control(zoomIn, '+', () => this.#ground.zoom(ZOOM_STEP)),
      control(zoomOut, '−', () => this.#ground.zoom(1 / ZOOM_STEP)),
      control(reset, '⤢', () => this.#frameAll(false)),
    );
  }

  #pin(dealer: FoundDealer, index: number, unit: 'mi' | 'km'): HTMLButtonElement {
    const { away, onSelect, onPoint } = this.#options;
    const number = (index + 1).toLocaleString(this.#options.locale);
    const button = createButton(number, 'pin', () => onSelect(dealer.id));
    button.setAttribute('aria-label', this.#messages.pin(number, dealer.name, away(dealer, unit)));
    button.setAttribute('aria-pressed', 'false');
    button.setAttribute('part', 'pin');
    button.title = dealer.name;
    button.tabIndex = index === 0 ? 0 : -1;
    button.addEventListener('pointerenter', () => onPoint(dealer.id));
    button.addEventListener('pointerleave', () => onPoint(undefined));
    button.addEventListener('focus', () => {
      this.#rove(index);
      this.#bringIn(dealer);
      onPoint(dealer.id);
    });
    button.addEventListener('blur', () => onPoint(undefined));
    return button;
  }

  #listen(): void {
    this.#frame.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const act = event.target === this.#frame ? this.#moveBy(event.key) : this.#step(event);
      if (!act && !this.#zoomBy(event.key)) return;
      event.preventDefault();
    });
    if (this.#ground.isSitesOwn) return;
    listenToGestures(this.#frame, {
      onPan: (dx, dy) => this.#ground.pan(dx, dy),
      onZoom: (factor, around) => this.#ground.zoom(factor, around),
      onPress: ({ x, y }) => {
        const { width, height } = this.#frame.getBoundingClientRect();
        this.#ground.pan(width / 2 - x, height / 2 - y);
      },
    });
  }

  /** Moves the map by an arrow key. @returns whether it was one */
  #moveBy(key: string): boolean {
    const { width, height } = this.#frame.getBoundingClientRect();
    const [x, y] = DIRECTIONS[key] ?? [0, 0];
    if (x === 0 && y === 0) return false;
    this.#ground.pan(-x * width * PAN_SHARE, -y * height * PAN_SHARE);
    return true;
  }

  /** Goes to another pin by an arrow key, as in a toolbar. @returns whether it was one */
  #step(event: KeyboardEvent): boolean {
    const from = event.target instanceof HTMLButtonElement ? this.#buttons.indexOf(event.target) : -1;
    const [x, y] = DIRECTIONS[event.key] ?? [0, 0];
    if (from < 0 || (x === 0 && y === 0)) return false;
    this.#buttons[(from + x + y + this.#buttons.length) % this.#buttons.length]?.focus();
    return true;
  }

  #zoomBy(key: string): boolean {
    if (key === '+' || key === '=') this.#ground.zoom(ZOOM_STEP);
    else if (key === '-') this.#ground.zoom(1 / ZOOM_STEP);
    else if (key === '0') this.#frameAll(false);
    else return false;
    return true;
  }

  #rove(index: number): void {
    for (const [at, button] of this.#buttons.entries()) button.tabIndex = at === index ? 0 : -1;
  }

  #frameAll(atOnce: boolean): void {
    if (this.#found === undefined) return;
    const { dealers, origin } = this.#found;
    this.#ground.frame([origin, ...dealers.map(({ location }) => location)], atOnce);
  }

  #bringIn(dealer: FoundDealer): void {
    const at = this.#ground.place(dealer.location);
    if (at === undefined) return;
    const { width, height } = this.#frame.getBoundingClientRect();
    const into = (place: number, size: number) => Math.min(size - PIN_PIXELS, Math.max(PIN_PIXELS, place)) - place;
    const [dx, dy] = [into(at.x, width), into(at.y, height)];
    if (dx !== 0 || dy !== 0) this.#ground.pan(dx, dy);
  }

  /** Says what of the search this map does not show. */
  #explain(): void {
    if (this.#found === undefined) return;
    const { origin, dealers } = this.#found;
    const missing = dealers.filter(({ location }) => this.#ground.place(location) === undefined).length;
    this.#note.textContent = [
      ...(this.#ground.place(origin) === undefined ? [this.#messages.originOffMap(origin.label)] : []),
      ...(missing > 0 ? [this.#messages.storesOffMap(missing)] : []),
    ].join(' ');
  }

  /** Puts everything where it lies now. */
  #arrange(): void {
    if (this.#found === undefined) return;
    const { dealers, origin } = this.#found;
    const { width, height } = this.#frame.getBoundingClientRect();
    const shown = dealers.flatMap(({ location }, index) => {
      const at = this.#ground.place(location);
      const button = this.#buttons[index];
      if (button !== undefined) button.hidden = at === undefined;
      return at === undefined || button === undefined ? [] : [{ at, button }];
    });
    const spread = spreadPins(
      shown.map(({ at }) => at),
      PIN_PIXELS,
      { width, height },
    );
    for (const [index, { at, button }] of shown.entries()) moveTo(button, spread[index] ?? at);
    const center = this.#ground.place(origin);
    this.#origin.hidden = center === undefined;
    this.#origin.setAttribute('aria-label', this.#messages.origin(origin.label));
    if (center !== undefined) moveTo(this.#origin, center);
    this.#marks.show(this.#ground, this.#found, {
      width,
      height,
      moved: shown.map(({ at }, index) => ({ from: at, to: spread[index] ?? at })),
    });
    this.#ground.writeNames([...spread, ...(center === undefined ? [] : [center])]);
  }
}

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function moveTo(element: HTMLElement, { x, y }: Pixel): void {
  element.style.translate = `${x.toFixed(1)}px ${y.toFixed(1)}px`;
}
