import { geo } from '@observablehq/plot';
import { createElement } from '../client/create-element.ts';
import { COLORS, drawChart, rampColor, responsive } from './chart.ts';
import { type ArrowKey, type MapPoint, shapeTowards } from './nearest-shape.ts';
import type { Shape, Shapes } from './shape-files.ts';

export interface MapShape extends Shape {
  /** `Florida: 1,234`. */
  readonly words: string;
  /** 0 to 6; `undefined` when the count is not told. */
  readonly color: number | undefined;
}

export interface UsMapOptions {
  readonly label: string;
  readonly shapes: readonly MapShape[];
  readonly borders: Shapes['borders'];
  readonly background: Shapes['background'];
  /** What to show where nothing is pointed at. */
  readonly hint: string;
  /** A press on a shape; without it the shapes are no buttons. */
  readonly onPress?: ((code: string) => void) | undefined;
}

/** Height by width of the US Albers map. */
const ASPECT = 610 / 975;

/**
 * A map coloured by count. What is pointed at or has the focus is named above it. Its shapes are buttons: one of them is a
 * stop of Tab, arrow keys lead to its neighbours.
 */
export function usMap(options: UsMapOptions): HTMLElement {
  const readout = createElement('p', { class: 'readout hint', 'aria-hidden': 'true' }, options.hint);
  let focused: string | undefined;
  const picture = responsive((width) => {
    const chart = draw(options, width);
    const paths = [...chart.querySelectorAll<SVGPathElement>('.shapes path')];
    const outline = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    outline.setAttribute('class', 'outline');
    // Over all shapes: their own outlines would lie under their neighbours.
    paths.at(-1)?.after(outline);
    const say = (index: number) => {
      readout.textContent = options.shapes[index]?.words ?? options.hint;
      readout.classList.toggle('hint', index < 0);
      outline.setAttribute('d', paths[index]?.getAttribute('d') ?? '');
    };
    for (const [index, path] of paths.entries()) {
      path.addEventListener('pointerenter', () => say(index));
      path.addEventListener('pointerleave', () => say(-1));
      path.addEventListener('focus', () => {
        focused = options.shapes[index]?.code;
        say(index);
      });
      path.addEventListener('blur', () => say(-1));
    }
    const { onPress } = options;
    if (onPress !== undefined) makeButtons(chart, paths, options, focused, onPress);
    return chart;
  });
  return createElement('div', { class: 'map' }, readout, picture);
}

function draw({ label, shapes, borders, background }: UsMapOptions, width: number): SVGSVGElement {
  const all: GeoJSON.GeometryCollection = {
    type: 'GeometryCollection',
    geometries: background === undefined ? shapes.map(({ geometry }) => geometry) : [background],
  };
  const chart = drawChart(label, {
    width,
    height: Math.round(width * ASPECT),
    margin: 4,
    projection: { type: 'identity', domain: all },
    marks: [
      ...(background === undefined ? [] : [geo(background, { fill: rampColor(0) })]),
      geo(shapes, {
        geometry: 'geometry',
        className: 'shapes',
        fill: ({ color }: MapShape) => (color === undefined ? 'var(--hidden)' : rampColor(color)),
      }),
      geo(borders, { stroke: COLORS.surface, strokeWidth: 0.75, pointerEvents: 'none' }),
    ],
  });
  return chart;
}

function makeButtons(
  chart: SVGSVGElement,
  paths: readonly SVGPathElement[],
  { shapes }: UsMapOptions,
  focused: string | undefined,
  onPress: (code: string) => void,
): void {
  chart.setAttribute('role', 'group');
  const found = shapes.findIndex(({ code }) => code === focused);
  let stop = Math.max(0, found);
  for (const [index, path] of paths.entries()) {
    const { code = '', words = '' } = shapes[index] ?? {};
    path.setAttribute('role', 'button');
    path.setAttribute('aria-label', words);
    path.setAttribute('data-focus', `map-${code}`);
    path.setAttribute('tabindex', index === stop ? '0' : '-1');
    path.addEventListener('click', () => onPress(code));
    path.addEventListener('focus', () => {
      paths[stop]?.setAttribute('tabindex', '-1');
      stop = index;
      path.setAttribute('tabindex', '0');
    });
    path.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        onPress(code);
        return;
      }
      if (!isArrowKey(event.key)) return;
      event.preventDefault();
      const next = shapeTowards(event.key, index, paths.map(centerOf));
      if (next !== undefined) paths[next]?.focus();
    });
  }
}

function isArrowKey(key: string): key is ArrowKey {
  return key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown';
}

function centerOf(path: SVGPathElement): MapPoint {
  const { x, y, width, height } = path.getBBox();
  return [x + width / 2, y + height / 2];
}
