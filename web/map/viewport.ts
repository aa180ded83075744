/** A place in the map's frame, in CSS pixels from its top left. */
export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/** The frame's size in CSS pixels. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** What part of a drawing the frame shows: a place `p` of the drawing lies at pixel `p · scale + (x, y)`. */
export interface Viewport {
  /** Pixels for one unit of the drawing. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** A drawing's size in its own units, and how closely it may be looked at. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Pixels for one unit at the most: beyond that its lines are coarser than they look. */
  readonly closestScale: number;
}

/** The whole drawing in the middle of the frame. */
export function wholeDrawing(drawing: Drawing, frame: FrameSize): Viewport {
  const scale = Math.min(frame.width / drawing.width, frame.height / drawing.height);
  return centered({ x: drawing.width / 2, y: drawing.height / 2 }, scale, frame);
}

/** Pixels to be kept free on each side. */
export interface Margins {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/**
 * Places of a drawing as closely as they fit within the margins.
 *
 * @returns the whole drawing when there is no place
 */
export function framing(places: readonly Pixel[], margins: Margins, drawing: Drawing, frame: FrameSize): Viewport {
  if (places.length === 0) return wholeDrawing(drawing, frame);
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const [west, east] = [Math.min(...xs), Math.max(...xs)];
  const [north, south] = [Math.min(...ys), Math.max(...ys)];
  const width = Math.max(frame.width - margins.left - margins.right, 1);
  const height = Math.max(frame.height - margins.top - margins.bottom, 1);
  const scale = Math.min(width / (east - west), height / (south - north), drawing.closestScale);
  const x = margins.left + width / 2 - ((west + east) / 2) * scale;
  const y = margins.top + height / 2 - ((north + south) / 2) * scale;
  return kept({ scale, x, y }, drawing, frame);
}

/** Zooms in (`factor` above 1) or out, so that the pixel `around` stays where it is. */
export function zoomed(
  viewport: Viewport,
  factor: number,
  around: Pixel,
  drawing: Drawing,
  frame: FrameSize,
): Viewport {
  const scale = bounded(viewport.scale * factor, drawing, frame);
  const grown = scale / viewport.scale;
  const x = around.x - (around.x - viewport.x) * grown;
  const y = around.y - (around.y - viewport.y) * grown;
  return kept({ scale, x, y }, drawing, frame);
}

/** Moves the drawing by so many pixels, and never out of the frame. */
export function panned(viewport: Viewport, dx: number, dy: number, drawing: Drawing, frame: FrameSize): Viewport {
  return kept({ ...viewport, x: viewport.x + dx, y: viewport.y + dy }, drawing, frame);
}

/** A viewport on the way from one to another. @param share of the way, 0 to 1 */
export function between(from: Viewport, to: Viewport, share: number, frame: FrameSize): Viewport {
  if (share >= 1) return to;
  // Scales grow by factors, and the place in the frame's middle moves evenly.
  const scale = from.scale * (to.scale / from.scale) ** share;
  const [a, b] = [middleOf(from, frame), middleOf(to, frame)];
  return centered({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }, scale, frame);
}

/** The place of the drawing in the frame's middle. */
export function middleOf(viewport: Viewport, frame: FrameSize): Pixel {
  return {
    x: (frame.width / 2 - viewport.x) / viewport.scale,
    y: (frame.height / 2 - viewport.y) / viewport.scale,
  };
}

function centered(middle: Pixel, scale: number, frame: FrameSize): Viewport {
  return { scale, x: frame.width / 2 - middle.x * scale, y: frame.height / 2 - middle.y * scale };
}

function bounded(scale: number, drawing: Drawing, frame: FrameSize): number {
  return Math.max(Math.min(scale, drawing.closestScale), wholeDrawing(drawing, frame).scale);
}

/** The drawing's edge never comes further in than the frame's middle. */
function kept({ scale, x, y }: Viewport, drawing: Drawing, frame: FrameSize): Viewport {
  const within = (at: number, size: number, room: number) => Math.min(room / 2, Math.max(room / 2 - size * scale, at));
  return { scale, x: within(x, drawing.width, frame.width), y: within(y, drawing.height, frame.height) };
}
