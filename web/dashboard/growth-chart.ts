import { areaY, axisX, axisY, gridY, lineY, pointerX, rectY, ruleX, ruleY, tip } from '@observablehq/plot';
import { COLORS, drawChart, responsive } from './chart.ts';
import { nextPeriod, type Period, startOf } from './day-range.ts';
import type { GrowthPoint } from './growth-series.ts';

const whole = new Intl.NumberFormat('en-US');
const compact = new Intl.NumberFormat('en-US', { notation: 'compact' });

/** What stands at the end of each period, as a line over its area. */
export function standingChart(label: string, points: readonly GrowthPoint[], period: Period): HTMLElement {
  const told = points.map((point) => ({ ...point, end: startOf(nextPeriod(point.key, period)) }));
  const x = { x: 'end' as const, y: 'standing' as const };
  const most = Math.max(...points.map(({ standing }) => standing ?? 0));
  return responsive((width) =>
    drawChart(label, {
      ...frame(width, 250),
      marks: [
        ...axes(width, most),
        areaY(told, { ...x, fill: COLORS.soft }),
        lineY(told, { ...x, stroke: COLORS.accent, strokeWidth: 2.5 }),
        ruleX(told, pointerX({ x: 'end', stroke: COLORS.muted, ariaHidden: 'true' })),
        tip(
          told,
          pointerX({ ...x, title: ({ key, standing }: GrowthPoint) => `${key}\n${numeral(standing)} active`, ...TIP }),
        ),
      ],
    }),
  );
}

/** Submitted and confirmed of each period: one bar in front of the other, as none is confirmed that was not submitted. */
export function eventsChart(label: string, points: readonly GrowthPoint[], period: Period): HTMLElement {
  const bars = points.map((point) => ({ ...point, end: startOf(nextPeriod(point.key, period)) }));
  const x = { x1: 'start' as const, x2: 'end' as const };
  const most = Math.max(...points.map(({ submitted, confirmed }) => Math.max(submitted ?? 0, confirmed ?? 0)));
  const inset = points.length > 60 ? 0.5 : 1.5;
  return responsive((width) =>
    drawChart(label, {
      ...frame(width, 230),
      marks: [
        ...axes(width, most),
        rectY(bars, { ...x, y: 'submitted', fill: COLORS.soft, insetLeft: inset, insetRight: inset }),
        rectY(bars, { ...x, y: 'confirmed', fill: COLORS.accent, insetLeft: inset * 2.5, insetRight: inset * 2.5 }),
        ruleY([0], { stroke: COLORS.line }),
        tip(
          bars,
          pointerX({
            ...x,
            y: 'submitted',
            title: ({ key, submitted, confirmed }: GrowthPoint) =>
              `${key}\n${numeral(submitted)} submitted\n${numeral(confirmed)} confirmed`,
            ...TIP,
          }),
        ),
      ],
    }),
  );
}

const TIP = {
  fill: COLORS.surface,
  stroke: COLORS.muted,
  fontSize: 13,
  lineHeight: 1.35,
  textPadding: 10,
  ariaHidden: 'true',
} as const;

function frame(width: number, height: number) {
  return {
    width,
    height,
    marginLeft: 44,
    marginRight: 8,
    marginTop: 12,
    marginBottom: 40,
    x: { type: 'utc' as const },
  };
}

function axes(width: number, most: number) {
  // People are whole: no line between one and two of them.
  const ticks = Math.min(4, Math.max(1, most));
  return [
    gridY({ stroke: COLORS.line, strokeOpacity: 1, ticks }),
    axisY({
      ticks,
      tickSize: 0,
      label: null,
      color: COLORS.muted,
      tickFormat: (count: number) => compact.format(count),
    }),
    axisX({ ticks: Math.max(2, Math.floor(width / 90)), tickSize: 0, label: null, color: COLORS.muted }),
  ];
}

function numeral(count: number | null): string {
  return count === null ? 'too few to tell' : whole.format(count);
}
