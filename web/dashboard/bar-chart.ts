import { axisX, barX, barY, ruleX, ruleY, text } from '@observablehq/plot';
import { COLORS, drawChart, responsive } from './chart.ts';
import type { Count } from './counts.ts';

export interface Bar {
  readonly name: string;
  readonly count: Count;
  /** The count as it is written. */
  readonly label: string;
}

const ROW_HEIGHT = 44;
const BAR_HEIGHT = 10;
/** About the width of a letter, to cut names where the numbers begin. */
const LETTER_WIDTH = 7.2;

/** Bars below each other, each under its name: long names have room at any width. */
export function rankedBars(label: string, bars: readonly Bar[], color: string = COLORS.accent): HTMLElement {
  const largest = Math.max(1, ...bars.map(({ count }) => count ?? 0));
  const rows = bars.map((bar, index) => ({ ...bar, row: index, length: bar.count ?? 0 }));
  return responsive((width) =>
    drawChart(label, {
      width,
      height: Math.max(1, rows.length) * ROW_HEIGHT,
      marginLeft: 0,
      marginRight: 0,
      marginTop: 0,
      marginBottom: 0,
      x: { axis: null, domain: [0, largest], range: [0, width] },
      y: { axis: null, domain: rows.map(({ row }) => row), padding: 0 },
      marks: [
        barX(
          rows,
          track(color === COLORS.accent ? COLORS.line : COLORS.line, () => largest),
        ),
        barX(
          rows,
          track(color, ({ length }) => length),
        ),
        text(rows, {
          y: 'row',
          text: ({ name, label }) => shorten(name, width, label.length),
          frameAnchor: 'left',
          textAnchor: 'start',
          dy: -6,
          fill: COLORS.text,
        }),
        text(rows, {
          y: 'row',
          text: 'label',
          frameAnchor: 'right',
          textAnchor: 'end',
          dy: -6,
          fill: COLORS.text,
          fontWeight: 600,
        }),
      ],
    }),
  );
}

type Row = Bar & { readonly row: number; readonly length: number };

function track(fill: string, length: (row: Row) => number) {
  return {
    x1: 0,
    x2: length,
    y: 'row',
    fill,
    insetTop: ROW_HEIGHT / 2 + 4,
    insetBottom: ROW_HEIGHT / 2 - 4 - BAR_HEIGHT,
    rx: 2,
  };
}

function shorten(name: string, width: number, numberLetters: number): string {
  const letters = Math.floor(width / LETTER_WIDTH) - numberLetters - 2;
  return name.length <= letters ? name : `${name.slice(0, Math.max(1, letters - 1)).trimEnd()}…`;
}

/** Bars beside each other in an order of their own. @param colorOf by the bar's index */
export function columns(
  label: string,
  bars: readonly Bar[],
  axisLabel: string,
  colorOf: (index: number) => string,
): HTMLElement {
  const rows = bars.map((bar, index) => ({ ...bar, length: bar.count ?? 0, color: colorOf(index) }));
  return responsive((width) =>
    drawChart(label, {
      width,
      height: 260,
      marginLeft: 0,
      marginRight: 0,
      marginTop: 24,
      marginBottom: 44,
      x: { domain: rows.map(({ name }) => name), padding: 0.24, label: axisLabel },
      y: { axis: null, domain: [0, Math.max(1, ...rows.map(({ length }) => length))] },
      marks: [
        barY(rows, { x: 'name', y: 'length', fill: 'color', rx: 2 }),
        text(rows, { x: 'name', y: 'length', text: 'label', dy: -9, fill: COLORS.text, fontWeight: 600 }),
        axisX({
          tickSize: 0,
          label: axisLabel,
          labelArrow: 'none',
          labelAnchor: 'center',
          labelOffset: 40,
          color: COLORS.muted,
          ...(width < 480 && { tickRotate: -32, textAnchor: 'end' as const }),
        }),
        ruleY([0], { stroke: COLORS.line }),
      ],
    }),
  );
}

export interface StackedBar {
  readonly name: string;
  readonly label: string;
  /** In the order of `colors`. */
  readonly parts: readonly Count[];
}

/** Ranked bars made of parts. */
export function stackedBars(label: string, bars: readonly StackedBar[], colors: readonly string[]): HTMLElement {
  const rows = bars.map((bar, row) => ({ ...bar, row }));
  const parts = rows.flatMap(({ row, parts: counts }) => {
    let start = 0;
    return counts.map((count, index) => {
      const x1 = start;
      start += count ?? 0;
      return { row, x1, x2: start, color: colors[index] ?? COLORS.accent };
    });
  });
  const largest = Math.max(1, ...parts.map(({ x2 }) => x2));
  return responsive((width) =>
    drawChart(label, {
      width,
      height: Math.max(1, rows.length) * ROW_HEIGHT,
      marginLeft: 0,
      marginRight: 0,
      marginTop: 0,
      marginBottom: 0,
      x: { axis: null, domain: [0, largest], range: [0, width] },
      y: { axis: null, domain: rows.map(({ row }) => row), padding: 0 },
      marks: [
        barX(parts, {
          x1: 'x1',
          x2: 'x2',
          y: 'row',
          fill: 'color',
          insetTop: ROW_HEIGHT / 2 + 4,
          insetBottom: ROW_HEIGHT / 2 - 4 - BAR_HEIGHT,
          insetRight: 1,
        }),
        text(rows, {
          y: 'row',
          text: ({ name, label }) => shorten(name, width, label.length),
          frameAnchor: 'left',
          textAnchor: 'start',
          dy: -6,
          fill: COLORS.text,
        }),
        text(rows, {
          y: 'row',
          text: 'label',
          frameAnchor: 'right',
          textAnchor: 'end',
          dy: -6,
          fill: COLORS.text,
          fontWeight: 600,
        }),
        ruleX([]),
      ],
    }),
  );
}
