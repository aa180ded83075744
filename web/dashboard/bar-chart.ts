import { axisX, barX, barY, ruleY, text } from '@observablehq/plot';
import { COLORS, drawChart, responsive } from './chart.ts';
import type { Count } from './counts.ts';

export interface Bar {
  readonly name: string;
  readonly count: Count;
  /** The count as it is written. */
  readonly label: string;
  /** The accent, when absent. */
  readonly color?: string;
}

export interface StackedBar {
  readonly name: string;
  readonly label: string;
  /** In the order of the colours. */
  readonly parts: readonly Count[];
}

const ROW_HEIGHT = 44;
const BAR_HEIGHT = 8;
/** About the width of a letter, to cut names where the numbers begin. */
const LETTER_WIDTH = 7.2;
/** Columns narrower than this have no room for their names. */
const NARROW = 480;

/** Part of a row's bar. */
interface Segment {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

/**
 * Bars below each other, each under its name: long names have room at any width.
 *
 * @param bars whenever they are drawn for another width, where their names depend on it
 */
export function rankedBars(label: string, bars: readonly Bar[] | (() => readonly Bar[])): HTMLElement {
  return responsive((width) => drawRanked(label, typeof bars === 'function' ? bars() : bars, width));
}

/** Ranked bars made of parts. @param colors of the parts */
export function stackedBars(label: string, bars: readonly StackedBar[], colors: readonly string[]): HTMLElement {
  const segments = bars.flatMap(({ parts }, row) => {
    let from = 0;
    return parts.map((count, index): Segment => {
      const segment = { row, from, to: from + (count ?? 0), color: colors[index] ?? COLORS.accent };
      from = segment.to;
      return segment;
    });
  });
  return responsive((width) => drawRows(label, bars, segments, width));
}

/** Bars beside each other in an order of their own; below each other where there is no room. @param unit of the names */
export function columns(label: string, bars: readonly Bar[], unit: string): HTMLElement {
  return responsive((width) => {
    if (width >= NARROW) return drawColumns(label, bars, unit, width);
    return drawRanked(
      label,
      bars.map((bar) => ({ ...bar, name: `${bar.name} ${unit}` })),
      width,
    );
  });
}

function drawRanked(label: string, bars: readonly Bar[], width: number): SVGSVGElement {
  const segments = bars.map(
    ({ count, color = COLORS.accent }, row): Segment => ({ row, from: 0, to: count ?? 0, color }),
  );
  return drawRows(label, bars, segments, width);
}

function drawRows(
  label: string,
  rows: readonly { readonly name: string; readonly label: string }[],
  segments: readonly Segment[],
  width: number,
): SVGSVGElement {
  const largest = Math.max(1, ...segments.map(({ to }) => to));
  const bar = {
    y: 'row',
    insetTop: ROW_HEIGHT / 2 + 4,
    insetBottom: ROW_HEIGHT / 2 - 4 - BAR_HEIGHT,
    rx: 2,
  } as const;
  const words = { y: (_: unknown, index: number) => index, dy: -6, fill: COLORS.text };
  return drawChart(label, {
    width,
    height: Math.max(1, rows.length) * ROW_HEIGHT,
    margin: 0,
    x: { axis: null, domain: [0, largest], range: [0, width] },
    y: { axis: null, domain: rows.map((_, index) => index), padding: 0 },
    marks: [
      barX(rows, { ...bar, y: words.y, x1: 0, x2: () => largest, fill: COLORS.track }),
      barX(segments, { ...bar, x1: 'from', x2: 'to', fill: 'color' }),
      text(rows, {
        ...words,
        text: ({ name, label }) => shorten(name, width, label.length),
        frameAnchor: 'left',
        textAnchor: 'start',
      }),
      text(rows, { ...words, text: 'label', frameAnchor: 'right', textAnchor: 'end', fontWeight: 600 }),
    ],
  });
}

function drawColumns(label: string, bars: readonly Bar[], unit: string, width: number): SVGSVGElement {
  const rows = bars.map((bar) => ({ ...bar, height: bar.count ?? 0, color: bar.color ?? COLORS.accent }));
  return drawChart(label, {
    width,
    height: 272,
    marginLeft: 0,
    marginRight: 0,
    marginTop: 24,
    marginBottom: 52,
    x: { domain: rows.map(({ name }) => name), padding: 0.24 },
    y: { axis: null, domain: [0, Math.max(1, ...rows.map(({ height }) => height))] },
    marks: [
      barY(rows, { x: 'name', y: 'height', fill: 'color', rx: 2 }),
      text(rows, { x: 'name', y: 'height', text: 'label', dy: -9, fill: COLORS.text, fontWeight: 600 }),
      axisX({
        tickSize: 0,
        label: unit,
        labelArrow: 'none',
        labelAnchor: 'center',
        labelOffset: 42,
        color: COLORS.muted,
      }),
      ruleY([0], { stroke: COLORS.line }),
    ],
  });
}

function shorten(name: string, width: number, numberLetters: number): string {
  const letters = Math.floor(width / LETTER_WIDTH) - numberLetters - 2;
  return name.length <= letters ? name : `${name.slice(0, Math.max(1, letters - 1)).trimEnd()}…`;
}
