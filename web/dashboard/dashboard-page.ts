import type { DashboardConfig } from '../../shared/contract/dashboard-config.ts';
import { fetchWhole } from '../client/api-client.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { Dashboard } from './dashboard.ts';
import { DashboardClient } from './dashboard-client.ts';
import { OidcSession, SignInFailure, type SignInFault } from './oidc-session.ts';

/** The parts of the document that the page fills. */
interface PageParts {
  readonly header: HTMLElement;
  readonly main: HTMLElement;
}

/** The page from sign-in to sign-out. */
class DashboardPage {
  readonly #parts: PageParts;

  constructor(parts: PageParts) {
    this.#parts = parts;
  }

  /** Takes the issuer's answer out of the address, where others could read or copy it, before anything else. */
  async open(): Promise<void> {
    const parameters = new URLSearchParams(location.search);
    const answered = parameters.has('state') && (parameters.has('code') || parameters.has('error'));
    if (answered) history.replaceState(null, '', location.pathname);
    const config = await readConfig();
    if (config === undefined) {
      this.#showText(messages.configHeading, messages.configText, [
        createButton(messages.tryAgain, 'primary', () => location.reload()),
      ]);
      return;
    }
    const session = new OidcSession(config, `${location.origin}${location.pathname}`);
    try {
      if (answered) {
        const pending = session.takePending();
        if (pending !== undefined) history.replaceState(null, '', location.pathname + pending.search);
        await session.finishSignIn(parameters, pending);
      }
      if (session.signedIn) this.#showDashboard(config, session);
      else this.#showSignIn(session);
    } catch (error) {
      this.#showFault(session, error);
    }
  }

  #showSignIn(session: OidcSession): void {
    this.#showText(messages.signInHeading, messages.signInText, [this.#signInButton(session, messages.signIn)]);
  }

  /** @throws whatever is no fault of a sign-in */
  #showFault(session: OidcSession, error: unknown): void {
    if (!(error instanceof SignInFailure)) throw error;
    const fault: SignInFault = error.fault;
    this.#showText(messages.signInFaultHeading, messages.signInFaults[fault], [
      this.#signInButton(session, messages.signInAgain),
    ]);
  }

  #showDashboard(config: DashboardConfig, session: OidcSession): void {
    const client = new DashboardClient(location.origin, session);
    const dashboard = new Dashboard(config, client, {
      onSessionEnded: () => this.#showEnd(session, dashboard),
      onDenied: () => this.#showDenied(config, session),
    });
    this.#show(
      messages.title,
      [dashboard.element],
      [
        dashboard.status,
        createButton(messages.signOut, 'link', () => {
          dashboard.stop();
          void session.signOut();
        }),
      ],
    );
    void dashboard.start();
  }

  /** What is seen stays; the way on is the first thing on the page. */
  #showEnd(session: OidcSession, dashboard: Dashboard): void {
    const button = this.#signInButton(session, messages.signInAgain);
    dashboard.element.prepend(
      createElement('div', { class: 'ended', role: 'alert' }, createElement('p', {}, messages.ended), button),
    );
    this.#parts.header.querySelector('.actions')?.replaceChildren(dashboard.status);
  }

  #showDenied({ scopes, accessEmail }: DashboardConfig, session: OidcSession): void {
    const ask = createElement(
      'p',
      {},
      `${messages.deniedNext} `,
      createElement('a', { href: `mailto:${accessEmail}` }, accessEmail),
      '.',
    );
    const other = createButton(messages.signInAsOther, 'secondary', () => void session.signOut());
    this.#showText(messages.deniedHeading, messages.denied(scopes.counts), [ask, other]);
  }

  #signInButton(session: OidcSession, label: string): HTMLElement {
    const button = createButton(label, 'primary', () => {
      button.disabled = true;
      // Whoever comes back from the issuer without signing in may find the page as it was left.
      addEventListener('pageshow', () => button.removeAttribute('disabled'), { once: true });
      session.signIn(location.search).catch((error: unknown) => this.#showFault(session, error));
    });
    return button;
  }

  #showText(heading: string, text: string, nodes: readonly Node[]): void {
    const title = createElement('h1', { tabindex: '-1' }, heading);
    const content = [title, createElement('p', { class: 'lead' }, text), ...nodes];
    this.#show(heading, [createElement('div', { class: 'narrow' }, ...content)], []);
    title.focus();
  }

  #show(title: string, nodes: readonly Node[], actions: readonly Node[]): void {
    const { header, main } = this.#parts;
    document.title = `${title} – Alpine`;
    main.replaceChildren(...nodes);
    header.querySelector('.actions')?.remove();
    if (actions.length > 0) header.append(createElement('div', { class: 'actions' }, ...actions));
  }
}

async function readConfig(): Promise<DashboardConfig | undefined> {
  const response = await fetchWhole(new URL('config.json', location.href), {}).catch(() => undefined);
  if (!response?.ok) return undefined;
  const config: DashboardConfig | undefined = await response.json().catch(() => undefined);
  return config;
}

const main = document.querySelector('main');
const header = document.querySelector('header');
if (main === null || header === null) throw new Error('the page has no <main> or no <header>');
await new DashboardPage({ header, main }).open();
