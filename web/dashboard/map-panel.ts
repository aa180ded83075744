import { createButton, createElement } from '../client/create-element.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { rankedBars } from './bar-chart.ts';
import { type ColorStep, colorOf, colorSteps, stepOf } from './color-steps.ts';
import { byCount, type Count, type CountsGroup, formatCount, type InterestCounts } from './counts.ts';
import { nameOf } from './names.ts';
import type { PanelContent, PanelSpec } from './panel.ts';
import { countsTable, type PanelContext, spanText } from './panel-context.ts';
import { countyShapes, metroShapes, type Shapes, stateShapes } from './shape-files.ts';
import { usMap } from './us-map.ts';
import { AREAS, type Area, type View, withFilter } from './view.ts';

/** What the map colours. */
type MapKey = 'state' | Area;

/** Territories are on no Albers map: they have a place beside it, counts or none. */
const TERRITORIES: readonly string[] = ['PR', 'GU', 'VI'];
/** So many places are listed where there is no map. */
const MOST_LISTED = 15;

/** The map: states, or a state's counties or metro areas. */
export function mapPanel(context: PanelContext): PanelSpec {
  return {
    id: 'map',
    heading: messages.map,
    async load(round) {
      const { view, span, measure } = round;
      const { state } = view.filters;
      const key: MapKey = state === undefined ? 'state' : view.area;
      const [answer, shapes] = await Promise.all([
        round.countInterests([key], span),
        state === undefined ? context.states().then(stateShapes) : areaShapes(context, state, view),
      ]);
      const named = withShapeNames(answer, key, shapes);
      const groups = answer.groups.toSorted(byCount((group) => group[measure]));
      const map: MapCounts = { view, key, answer: named, groups, shapes, countOf: (group) => group[measure] };
      const caption = captionOf(map, context, spanText(round, span));
      return {
        nodes: [
          ...pathTo(view, context),
          createElement('p', { class: 'note' }, caption),
          ...mapNodes(map, context, caption),
        ],
        tables: [countsTable(caption, [key], named, groups, context.known)],
        files: [{ what: `${messages.map}: ${messages.keys[key]}`, path: round.countsPath([key], span) }],
      } satisfies PanelContent;
    },
  };
}

/** The shapes have names too, for codes that the API names none of. */
function withShapeNames(answer: InterestCounts, key: MapKey, shapes: Shapes | undefined): InterestCounts {
  const ofShapes = Object.fromEntries((shapes?.shapes ?? []).map(({ code, name }) => [code, name]));
  return { ...answer, names: { ...answer.names, [key]: { ...ofShapes, ...answer.names[key] } } };
}

interface MapCounts {
  readonly view: View;
  readonly key: MapKey;
  readonly answer: InterestCounts;
  readonly groups: readonly CountsGroup[];
  readonly shapes: Shapes | undefined;
  countOf(group: CountsGroup): Count;
}

async function areaShapes(context: PanelContext, state: string, { area }: View): Promise<Shapes | undefined> {
  const file = await context.counties(state);
  if (file === undefined) return undefined;
  return area === 'metro' ? metroShapes(file) : countyShapes(file);
}

function captionOf({ view, key }: MapCounts, { known }: PanelContext, span: string): string {
  const { state } = view.filters;
  const measure = messages.measures[view.measure];
  if (state === undefined) return messages.mapNational(measure, span);
  return messages.mapState(measure, messages.keys[key].toLowerCase(), known.states[state] ?? state, span);
}

/** The way back from a state or a metro, and what the state is divided by. */
function pathTo(view: View, { navigate, known }: PanelContext): HTMLElement[] {
  const { state, metro } = view.filters;
  if (state === undefined) return [];
  const all = withFilter(withFilter(view, 'metro', undefined), 'state', undefined);
  const place = known.states[state] ?? state;
  const steps = [
    pathButton(messages.country, () => navigate(all)),
    ...(metro === undefined
      ? [place]
      : [pathButton(place, () => navigate(withFilter(view, 'metro', undefined))), metro]),
  ];
  const path = createElement(
    'nav',
    { class: 'path', 'aria-label': messages.path },
    createElement('ol', {}, ...steps.map((step) => createElement('li', {}, step))),
  );
  const areas = createElement(
    'div',
    { class: 'segments', role: 'group', 'aria-label': messages.divide },
    ...AREAS.map((area) => {
      const button = createButton(messages.areas[area], 'segment', () => navigate({ ...view, area }));
      button.setAttribute('aria-pressed', String(view.area === area));
      button.setAttribute('data-focus', `area-${area}`);
      return button;
    }),
  );
  return [createElement('div', { class: 'map-top' }, path, areas)];
}

function pathButton(label: string, onPress: () => void): HTMLElement {
  const button = createButton(label, 'link', onPress);
  button.setAttribute('data-focus', `path-${label}`);
  return button;
}

function mapNodes(map: MapCounts, context: PanelContext, caption: string): HTMLElement[] {
  const { view, key, answer, groups, shapes, countOf } = map;
  const { navigate, known } = context;
  const { suppressedBelow } = answer;
  const nameOfGroup = (group: CountsGroup) => nameOf(key, group[key], answer.names, known);
  const { state } = view.filters;
  if (shapes === undefined) {
    const name = state === undefined ? '' : (known.states[state] ?? state);
    const bars = groups.slice(0, MOST_LISTED).map((group) => ({
      name: nameOfGroup(group),
      count: countOf(group),
      label: formatCount(countOf(group), suppressedBelow),
    }));
    const label = messages.barsLabel(caption, bars.map((bar) => `${bar.name} ${bar.label}`).join(', '));
    return [createElement('p', { class: 'note' }, messages.noShapes(name)), rankedBars(label, bars)];
  }
  const byCode = new Map(groups.map((group) => [group[key] ?? '', group]));
  const drawn = new Set(shapes.shapes.map(({ code }) => code));
  const steps = colorSteps(groups.map(countOf));
  const empty = groups.every((group) => countOf(group) === 0);
  const lookAt = (code: string): { count: Count; color: number | undefined } => {
    const group = byCode.get(code);
    const count = group === undefined ? 0 : countOf(group);
    const step = stepOf(count, steps);
    return { count, color: step === undefined ? undefined : colorOf(step, steps) };
  };
  const wordsOf = (name: string, code: string) =>
    messages.place(name, formatCount(lookAt(code).count, suppressedBelow));
  const onPress =
    key === 'state'
      ? (code: string) => navigate(withFilter(view, 'state', code))
      : key === 'metro'
        ? (code: string) => navigate(withFilter(view, 'metro', code))
        : undefined;
  const picture = usMap({
    label: mapLabel(map, context),
    shapes: shapes.shapes.map((shape) => ({
      ...shape,
      words: wordsOf(nameOf(key, shape.code, answer.names, known), shape.code),
      color: lookAt(shape.code).color,
    })),
    borders: shapes.borders,
    background: shapes.background,
    hint: empty ? messages.empty : key === 'state' ? messages.mapPressHint : messages.mapHint,
    onPress,
  });
  const others = [
    ...(key === 'state' ? TERRITORIES : []),
    ...groups
      .map((group) => group[key] ?? '')
      .filter((code) => !drawn.has(code) && !(key === 'state' && TERRITORIES.includes(code))),
  ];
  const boxes = others.map((code) => {
    const { count, color } = lookAt(code);
    return elsewhereBox({
      name: nameOf(key, code, answer.names, known),
      count: formatCount(count, suppressedBelow),
      color: code === 'unknown' ? undefined : color,
      code,
      onPress: code === 'unknown' ? undefined : onPress,
    });
  });
  return [
    picture,
    createElement(
      'div',
      { class: 'map-foot' },
      legendOf(empty ? [] : steps, suppressedBelow),
      ...(boxes.length === 0
        ? []
        : [createElement('ul', { class: 'elsewhere', 'aria-label': messages.elsewhere }, ...boxes)]),
    ),
  ];
}

function mapLabel({ view, key }: MapCounts, { known }: PanelContext): string {
  const { state } = view.filters;
  const measure = messages.measures[view.measure];
  if (state === undefined) return messages.mapLabel(measure);
  return messages.mapStateLabel(measure, messages.keys[key].toLowerCase(), known.states[state] ?? state);
}

function elsewhereBox(box: {
  readonly name: string;
  readonly count: string;
  readonly color: number | undefined;
  readonly code: string;
  readonly onPress: ((code: string) => void) | undefined;
}): HTMLElement {
  const { name, count, color, code, onPress } = box;
  const swatch = createElement('span', { class: `swatch ${color === undefined ? 'plain' : `ramp-${color}`}` });
  const words = [swatch, `${name} `, createElement('b', {}, count)];
  if (onPress === undefined) return createElement('li', {}, createElement('span', { class: 'box' }, ...words));
  const button = createElement('button', { type: 'button', class: 'box', 'data-focus': `map-${code}` }, ...words);
  button.addEventListener('click', () => onPress(code));
  return createElement('li', {}, button);
}

function legendOf(steps: readonly ColorStep[], suppressedBelow: number | null): HTMLElement {
  const entry = (className: string, words: string) =>
    createElement('li', {}, createElement('span', { class: `swatch ${className}` }), words);
  return createElement(
    'ul',
    { class: 'legend', 'aria-label': messages.legend },
    entry('ramp-0', messages.legendNone),
    ...(suppressedBelow ? [entry('hidden', `< ${suppressedBelow}`)] : []),
    ...steps.map(({ from, to }, index) =>
      entry(
        `ramp-${colorOf(index + 1, steps)}`,
        to === undefined ? `${from}+` : to === from ? String(from) : `${from}–${to}`,
      ),
    ),
  );
}
