/** A place on a grid of whole numbers. */
export type GridPoint = readonly [x: number, y: number];

/** Between two lines. */
const END_OF_LINE = '!';
/** Before a step that is too wide for one character. */
const WIDE = '#';
const FIRST = 48;
/** Steps of ±21 take one character, of which gzip makes about five bits. */
const NARROW = 44;
/** Wider ones, up to ±4,049, take two digits after the sign. */
const DIGIT = 90;
const FIRST_DIGIT = 36;

/**
 * Lines as a text of printable characters, made for gzip: a third smaller than the same lines as an SVG path. Every line
 * starts from the grid's origin; from there on each point is the step from the one before. All steps to the right come
 * first, then all steps down: steps of a kind are more alike.
 */
export function encodeLines(lines: readonly (readonly GridPoint[])[]): string {
  const along = (axis: 0 | 1) =>
    lines.map((line) => line.map((point, at) => encodeStep(point[axis] - (line[at - 1]?.[axis] ?? 0))).join(''));
  return [...along(0), ...along(1)].join(END_OF_LINE);
}

/** The lines that `encodeLines` wrote. */
export function decodeLines(text: string): readonly (readonly GridPoint[])[] {
  return stepsOf(text).map((steps) => {
    let [x, y] = [0, 0];
    return steps.map(([dx, dy]): GridPoint => {
      x += dx;
      y += dy;
      return [x, y];
    });
  });
}

/** Lines that `encodeLines` wrote as an SVG path, on the grid: it takes steps as they are. */
export function pathOf(text: string): string {
  return stepsOf(text)
    .map(([start, ...steps]) => `M${start}l${steps.join(' ')}`)
    .join('');
}

function stepsOf(text: string): readonly (readonly GridPoint[])[] {
  const axes = text.split(END_OF_LINE).map(decodeSteps);
  const count = axes.length / 2;
  return axes.slice(0, count).map((along, line) => along.map((dx, at) => [dx, axes[count + line]?.[at] ?? 0]));
}

function decodeSteps(text: string): readonly number[] {
  const steps: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    let code = text.charCodeAt(at) - FIRST;
    if (text[at] === WIDE) {
      code = text.charCodeAt(at + 1) - FIRST_DIGIT + DIGIT * (text.charCodeAt(at + 2) - FIRST_DIGIT);
      at += 2;
    }
    steps.push(code % 2 === 0 ? code / 2 : -(code + 1) / 2);
  }
  return steps;
}

/** @throws RangeError when a step is wider than a grid of this kind can be */
function encodeStep(step: number): string {
  const code = step < 0 ? -2 * step - 1 : 2 * step;
  if (code >= DIGIT ** 2 || !Number.isInteger(step)) throw new RangeError(`a step of ${step} cannot be written`);
  if (code < NARROW) return String.fromCharCode(FIRST + code);
  return WIDE + String.fromCharCode(FIRST_DIGIT + (code % DIGIT), FIRST_DIGIT + Math.floor(code / DIGIT));
}
