import { createButton, createElement } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { SLOW_MILLISECONDS } from '../widget/locate-view.ts';
import type { DashboardClient } from './dashboard-client.ts';
import { dataTable, type TableContent } from './data-table.ts';
import type { LoadRound } from './load-round.ts';
import { SessionEnded } from './oidc-session.ts';

/** A count that can be had as a file. */
export interface PanelFile {
  readonly what: string;
  /** On its button, where a panel has several. */
  readonly short?: string;
  /** As the API was asked for it. */
  readonly path: string;
}

/** What a panel shows. */
export interface PanelContent {
  readonly nodes: readonly Node[];
  readonly tables: readonly TableContent[];
  readonly files: readonly PanelFile[];
}

/** One part of the dashboard. */
export interface PanelSpec {
  readonly id: keyof typeof messages.parts;
  readonly heading: string;
  /**
   * Fetches what the view asks for and makes it a picture.
   *
   * @param retry shows the panel anew
   * @returns `undefined` when nothing fits the view
   */
  load(round: LoadRound, retry: () => void): Promise<PanelContent | undefined>;
}

/** Told of what is more than one panel's business. */
export interface PanelHost {
  readonly client: DashboardClient;
  onSessionEnded(): void;
  /** The API refuses whoever is signed in. */
  onDenied(): void;
}

/** A part of the dashboard with its heading, its files, its table, and its states while there is nothing to show. */
export class Panel {
  readonly element: HTMLElement;
  readonly #spec: PanelSpec;
  readonly #host: PanelHost;
  readonly #body = createElement('div', { class: 'body' });
  readonly #actions = createElement('div', { class: 'files' });
  readonly #tables = createElement('div', { class: 'tables' });
  readonly #details: HTMLDetailsElement;
  /** The address of the view that is shown; `undefined` while nothing is. */
  #shown: string | undefined;

  constructor(spec: PanelSpec, host: PanelHost) {
    this.#spec = spec;
    this.#host = host;
    const headingId = `${spec.id}-heading`;
    this.#details = createElement(
      'details',
      { hidden: true },
      createElement('summary', {}, messages.table, createElement('span', { class: 'unseen' }, `: ${spec.heading}`)),
      this.#tables,
    );
    this.element = createElement(
      'section',
      { class: 'panel', id: spec.id, 'aria-labelledby': headingId },
      createElement('div', { class: 'top' }, createElement('h2', { id: headingId }, spec.heading), this.#actions),
      this.#body,
      this.#details,
    );
  }

  /**
   * Shows what the round finds.
   *
   * @param viewKey the same for the same view: what is shown of it stays while newer counts are fetched, and when they cannot be
   * @returns whether the newest counts are shown
   */
  async show(round: LoadRound, viewKey: string): Promise<boolean> {
    const slow = setTimeout(() => this.#wait(viewKey, messages.loadingSlowly), SLOW_MILLISECONDS);
    this.#wait(viewKey, messages.loading);
    try {
      const content = await this.#spec.load(round, () => void this.show(round.again(), viewKey));
      if (round.signal.aborted) return false;
      this.#fill(content);
      this.#shown = viewKey;
      return true;
    } catch (error) {
      if (round.signal.aborted) return false;
      if (error instanceof SessionEnded) this.#host.onSessionEnded();
      else if (error instanceof RequestFailure) this.#fail(error, round, viewKey);
      else throw error;
      return false;
    } finally {
      clearTimeout(slow);
      this.element.setAttribute('aria-busy', 'false');
    }
  }

  #wait(viewKey: string, words: string): void {
    this.element.setAttribute('aria-busy', 'true');
    if (this.#shown === viewKey) return;
    // The panels below stay where they are while this one waits.
    this.#body.style.minHeight = `${this.#body.offsetHeight}px`;
    this.#clear(createElement('p', { class: 'waiting' }, words));
  }

  #fail(failure: RequestFailure, round: LoadRound, viewKey: string): void {
    if (failure.status === 403) {
      this.#host.onDenied();
      return;
    }
    const what = messages.parts[this.#spec.id];
    const retry = () => void this.show(round.again(), viewKey);
    if (this.#shown === viewKey) {
      this.#setNote(failureNote(messages.notUpdated(what), failure, retry));
      return;
    }
    this.#body.style.minHeight = '';
    this.#clear(failureNote(messages.failed(what), failure, retry));
  }

  /** What failed while something is shown. */
  #setNote(note: HTMLElement | undefined): void {
    this.element.querySelector(':scope > .failure')?.remove();
    if (note !== undefined) this.#body.before(note);
  }

  #clear(node: Node): void {
    this.#setNote(undefined);
    this.#shown = undefined;
    this.#body.replaceChildren(node);
    this.#actions.replaceChildren();
    this.#tables.replaceChildren();
    this.#details.hidden = true;
  }

  #fill(content: PanelContent | undefined): void {
    this.#setNote(undefined);
    this.#body.style.minHeight = '';
    if (content === undefined) {
      this.#clear(
        createElement(
          'div',
          { class: 'empty' },
          createElement('p', {}, messages.emptyHeading),
          createElement('p', { class: 'note' }, messages.empty),
        ),
      );
      return;
    }
    const focus = this.element.contains(document.activeElement) ? focusKeyOf(document.activeElement) : undefined;
    this.#body.replaceChildren(...content.nodes);
    this.#actions.replaceChildren(...content.files.map((file) => this.#fileButton(file)));
    this.#tables.replaceChildren(...content.tables.map(dataTable));
    this.#details.hidden = false;
    if (focus !== undefined) this.element.querySelector<HTMLElement>(`[data-focus="${focus}"]`)?.focus();
  }

  #fileButton({ what, short, path }: PanelFile): HTMLElement {
    const button = createButton(short ?? messages.csv, 'link', () => void this.#save(path));
    button.setAttribute('aria-label', short === undefined ? messages.csvOf(what) : `${short}: ${what}`);
    button.setAttribute('data-focus', path);
    return button;
  }

  async #save(path: string): Promise<void> {
    this.#setNote(undefined);
    try {
      const { name, contents } = await this.#host.client.fetchCsv(path);
      const url = URL.createObjectURL(contents);
      createElement('a', { href: url, download: name }).click();
      URL.revokeObjectURL(url);
    } catch (error) {
      if (error instanceof SessionEnded) return this.#host.onSessionEnded();
      if (!(error instanceof RequestFailure)) throw error;
      this.#setNote(failureNote(messages.csvFailed, error, () => void this.#save(path)));
    }
  }
}

/** What failed, why, under which id it can be looked up, and another try. */
export function failureNote(what: string, failure: RequestFailure, retry: () => void): HTMLElement {
  const { kind, problem, requestId } = failure;
  const reasons =
    kind === 'refused' ? (problem?.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`) : [];
  const why = kind === 'refused' ? [problem?.detail, ...reasons].filter(Boolean).join(' ') : messages.failures[kind];
  return createElement(
    'div',
    { class: 'failure', role: 'alert' },
    createElement('p', { class: 'fault' }, what),
    createElement('p', {}, why),
    ...(requestId === undefined ? [] : [createElement('p', { class: 'note' }, messages.requestId(requestId))]),
    createButton(messages.tryAgain, 'secondary', retry),
  );
}

function focusKeyOf(element: Element | null): string | undefined {
  return element?.getAttribute('data-focus') ?? undefined;
}
