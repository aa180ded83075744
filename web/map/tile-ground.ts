import type { Point } from '../../shared/geo/point.ts';
import { createElement } from '../client/create-element.ts';
import { styleSheet } from '../client/style-sheet.ts';
import type { Ground, GroundPixel, MakeGround } from './ground.ts';
import tiles from './tiles.css';
import type { Pixel } from './viewport.ts';

/** What is used of MapLibre GL JS 3 or later. */
interface TileLibrary {
  readonly Map: new (options: {
    readonly container: HTMLElement;
    readonly style: string;
    readonly center: readonly [lng: number, lat: number];
    readonly zoom: number;
    readonly dragRotate: boolean;
    readonly scrollZoom: boolean;
    readonly cooperativeGestures: boolean;
    readonly attributionControl: object;
  }) => TileMap;
}

interface TileMap {
  on(type: 'move', listener: () => void): unknown;
  project(place: readonly [lng: number, lat: number]): Pixel;
  fitBounds(
    bounds: readonly [west: number, south: number, east: number, north: number],
    options: { readonly padding: number; readonly maxZoom: number; readonly animate: boolean },
  ): unknown;
  zoomTo(zoom: number, options: { readonly animate: boolean }): unknown;
  getZoom(): number;
  panBy(offset: readonly [number, number], options: { readonly animate: boolean }): unknown;
  resize(): unknown;
  remove(): void;
}

/** Kept free around what is shown: half a pin, and room for the controls. */
const MARGIN = 48;
const CLOSEST_ZOOM = 13;
const FIRST_VIEW = { center: [-96, 38], zoom: 3 } as const;

/** Styles of MapLibre's own elements, for the tree that the map is put into. */
export const tilesSheet = styleSheet(tiles);

/**
 * The site's own tile map under the pins, by MapLibre: the site brings the library, and the style with all it loads.
 *
 * @param styleUrl MapLibre's style document
 * @param libraryUrl a script of MapLibre; without it the page has `maplibregl` already
 * @returns what makes the ground
 * @throws Error when there is no MapLibre
 */
export async function tileGround(styleUrl: string, libraryUrl: string | undefined): Promise<MakeGround> {
  const loaded: unknown =
    libraryUrl === undefined ? undefined : await import(new URL(libraryUrl, document.baseURI).href);
  const library = [loaded, Reflect.get(globalThis, 'maplibregl')].find(isTileLibrary);
  if (library === undefined) throw new Error('map-style needs MapLibre: give map-library, or load maplibregl before');
  return (onMoved) => new TileGround(library, styleUrl, onMoved);
}

function isTileLibrary(value: unknown): value is TileLibrary {
  return typeof value === 'object' && value !== null && 'Map' in value && typeof value.Map === 'function';
}

class TileGround implements Ground {
  readonly element = createElement('div', { class: 'ground tiles' });
  readonly isSitesOwn = true;
  /** Its scale differs from north to south, and it may bring a scale of its own. */
  readonly pixelsPerMeter = undefined;
  readonly #map: TileMap;

  constructor(library: TileLibrary, style: string, onMoved: () => void) {
    this.#map = new library.Map({
      container: this.element,
      style,
      ...FIRST_VIEW,
      dragRotate: false,
      scrollZoom: false,
      cooperativeGestures: true,
      attributionControl: { compact: false },
    });
    this.#map.on('move', onMoved);
  }

  place({ lat, lng }: Point): GroundPixel {
    return this.#map.project([lng, lat]);
  }

  frame(points: readonly Point[], atOnce: boolean): void {
    if (points.length === 0) return;
    const lats = points.map(({ lat }) => lat);
    const lngs = points.map(({ lng }) => lng);
    this.#map.fitBounds([Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)], {
      padding: MARGIN,
      maxZoom: CLOSEST_ZOOM,
      animate: !atOnce && moves(),
    });
  }

  zoom(factor: number): void {
    this.#map.zoomTo(this.#map.getZoom() + Math.log2(factor), { animate: moves() });
  }

  pan(dx: number, dy: number): void {
    this.#map.panBy([-dx, -dy], { animate: moves() });
  }

  /** The tiles have names. */
  writeNames(): void {}

  resize(): void {
    this.#map.resize();
  }

  stop(): void {
    this.#map.remove();
  }
}

function moves(): boolean {
  return !matchMedia('(prefers-reduced-motion: reduce)').matches;
}
