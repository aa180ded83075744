import type { DashboardConfig } from '../../shared/contract/dashboard-config.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { bandsPanel, modelsPanel } from './breakdown-panels.ts';
import type { DashboardClient } from './dashboard-client.ts';
import { dayOf } from './day-range.ts';
import { FilterBar } from './filter-bar.ts';
import { growthPanel } from './growth-panel.ts';
import { headlinePanel } from './headline-panel.ts';
import { LoadRound } from './load-round.ts';
import { mapPanel } from './map-panel.ts';
import { SessionEnded } from './oidc-session.ts';
import { Panel, type PanelSpec } from './panel.ts';
import type { PanelContext } from './panel-context.ts';
import { fetchFilterOptions, ShapeStore } from './reference-data.ts';
import { storesPanel } from './stores-panel.ts';
import { unservedPanel } from './unserved-panel.ts';
import { readView, type View, writeView } from './view.ts';

/** What ends the dashboard. */
export interface DashboardHost {
  onSessionEnded(): void;
  /** The API refuses whoever is signed in: the scope is missing. */
  onDenied(): void;
}

/** So often the counts are fetched anew while somebody looks. */
const REFRESH_MILLISECONDS = 60_000;

/** The pictures, their filters, and the time that they are of. */
export class Dashboard {
  /** The page's content. */
  readonly element: HTMLElement;
  /** What goes into the page's header. */
  readonly status: HTMLElement;
  readonly #client: DashboardClient;
  readonly #host: DashboardHost;
  readonly #bar: FilterBar;
  readonly #panels: readonly Panel[];
  readonly #asOf = createElement('span', { class: 'as-of' }, messages.asOfUnknown);
  readonly #refresh = createButton(messages.refresh, 'link', () => this.#load());
  readonly #notice = createElement('div', { class: 'notice', role: 'status' });
  readonly #definitions = createElement('dl');
  readonly #shapes = new ShapeStore();
  readonly #stop = new AbortController();
  readonly #known = { states: {} as Record<string, string>, models: {} as Record<string, string> };
  #view = readView(location.search);
  #round: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #loadedAtMilliseconds = 0;

  constructor(config: DashboardConfig, client: DashboardClient, host: DashboardHost) {
    this.#client = client;
    this.#host = host;
    this.#bar = new FilterBar(this.#view, (view) => this.#navigate(view));
    const context: PanelContext = {
      known: this.#known,
      states: () => this.#shapes.states(),
      counties: (state) => this.#shapes.counties(state),
      navigate: (view) => this.#navigate(view),
    };
    const specs: PanelSpec[] = [
      headlinePanel,
      mapPanel(context),
      growthPanel,
      modelsPanel(context),
      bandsPanel(context),
      storesPanel(context, { leadsScope: config.scopes.leads, accessEmail: config.accessEmail }),
      unservedPanel(context),
    ];
    this.#panels = specs.map((spec) => new Panel(spec, { client, ...this.#ending() }));
    this.status = createElement('div', { class: 'freshness' }, this.#asOf, this.#refresh);
    this.element = createElement(
      'div',
      { class: 'dashboard' },
      createElement('h1', { tabindex: '-1' }, messages.title),
      this.#bar.element,
      this.#notice,
      createElement('div', { class: 'panels' }, ...this.#panels.map(({ element }) => element)),
      createElement(
        'details',
        { class: 'definitions' },
        createElement('summary', {}, messages.definitions),
        this.#definitions,
      ),
    );
  }

  /** Names first, since pictures show them; then the counts, again and again. */
  async start(): Promise<void> {
    const { signal } = this.#stop;
    addEventListener('popstate', () => this.#show(readView(location.search)), { signal });
    document.addEventListener('visibilitychange', () => this.#watch(), { signal });
    const [states, models] = await Promise.all([
      this.#shapes.states().catch(ignoreFailure),
      this.#client.nameModels(signal).catch(ignoreFailure),
    ]);
    // Without names there are codes, which are as true.
    Object.assign(this.#known.states, states?.names);
    Object.assign(this.#known.models, models);
    if (signal.aborted) return;
    this.#show(this.#view);
    await this.#offerFilters();
  }

  /** Nothing is fetched any more; what is shown stays. */
  stop(): void {
    this.#stop.abort();
    this.#round?.abort();
    clearTimeout(this.#timer);
    this.#refresh.hidden = true;
  }

  async #offerFilters(): Promise<void> {
    try {
      this.#bar.offer(await fetchFilterOptions(this.#client, this.#known, this.#stop.signal));
    } catch (error) {
      if (this.#stop.signal.aborted || error instanceof SessionEnded) return;
      if (!(error instanceof RequestFailure)) throw error;
      if (error.status === 403) return;
      const retry = createButton(messages.tryAgain, 'link', () => {
        failed.remove();
        void this.#offerFilters();
      });
      const failed = createElement('p', { class: 'note' }, `${messages.optionsFailed} `, retry);
      this.#bar.element.after(failed);
    }
  }

  #navigate(view: View): void {
    history.pushState(null, '', location.pathname + writeView(view));
    this.#show(view);
  }

  #show(view: View): void {
    this.#view = view;
    this.#load();
  }

  #load(): void {
    this.#round?.abort();
    clearTimeout(this.#timer);
    this.#round = new AbortController();
    const { signal } = this.#round;
    const today = dayOf(Date.now());
    const round = new LoadRound(this.#view, today, signal, this.#client);
    this.#bar.show(this.#view, today);
    void this.#run(round);
  }

  async #run(round: LoadRound): Promise<void> {
    this.#refresh.textContent = messages.refreshing;
    this.#refresh.setAttribute('aria-disabled', 'true');
    const key = writeView(this.#view);
    const shown = await Promise.all(this.#panels.map((panel) => panel.show(round, key)));
    if (round.signal.aborted || this.#stop.signal.aborted) return;
    this.#refresh.textContent = messages.refresh;
    this.#refresh.removeAttribute('aria-disabled');
    const whole = shown.every((each) => each);
    // A part that failed keeps the time of what is still shown: never newer than the oldest number.
    if (round.asOf !== undefined && whole) this.#tellTime(round.asOf);
    await this.#tellMore(round);
    this.#loadedAtMilliseconds = Date.now();
    this.#watch();
  }

  #tellTime(asOf: string): void {
    this.#asOf.replaceChildren(createElement('time', { datetime: asOf }, messages.asOf(asOf.slice(11, 19))));
  }

  /** What the counts mean, and what they leave out. */
  async #tellMore(round: LoadRound): Promise<void> {
    const total = await round.countInterests([], 'standing').catch(ignoreFailure);
    const notes: string[] = [];
    if (total?.suppressedBelow) notes.push(messages.suppressed(total.suppressedBelow));
    this.#notice.replaceChildren(...notes.map((words) => createElement('p', {}, words)));
    if (total === undefined) return;
    this.#definitions.replaceChildren(
      ...Object.entries(total.definitions).map(([name, words]) =>
        createElement('div', {}, createElement('dt', {}, nameOfCount(name)), createElement('dd', {}, words)),
      ),
    );
  }

  /** Fetches again when it is time to, as long as somebody looks. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (document.visibilityState === 'hidden' || this.#stop.signal.aborted || this.#loadedAtMilliseconds === 0) return;
    const wait = this.#loadedAtMilliseconds + REFRESH_MILLISECONDS - Date.now();
    this.#timer = setTimeout(() => this.#load(), Math.max(0, wait));
  }

  #ending(): DashboardHost {
    return {
      onSessionEnded: () => {
        if (this.#stop.signal.aborted) return;
        this.stop();
        this.#host.onSessionEnded();
      },
      onDenied: () => {
        if (this.#stop.signal.aborted) return;
        this.stop();
        this.#host.onDenied();
      },
    };
  }
}

function nameOfCount(name: string): string {
  const names: Readonly<Record<string, string>> = messages.counts;
  return names[name] ?? name;
}

function ignoreFailure(error: unknown): undefined {
  if (error instanceof RequestFailure) return undefined;
  throw error;
}
