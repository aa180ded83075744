import { METERS_PER_UNIT } from '../../shared/dealers/search-answer.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import type { DealersFound } from '../client/api-client.ts';
import { createElement } from '../client/create-element.ts';
import { createSvg } from '../client/create-svg.ts';
import { formatDistance } from '../client/format.ts';
import { circleAround } from './circle.ts';
import type { Ground } from './ground.ts';
import type { FrameSize, Pixel } from './viewport.ts';

/** The frame as it is now, and where pins stand that had to make room. */
export interface MarkedFrame extends FrameSize {
  /** For each pin its own place, and the one where it stands; one and the same object when it could stay. */
  readonly moved: readonly { readonly from: Pixel; readonly to: Pixel }[];
}

const CIRCLE_POINTS = 72;
const SCALE_LENGTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/** In the narrowest frame there is room for the sources beside it. */
const LONGEST_SCALE_PIXELS = 90;

/** What helps to read the map: the circle of the search, lines from pins to their own places, a scale. For the eye only. */
export class MapMarks {
  readonly element = createSvg('svg', { class: 'marks', 'aria-hidden': 'true' });
  readonly scale = createElement('span', { class: 'scale', 'aria-hidden': 'true', hidden: true });
  readonly #locale: Locale;

  constructor(locale: Locale) {
    this.#locale = locale;
  }

  show(ground: Ground, found: DealersFound, { width, height, moved }: MarkedFrame): void {
    this.element.setAttribute('viewBox', `0 0 ${width || 1} ${height || 1}`);
    const leaders = moved
      .filter(({ from, to }) => from !== to)
      .flatMap(({ from, to }) => [
        createSvg('path', { class: 'leader', d: `M${pair(from)}L${pair(to)}` }),
        createSvg('circle', { class: 'leader-end', cx: String(from.x), cy: String(from.y), r: '2.5' }),
      ]);
    this.element.replaceChildren(...circle(ground, found), ...leaders);
    this.#showScale(ground.pixelsPerMeter, found.unit);
  }

  #showScale(pixelsPerMeter: number | undefined, unit: 'mi' | 'km'): void {
    this.scale.hidden = pixelsPerMeter === undefined;
    if (pixelsPerMeter === undefined) return;
    const perUnit = pixelsPerMeter * METERS_PER_UNIT[unit];
    const length = SCALE_LENGTHS.findLast((each) => each * perUnit <= LONGEST_SCALE_PIXELS) ?? 1;
    this.scale.textContent = formatDistance(length, unit, this.#locale);
    this.scale.style.inlineSize = `${length * perUnit}px`;
  }
}

/** The circle of the search, where the map shows it in one piece. */
function circle(ground: Ground, { origin, radius, unit }: DealersFound): readonly SVGElement[] {
  const center = ground.place(origin);
  if (center === undefined) return [];
  const rim = circleAround(origin, radius * METERS_PER_UNIT[unit], CIRCLE_POINTS).map((point) => ground.place(point));
  const whole = rim.filter((at) => at !== undefined).filter((at) => at.part === center.part);
  if (whole.length < rim.length) return [];
  return [createSvg('path', { class: 'circle', d: `M${whole.map(pair).join('L')}Z` })];
}

function pair({ x, y }: Pixel): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
