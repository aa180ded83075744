import { createButton, createElement } from '../client/create-element.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { daysOf, isDay, RANGE_PRESETS } from './day-range.ts';
import { FILTERS, type FilterName, MEASURES, type View, withFilter } from './view.ts';

/** The choices of each filter: codes with their names, in the order to show. */
export type FilterOptions = Readonly<Partial<Record<FilterName, readonly (readonly [code: string, name: string])[]>>>;

/** From this width on, the filters are open at first. */
const WIDE = '(min-width: 60rem)';

/** What narrows the view. It shows the view that it is given, and asks for another one. */
export class FilterBar {
  readonly element: HTMLElement;
  readonly #onChange: (view: View) => void;
  readonly #summary = createElement('summary');
  readonly #presets = createElement('div', { class: 'segments', role: 'group', 'aria-label': messages.range });
  readonly #measures = createElement('div', { class: 'segments', role: 'group', 'aria-label': messages.measure });
  readonly #from = createElement('input', { type: 'date', id: 'filter-from' });
  readonly #to = createElement('input', { type: 'date', id: 'filter-to' });
  readonly #selects: ReadonlyMap<FilterName, HTMLSelectElement>;
  readonly #clear: HTMLButtonElement;
  #options: FilterOptions = {};
  #view: View;
  #today = '';

  constructor(view: View, onChange: (view: View) => void) {
    this.#view = view;
    this.#onChange = onChange;
    this.#selects = new Map(FILTERS.map((name) => [name, this.#createSelect(name)]));
    this.#clear = createButton(messages.clear, 'link', () => onChange({ ...this.#view, filters: {} }));
    for (const [input, side] of [
      [this.#from, 'from'],
      [this.#to, 'to'],
    ] as const) {
      input.addEventListener('change', () => this.#changeDay(side, input.value));
    }
    for (const preset of RANGE_PRESETS) {
      this.#presets.append(segment(messages.ranges[preset], preset, () => onChange({ ...this.#view, range: preset })));
    }
    for (const measure of MEASURES) {
      this.#measures.append(segment(messages.counts[measure], measure, () => onChange({ ...this.#view, measure })));
    }
    const details = createElement(
      'details',
      { class: 'filters', open: matchMedia(WIDE).matches },
      this.#summary,
      createElement(
        'div',
        { class: 'fields' },
        labelled(messages.range, this.#presets),
        createElement('div', { class: 'days' }, field(messages.from, this.#from), field(messages.to, this.#to)),
        labelled(messages.measure, this.#measures),
        ...[...this.#selects].map(([name, select]) => field(messages.filterNames[name], select)),
        this.#clear,
      ),
    );
    // On a wide page they are always open, and their summary is not to be seen.
    matchMedia(WIDE).addEventListener('change', ({ matches }) => {
      if (matches) details.open = true;
    });
    this.element = details;
  }

  /**
   * Shows a view. What is shown already is left alone: somebody may be typing a day, or have a list open.
   * @param today UTC: what a preset ends with
   */
  show(view: View, today: string): void {
    if (view === this.#view && today === this.#today) return;
    this.#view = view;
    this.#today = today;
    const days = daysOf(view.range, today);
    this.#from.value = days.from ?? '';
    this.#to.value = days.to ?? (typeof view.range === 'string' && view.range !== 'all' ? today : '');
    press(this.#presets, typeof view.range === 'string' ? view.range : undefined);
    press(this.#measures, view.measure);
    for (const [name, select] of this.#selects) this.#fillSelect(name, select);
    const set = Object.keys(view.filters).length;
    this.#summary.textContent = messages.filtersSet(set);
    this.#clear.hidden = set === 0;
  }

  offer(options: FilterOptions): void {
    this.#options = options;
    for (const [name, select] of this.#selects) this.#fillSelect(name, select);
  }

  #createSelect(name: FilterName): HTMLSelectElement {
    const select = createElement('select', { id: `filter-${name}` });
    select.addEventListener('change', () => {
      const view = withFilter(this.#view, name, select.value === '' ? undefined : select.value);
      // A metro of another state would leave nothing to see.
      this.#onChange(name === 'state' ? withFilter(view, 'metro', undefined) : view);
    });
    return select;
  }

  #fillSelect(name: FilterName, select: HTMLSelectElement): void {
    const chosen = this.#view.filters[name] ?? '';
    const offered = this.#options[name] ?? [];
    const known = chosen === '' || offered.some(([code]) => code === chosen);
    const entries = [['', messages.any[name]] as const, ...(known ? [] : [[chosen, chosen] as const]), ...offered];
    select.replaceChildren(...entries.map(([value, label]) => createElement('option', { value }, label)));
    select.value = chosen;
  }

  #changeDay(side: 'from' | 'to', value: string): void {
    // A year that is being typed: 0002 on the way to 2026.
    if (value !== '' && !isDay(value)) return;
    const { from, to } = daysOf(this.#view.range, this.#today);
    const chosen = { from, to, [side]: value === '' ? undefined : value };
    const days = {
      ...(chosen.from !== undefined && { from: chosen.from }),
      ...(chosen.to !== undefined && { to: chosen.to }),
    };
    const backwards = days.from !== undefined && days.to !== undefined && days.from > days.to;
    // The day just chosen counts; the other one follows it.
    const range = backwards ? { from: value, to: value } : days;
    this.#onChange({ ...this.#view, range: range.from === undefined && range.to === undefined ? 'all' : range });
  }
}

function segment(label: string, value: string, onPress: () => void): HTMLElement {
  const button = createButton(label, 'segment', onPress);
  button.value = value;
  return button;
}

function press(segments: HTMLElement, value: string | undefined): void {
  for (const button of segments.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.value === value));
  }
}

function labelled(label: string, control: HTMLElement): HTMLElement {
  return createElement('div', { class: 'field' }, createElement('span', { 'aria-hidden': 'true' }, label), control);
}

function field(label: string, control: HTMLElement): HTMLElement {
  return createElement('div', { class: 'field' }, createElement('label', { for: control.id }, label), control);
}
