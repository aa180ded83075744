import { createElement } from '../client/create-element.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { type Bar, columns, rankedBars } from './bar-chart.ts';
import { COLORS } from './chart.ts';
import { byCount, type CountsGroup, DISTANCE_BANDS, FAR_BANDS, formatCount } from './counts.ts';
import { nameOf } from './names.ts';
import type { PanelSpec } from './panel.ts';
import { countsTable, type PanelContext, spanText } from './panel-context.ts';

/** Which car they want. */
export function modelsPanel({ known }: PanelContext): PanelSpec {
  return {
    id: 'models',
    heading: messages.models,
    async load(round) {
      const { span, measure, view } = round;
      const answer = await round.countInterests(['model'], span);
      if (answer.groups.length === 0) return undefined;
      const groups = answer.groups.toSorted(byCount((group) => group[measure]));
      const caption = `${messages.measures[view.measure]}, ${spanText(round, span)}`;
      const bars = groups.map((group): Bar => {
        const count = group[measure];
        const name = nameOf('model', group.model, answer.names, known);
        return { name, count, label: formatCount(count, answer.suppressedBelow) };
      });
      return {
        nodes: [createElement('p', { class: 'note' }, caption), rankedBars(barsLabel(caption, bars), bars)],
        tables: [countsTable(`${messages.models}: ${caption}`, ['model'], answer, groups, known)],
        files: [{ what: messages.models, path: round.countsPath(['model'], span) }],
      };
    },
  };
}

/** How far the nearest store is from those who want one. */
export function bandsPanel({ known }: PanelContext): PanelSpec {
  return {
    id: 'bands',
    heading: messages.bands,
    async load(round) {
      const { span, measure, view } = round;
      const answer = await round.countInterests(['distance-band'], span);
      if (answer.groups.length === 0) return undefined;
      const byBand = new Map(answer.groups.map((group) => [group['distance-band'], group]));
      // Every band has its place, so that the picture reads as a distance; the two that are none only when they have counts.
      const bands = DISTANCE_BANDS.filter((band) => byBand.has(band) || (band !== 'none' && band !== 'unknown'));
      const caption = `${messages.measures[view.measure]}, ${spanText(round, span)}`;
      const bars = bands.map((band): Bar => {
        const group = byBand.get(band);
        const count = group === undefined ? 0 : group[measure];
        return {
          name: nameOf('distance-band', band, answer.names, known),
          count,
          label: formatCount(count, answer.suppressedBelow),
          color: FAR_BANDS.includes(band) ? COLORS.accent : band === 'unknown' ? COLORS.line : COLORS.soft,
        };
      });
      const groups: readonly CountsGroup[] = bands
        .map((band) => byBand.get(band))
        .filter((group) => group !== undefined);
      return {
        nodes: [
          createElement('p', { class: 'note' }, caption),
          createElement(
            'p',
            { class: 'keys' },
            createElement('span', { class: 'key soft' }, messages.near),
            createElement('span', { class: 'key accent' }, messages.far),
          ),
          columns(barsLabel(caption, bars), bars, messages.miles),
          createElement('p', { class: 'note' }, messages.bandsNote),
        ],
        tables: [countsTable(`${messages.bands}: ${caption}`, ['distance-band'], answer, groups, known)],
        files: [{ what: messages.bands, path: round.countsPath(['distance-band'], span) }],
      };
    },
  };
}

/** The bars in words, for those who do not see them. */
export function barsLabel(what: string, bars: readonly Bar[]): string {
  return messages.barsLabel(what, bars.map(({ name, label }) => `${name} ${label}`).join(', '));
}
