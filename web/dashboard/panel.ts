import { SLOW_MILLISECONDS } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { RequestFailure } from '../client/failure.ts';
import { saveFile } from '../client/save-file.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { DRAWN } from './chart.ts';
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
  readonly #heading: HTMLElement;
  /** The address of the view that is shown; `undefined` while nothing is. */
  #shown: string | undefined;
  /** What is being fetched, or was last. */
  #round: LoadRound | undefined;
  /** The name of what had the focus before the newest content came. */
  #focus: string | undefined;

  constructor(spec: PanelSpec, host: PanelHost) {
    this.#spec = spec;
    this.#host = host;
    const headingId = `${spec.id}-heading`;
    this.#heading = createElement('h2', { id: headingId, tabindex: '-1' }, spec.heading);
    this.#details = createElement(
      'details',
      { hidden: true },
      createElement('summary', {}, messages.table, createElement('span', { class: 'unseen' }, `: ${spec.heading}`)),
      this.#tables,
    );
    this.element = createElement(
      'section',
      { class: 'panel', id: spec.id, 'aria-labelledby': headingId },
      createElement('div', { class: 'top' }, this.#heading, this.#actions),
      this.#body,
      this.#details,
    );
    this.#body.addEventListener(DRAWN, () => this.#settle());
  }

  /**
   * Shows what the round finds.
   *
   * @param viewKey the same for the same view: what is shown of it stays while newer counts are fetched, and when they cannot be
   * @returns whether the newest counts are shown
   */
  async show(round: LoadRound, viewKey: string): Promise<boolean> {
    this.#round = round;
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
      // A round that was given up for another leaves the panel to that one.
      if (this.#round === round) this.element.setAttribute('aria-busy', 'false');
    }
  }

  #wait(viewKey: string, words: string): void {
    this.element.setAttribute('aria-busy', 'true');
    if (this.#shown === viewKey) return;
    this.#noteFocus();
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
    if (content === undefined) {
      this.#body.style.minHeight = '';
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
    this.#noteFocus();
    // Pictures are drawn once they have a width: the page must not shrink and scroll until then.
    this.#body.style.minHeight = `${this.#body.offsetHeight}px`;
    this.#body.replaceChildren(...content.nodes);
    if (this.#body.querySelector('.picture') === null) this.#settle();
    this.#actions.replaceChildren(...content.files.map((file) => this.#fileButton(file)));
    this.#tables.replaceChildren(...content.tables.map(dataTable));
    this.#details.hidden = false;
  }

  /** Everything is drawn: what had the focus has it again, or the heading when it is not there any more. */
  #settle(): void {
    this.#body.style.minHeight = '';
    const name = this.#focus;
    this.#focus = undefined;
    if (name === undefined || document.activeElement !== document.body) return;
    const found = this.element.querySelector<HTMLElement>(`[data-focus="${CSS.escape(name)}"]`);
    (found ?? this.#heading).focus({ preventScroll: true });
  }

  /** Content that is replaced takes the focus with it. */
  #noteFocus(): void {
    const { activeElement } = document;
    if (this.element.contains(activeElement)) this.#focus = activeElement?.getAttribute('data-focus') ?? undefined;
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
      saveFile(name, contents);
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
