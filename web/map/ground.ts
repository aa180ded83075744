import type { Point } from '../../shared/geo/point.ts';
import type { Pixel } from './viewport.ts';

/** A place in the frame, and the picture of the map it lies in; places of two pictures are not joined by lines. */
export interface GroundPixel extends Pixel {
  readonly part?: string;
}

/** What stores are shown on: the map that comes with the widget, or one of the site's own. */
export interface Ground {
  /** Lies under everything, as large as the frame. */
  readonly element: Element;
  /** The site's own map takes pointers and names its sources by itself. */
  readonly isSitesOwn: boolean;
  /** Where a place lies now; `undefined` when this map does not show it. */
  place(point: Point): GroundPixel | undefined;
  /** Shows all of these places, as closely as is of use. @param atOnce without a movement */
  frame(points: readonly Point[], atOnce: boolean): void;
  /** Zooms in (above 1) or out, around a pixel or the middle. */
  zoom(factor: number, around?: Pixel): void;
  pan(dx: number, dy: number): void;
  /** Writes the names of places that leave these pixels free. */
  writeNames(free: readonly Pixel[]): void;
  /** Pixels for a metre in the frame's middle; `undefined` where it differs too much over the frame to be told. */
  readonly pixelsPerMeter: number | undefined;
  /** Takes the frame's size anew. */
  resize(): void;
  stop(): void;
}

/** @param onMoved to be called whenever places lie elsewhere in the frame */
export type MakeGround = (onMoved: () => void) => Ground;
