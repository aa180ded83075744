import { EARTH_RADIUS_METERS } from '../../shared/geo/distance.ts';
import type { Point } from '../../shared/geo/point.ts';
import { createSvg } from '../client/create-svg.ts';
import { albersUsa, MAP_HEIGHT, MAP_SCALE, MAP_WIDTH } from './albers-usa.ts';
import type { Ground, GroundPixel } from './ground.ts';
import { decodeLines, pathOf } from './line-codec.ts';
import type { UsMap } from './us-map.ts';
import { between, type FrameSize, framing, type Pixel, panned, type Viewport, zoomed } from './viewport.ts';

/** As close as the simplified coasts bear it: a frame of 600 px is then about 200 km wide. */
const DRAWING = { width: MAP_WIDTH, height: MAP_HEIGHT, closestScale: 15 };
/** Kept free around what is shown: a pin, the scale below, the controls to the right. */
const MARGINS = { top: 32, right: 76, bottom: 44, left: 32 };
const MOVE_MILLISECONDS = 350;
const MOST_NAMES = 14;
/** At most, in the type that the style sheet sets. */
const LETTER_PIXELS = 6.5;

/** The 50 states as they come with the widget: no key, no tiles, nobody else's server. */
export class DrawnGround implements Ground {
  readonly element: SVGSVGElement;
  readonly isSitesOwn = false;
  readonly #land: SVGGElement;
  readonly #names = createSvg('g', { class: 'names' });
  readonly #grid: number;
  readonly #cities: readonly (Pixel & { readonly name: string })[];
  readonly #onMoved: () => void;
  #frame: FrameSize = { width: 0, height: 0 };
  #viewport: Viewport = { scale: 1, x: 0, y: 0 };
  /** What is to be in sight whatever the frame's size; nothing: the whole country. */
  #target: readonly Point[] | undefined = [];
  #moving = 0;

  /** @param onMoved called whenever places lie elsewhere in the frame */
  constructor(map: UsMap, onMoved: () => void) {
    this.#onMoved = onMoved;
    this.#grid = map.grid;
    const names = map.cityNames.split('\n');
    const [places = []] = decodeLines(map.cityPlaces);
    this.#cities = places.map(([x, y], index) => ({ name: names[index] ?? '', x: x / map.grid, y: y / map.grid }));
    this.#land = createSvg(
      'g',
      {},
      createSvg('path', { class: 'land', d: pathOf(map.coasts) }),
      createSvg('path', { class: 'borders', d: pathOf(map.borders) }),
    );
    this.element = createSvg('svg', { class: 'ground', 'aria-hidden': 'true' }, this.#land, this.#names);
  }

  place(point: Point): GroundPixel | undefined {
    const at = albersUsa(point);
    if (at === undefined) return undefined;
    const { scale, x, y } = this.#viewport;
    return { x: at.x * scale + x, y: at.y * scale + y, part: at.part };
  }

  frame(points: readonly Point[], atOnce: boolean): void {
    this.#target = points;
    if (this.#frame.width === 0) return;
    const places = points.map(albersUsa).filter((place) => place !== undefined);
    this.#goTo(framing(places, MARGINS, DRAWING, this.#frame), atOnce);
  }

  zoom(factor: number, around?: Pixel): void {
    const { width, height } = this.#frame;
    const middle = { x: width / 2, y: height / 2 };
    this.#target = undefined;
    this.#goTo(zoomed(this.#viewport, factor, around ?? middle, DRAWING, this.#frame), around !== undefined);
  }

  pan(dx: number, dy: number): void {
    this.#target = undefined;
    this.#goTo(panned(this.#viewport, dx, dy, DRAWING, this.#frame), true);
  }

  get pixelsPerMeter(): number | undefined {
    const { scale, x, y } = this.#viewport;
    // Alaska is drawn smaller, below 430 and left of 300; from so close no frame shows both.
    const isClose = scale > 3;
    const middleX = (this.#frame.width / 2 - x) / scale;
    const middleY = (this.#frame.height / 2 - y) / scale;
    const isAlaska = middleX < 211 && middleY > 460;
    return isClose && !isAlaska ? (scale * MAP_SCALE) / EARTH_RADIUS_METERS : undefined;
  }

  resize(): void {
    const { width, height } = this.element.getBoundingClientRect();
    if (width === 0 || (width === this.#frame.width && height === this.#frame.height)) return;
    this.#frame = { width, height };
    this.element.setAttribute('viewBox', `0 0 ${width} ${height}`);
    if (this.#target === undefined) this.#show(panned(this.#viewport, 0, 0, DRAWING, this.#frame));
    else this.frame(this.#target, true);
  }

  stop(): void {
    cancelAnimationFrame(this.#moving);
  }

  writeNames(free: readonly Pixel[]): void {
    const { scale, x, y } = this.#viewport;
    const { width: right, height: bottom } = this.#frame;
    const taken: Box[] = [
      // The controls, the scale and the sources.
      { left: right - 60, right, top: 0, bottom: 145 },
      { left: 0, right: 140, top: bottom - 40, bottom },
      { left: right - 190, right, top: bottom - 24, bottom },
      ...free.map((pixel) => ({
        left: pixel.x - 16,
        right: pixel.x + 16,
        top: pixel.y - 16,
        bottom: pixel.y + 16,
      })),
    ];
    const names: SVGElement[] = [];
    for (const city of this.#cities) {
      if (names.length >= MOST_NAMES * 2) break;
      const at = { x: city.x * scale + x, y: city.y * scale + y };
      const width = city.name.length * LETTER_PIXELS;
      // To the right of its point, or else to the left.
      for (const side of [1, -1]) {
        const [near, far] = [at.x - 4 * side, at.x + (8 + width) * side];
        const box = { left: Math.min(near, far), right: Math.max(near, far), top: at.y - 9, bottom: at.y + 9 };
        if (!isInside(box, this.#frame) || taken.some((other) => overlap(box, other))) continue;
        taken.push(box);
        const text = createSvg('text', {
          x: (at.x + 6 * side).toFixed(1),
          y: (at.y + 4).toFixed(1),
          'text-anchor': side > 0 ? 'start' : 'end',
        });
        text.textContent = city.name;
        names.push(createSvg('circle', { cx: at.x.toFixed(1), cy: at.y.toFixed(1), r: '2' }), text);
        break;
      }
    }
    this.#names.replaceChildren(...names);
  }

  #goTo(to: Viewport, atOnce: boolean): void {
    cancelAnimationFrame(this.#moving);
    if (atOnce || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.#show(to);
      return;
    }
    const from = this.#viewport;
    let start: number | undefined;
    const step = (now: number) => {
      start ??= now;
      const passed = Math.min((now - start) / MOVE_MILLISECONDS, 1);
      // Quick at first, slow at the end.
      this.#show(between(from, to, 1 - (1 - passed) ** 3, this.#frame));
      if (passed < 1) this.#moving = requestAnimationFrame(step);
    };
    this.#moving = requestAnimationFrame(step);
  }

  #show(viewport: Viewport): void {
    this.#viewport = viewport;
    const { scale, x, y } = viewport;
    const grid = scale / this.#grid;
    this.#land.setAttribute('transform', `matrix(${grid} 0 0 ${grid} ${x} ${y})`);
    this.#onMoved();
  }
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function isInside({ left, right, top, bottom }: Box, { width, height }: FrameSize): boolean {
  return left > 0 && top > 0 && right < width && bottom < height;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
