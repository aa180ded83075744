import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spreadPins } from '../../web/map/spread-pins.ts';
import { between, framing, middleOf, type Pixel, panned, wholeDrawing, zoomed } from '../../web/map/viewport.ts';

const DRAWING = { width: 975, height: 610, closestScale: 15 };
const MARGINS = { top: 20, right: 70, bottom: 40, left: 20 };
const frames = fc.record({ width: fc.integer({ min: 240, max: 1_400 }), height: fc.integer({ min: 180, max: 1_000 }) });
const places = fc.array(
  fc.record({ x: fc.double({ min: 0, max: 975, noNaN: true }), y: fc.double({ min: 0, max: 610, noNaN: true }) }),
  { minLength: 1, maxLength: 11 },
);
const pixelOf = ({ x, y }: Pixel, viewport: { scale: number; x: number; y: number }) => ({
  x: x * viewport.scale + viewport.x,
  y: y * viewport.scale + viewport.y,
});

describe('the part of the drawing in the frame', () => {
  test('holds every place that it is to show, within the frame', () => {
    fc.assert(
      fc.property(places, frames, (shown, frame) => {
        const viewport = framing(shown, MARGINS, DRAWING, frame);
        for (const place of shown) {
          const { x, y } = pixelOf(place, viewport);
          expect(x).toBeGreaterThanOrEqual(-1e-6);
          expect(y).toBeGreaterThanOrEqual(-1e-6);
          expect(x).toBeLessThanOrEqual(frame.width + 1e-6);
          expect(y).toBeLessThanOrEqual(frame.height + 1e-6);
        }
      }),
    );
  });

  test('is no closer than the drawing bears, and after zooming no further than the whole of it', () => {
    fc.assert(
      fc.property(places, frames, fc.double({ min: 0.01, max: 100, noNaN: true }), (shown, frame, factor) => {
        const whole = wholeDrawing(DRAWING, frame);
        const framed = framing(shown, MARGINS, DRAWING, frame);
        const further = zoomed(framed, factor, { x: 5, y: 5 }, DRAWING, frame);
        for (const { scale } of [framed, further]) expect(scale).toBeLessThanOrEqual(15);
        expect(further.scale).toBeGreaterThanOrEqual(whole.scale);
      }),
    );
  });

  test('never leaves the frame’s middle without a drawing, however far it is dragged', () => {
    const far = fc.double({ min: -1e5, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(places, frames, far, far, (shown, frame, dx, dy) => {
        const { x, y } = middleOf(panned(framing(shown, MARGINS, DRAWING, frame), dx, dy, DRAWING, frame), frame);
        expect(x).toBeGreaterThanOrEqual(-1e-6);
        expect(x).toBeLessThanOrEqual(975 + 1e-6);
        expect(y).toBeGreaterThanOrEqual(-1e-6);
        expect(y).toBeLessThanOrEqual(610 + 1e-6);
      }),
    );
  });

  test('keeps the place under the fingers while it zooms', () => {
    const frame = { width: 600, height: 600 };
    const from = framing(
      [
        { x: 300, y: 300 },
        { x: 500, y: 400 },
      ],
      MARGINS,
      DRAWING,
      frame,
    );
    const around = { x: 200, y: 310 };
    const before = { x: (around.x - from.x) / from.scale, y: (around.y - from.y) / from.scale };
    const to = zoomed(from, 2, around, DRAWING, frame);
    expect(pixelOf(before, to).x).toBeCloseTo(around.x, 6);
    expect(pixelOf(before, to).y).toBeCloseTo(around.y, 6);
  });

  test('starts and ends a movement where it was told to', () => {
    const frame = { width: 600, height: 400 };
    const from = wholeDrawing(DRAWING, frame);
    const to = framing([{ x: 800, y: 500 }], MARGINS, DRAWING, frame);
    expect(between(from, to, 1, frame)).toEqual(to);
    expect(between(from, to, 0, frame).scale).toBeCloseTo(from.scale, 9);
    expect(between(from, to, 0, frame).x).toBeCloseTo(from.x, 6);
  });
});

describe('pins', () => {
  const FRAME = { width: 280, height: 210 };
  const near = fc.array(fc.record({ x: fc.integer({ min: 0, max: 280 }), y: fc.integer({ min: 0, max: 210 }) }), {
    minLength: 1,
    maxLength: 10,
  });

  test('never cover one another, and never leave the frame', () => {
    fc.assert(
      fc.property(fc.oneof(near, fc.constant(Array.from({ length: 10 }, () => ({ x: 140, y: 100 })))), (pins) => {
        const spread = spreadPins(pins, 30, FRAME);
        for (const [index, a] of spread.entries()) {
          expect(a.x >= 15 && a.y >= 15 && a.x <= 265 && a.y <= 195).toBe(true);
          for (const b of spread.slice(index + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(29.99);
        }
      }),
    );
  });

  test('stay at their own place while it is free, the nearest store first', () => {
    const pins = [
      { x: 100, y: 100 },
      { x: 100, y: 100 },
      { x: 200, y: 50 },
    ];
    const spread = spreadPins(pins, 30, FRAME);
    expect(spread[0]).toEqual(pins[0]);
    expect(spread[1]).not.toEqual(pins[1]);
    expect(spread[2]).toEqual(pins[2]);
  });

  test('outside of the frame stay outside: a store that is not in sight is not shown at the edge', () => {
    expect(spreadPins([{ x: -500, y: 100 }], 30, FRAME)).toEqual([{ x: -500, y: 100 }]);
  });
});
