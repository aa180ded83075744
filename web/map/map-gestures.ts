import type { Pixel } from './viewport.ts';

/** What a hand does to a map. */
export interface MapGestures {
  onPan(dx: number, dy: number): void;
  onZoom(factor: number, around: Pixel): void;
  /** A press that was no drag. */
  onPress(at: Pixel): void;
}

/** A pointer that moves less is held still. */
const STILL_PIXELS = 4;

/**
 * Turns what pointers do on a map into movements: one drags, two drag and pinch. The page stays the person's to scroll:
 * a finger moved up or down scrolls it (the style sheet's `touch-action: pan-y`), and so does the wheel, which zooms
 * only with Ctrl, as a touchpad's pinch comes.
 */
export function listenToGestures(frame: HTMLElement, gestures: MapGestures): void {
  const pointers = new Map<number, Pixel>();
  let dragged = false;
  const pixelOf = (event: MouseEvent): Pixel => {
    const { left, top } = frame.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  frame.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || isControl(event)) return;
    if (pointers.size === 0) dragged = false;
    pointers.set(event.pointerId, pixelOf(event));
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = pixelOf(event);
    const step = { x: now.x - before.x, y: now.y - before.y };
    if (!dragged && pointers.size === 1 && Math.hypot(step.x, step.y) < STILL_PIXELS) return;
    dragged = true;
    pointers.set(event.pointerId, now);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) {
      gestures.onPan(step.x, step.y);
      return;
    }
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const wasApart = Math.hypot(before.x - other.x, before.y - other.y);
    const isApart = Math.hypot(now.x - other.x, now.y - other.y);
    gestures.onPan(step.x / 2, step.y / 2);
    if (wasApart > 0 && isApart > 0) gestures.onZoom(isApart / wasApart, middle);
  });
  frame.addEventListener('pointerup', (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (!dragged && pointers.size === 0) gestures.onPress(pixelOf(event));
  });
  frame.addEventListener('pointercancel', (event) => pointers.delete(event.pointerId));
  // Two fingers are for the map alone, whichever way they move.
  frame.addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    },
    { passive: false },
  );
  frame.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      gestures.onZoom(Math.exp(-event.deltaY / 100), pixelOf(event));
    },
    { passive: false },
  );
}

function isControl(event: Event): boolean {
  return event.composedPath().some((target) => target instanceof HTMLButtonElement);
}
