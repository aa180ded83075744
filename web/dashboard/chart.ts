import { type PlotOptions, plot } from '@observablehq/plot';
import { createElement } from '../client/create-element.ts';

/** Colours as the stylesheet has them, in light and in dark. */
export const COLORS = {
  accent: 'var(--accent)',
  soft: 'var(--soft)',
  line: 'var(--line)',
  muted: 'var(--muted)',
  text: 'var(--text)',
  surface: 'var(--surface)',
  track: 'var(--ramp-0)',
} as const;

/** The colour of a step of the scale, 0 to 6. */
export function rampColor(color: number): string {
  return `var(--ramp-${color})`;
}

/**
 * Draws with Observable Plot, under a policy that allows no style elements: Plot's own is taken out before the chart is in
 * the document; its rules are in dashboard.css.
 *
 * @param label what the picture shows, in words; the numbers are in the table behind it
 */
export function drawChart(label: string, options: PlotOptions): SVGSVGElement {
  const chart = plot({ ...options, className: 'chart', figure: false });
  if (!(chart instanceof SVGSVGElement)) throw new TypeError('the chart is no picture');
  chart.querySelector('style')?.remove();
  // Plot names its groups after its marks, which nobody needs to hear, and which no plain group may have.
  for (const group of chart.querySelectorAll('g[aria-label]')) group.removeAttribute('aria-label');
  chart.setAttribute('role', 'img');
  chart.setAttribute('aria-label', label);
  return chart;
}

/** Fired by a picture, to all that it is in, when it has been drawn. */
export const DRAWN = 'dashboard-drawn';

/** A picture that is drawn anew for the width that it is given, so that its text keeps its size. */
export function responsive(draw: (width: number) => Element): HTMLElement {
  const box = createElement('div', { class: 'picture' });
  let drawn = 0;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === 0 || width === drawn) return;
    drawn = width;
    box.replaceChildren(draw(width));
    box.dispatchEvent(new Event(DRAWN, { bubbles: true }));
  });
  observer.observe(box);
  return box;
}
