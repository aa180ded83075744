import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join, normalize } from 'node:path';
import type { Browser, BrowserContextOptions, Page, Request, Route } from 'playwright-core';
import { DASHBOARD_CONFIG_PATH } from '../../infra/dashboard-config.ts';
import { ISSUER_PATH, type Issuer, openIssuer } from '../../local/issuer.ts';
import type { DashboardConfig } from '../../shared/contract/dashboard-config.ts';
import { ChangeBody, InterestBody, type ReservationAnswer } from '../../shared/contract/interests.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { servedFile } from '../../web/served-files.ts';
import {
  changedAnswer,
  dealerAnswer,
  dealersAnswer,
  formAnswer,
  interestAnswer,
  placesAnswer,
  problem,
  receiptAnswer,
  reservationAnswer,
} from './stub-answers.ts';

/** The strictest policy that the pages promise to work under. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Another company's page: all it allows us is our script and our API, and no text to become markup or script. */
const FOREIGN_PAGE = (siteUrl: string) => ({
  policy:
    `default-src 'none'; script-src ${siteUrl}; connect-src ${siteUrl}; ` +
    "require-trusted-types-for 'script'; trusted-types 'none'",
  html: `<!doctype html><html lang="es"><title>Cars</title>
    <script type="module" src="${siteUrl}/widget/v1/alpine-dealer-locator.js"></script>
    <h1>Cars</h1><alpine-dealer-locator near="33324" unit="km"></alpine-dealer-locator></html>`,
});

/** As the local host has it. */
function dashboardConfig(siteUrl: string): DashboardConfig {
  return {
    issuerUrl: siteUrl + ISSUER_PATH,
    clientId: 'dashboard',
    scopes: { counts: 'counts', leads: 'leads' },
    accessEmail: 'locator@alpine-locator.example',
  };
}

export interface Site {
  readonly url: string;
  readonly foreignUrl: string;
  stop(): Promise<void>;
}

async function serve(answer: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no port: ${address}`);
  return { server, url: `http://127.0.0.1:${address.port}` };
}

/** Serves the pages that the run has built under the policy, and another company's page from an origin of its own. */
export async function serveSite(): Promise<Site> {
  const folder = join(import.meta.dirname, '../../dist/web');
  let issuer: Promise<Issuer> | undefined;
  const own = await serve(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    if (pathname.startsWith(`${ISSUER_PATH}/`)) {
      issuer ??= openIssuer({ read: () => undefined, write: () => {} }, own.url + ISSUER_PATH);
      return (await issuer).handle(request, response);
    }
    if (pathname === DASHBOARD_CONFIG_PATH) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(dashboardConfig(own.url)));
      return;
    }
    const path = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
    response.setHeader('access-control-allow-origin', '*');
    const contents = await readFile(join(folder, path)).catch(() => undefined);
    if (contents === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': servedFile(path, 'page').contentType }).end(contents);
  });
  const { policy, html } = FOREIGN_PAGE(own.url);
  const foreign = await serve((_request, response) => {
    response.setHeader('content-security-policy', policy);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(html);
  });
  return {
    url: own.url,
    foreignUrl: foreign.url,
    stop: async () => {
      for (const { server } of [own, foreign]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** One answer of the API, or `abort` for a connection that breaks. */
export type Answer =
  | {
      readonly status: number;
      readonly body?: object;
      /** In place of a body in JSON. */
      readonly text?: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'abort';
type Answering = (request: Request) => Answer | Promise<Answer>;

/** A page of the site with a stubbed API, and what went wrong on it. */
export interface Visit {
  readonly page: Page;
  /** Requests of the API so far, `GET /v1/form` and the like. */
  readonly requests: Request[];
  /** Refusals by the content security policy, script errors, requests of other hosts. Must stay empty. */
  readonly complaints: string[];
  /** Answers one operation (`GET /v1/dealers`) differently from now on. */
  answer(operation: string, answering: Answering): void;
}

/** Opens a page, by its path or its whole address, in a context of its own. The caller closes the context. */
export async function visit(
  browser: Browser,
  site: Site,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: Request[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (request.resourceType() !== 'document' && !request.url().startsWith(`${site.url}/`))
      complaints.push(`third party: ${request.url()}`);
  });
  const answers = new Map<string, Answering>(Object.entries(defaultAnswers()));
  await context.route('**/v1/**', async (route: Route, request: Request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/widget/')) return route.continue();
    requests.push(request);
    const answering = answers.get(`${request.method()} ${pathname}`);
    const answer = answering === undefined ? { status: 405 } : await answering(request);
    await fulfill(route, answer);
  });
  // In place of a wait for real time: the page's clock is moved by the tests.
  await page.clock.install();
  await page.goto(new URL(path, site.url).href);
  return { page, requests, complaints, answer: (operation, answering) => answers.set(operation, answering) };
}

async function fulfill(route: Route, answer: Answer): Promise<void> {
  if (answer === 'abort') return route.abort('connectionreset');
  const { status, body, text, headers } = answer;
  const json = status >= 400 ? 'application/problem+json' : 'application/json';
  const contentType = answer.contentType ?? (body === undefined ? 'text/html' : json);
  await route
    .fulfill({
      status,
      contentType,
      headers: { ...headers, 'access-control-allow-origin': '*' },
      body: text ?? (body === undefined ? '' : JSON.stringify(body)),
    })
    // The page gave the request up: there is nobody to answer.
    .catch((error: unknown) => {
      if (!/Target .*closed|Invalid InterceptionId|already handled/.test(String(error))) throw error;
    });
}

function defaultAnswers(): Record<string, Answering> {
  const localeOf = (request: Request): Locale =>
    new URL(request.url()).searchParams.get('locale') === 'es-US' ? 'es-US' : 'en-US';
  return {
    'GET /v1/dealers': () => ({ status: 200, body: dealersAnswer() }),
    'GET /v1/places': () => ({ status: 200, body: placesAnswer() }),
    'GET /v1/form': (request) => ({ status: 200, body: formAnswer(localeOf(request)) }),
    'POST /v1/interests': (request) => {
      const body = InterestBody.safeParse(request.postDataJSON());
      return body.success ? { status: 202, body: interestAnswer() } : invalid(body.error.issues);
    },
    'POST /v1/interests/confirm': () => ({ status: 200, body: receiptAnswer() }),
    ...Object.fromEntries(
      ['store-1', 'store-2', 'store-3'].map((id) => [
        `GET /v1/dealers/${id}`,
        () => ({ status: 200, body: dealerAnswer(id) }),
      ]),
    ),
    ...reservationAnswers(reservationAnswer('en-US')),
    'DELETE /v1/reservation': () => ({ status: 204 }),
  };
}

/** A reservation that can be seen and changed, by the contract's rules. */
export function reservationAnswers(first: ReservationAnswer): Record<string, Answering> {
  let held = first;
  return {
    'GET /v1/reservation': () => ({ status: 200, body: held }),
    'PATCH /v1/reservation': (request) => {
      const body = ChangeBody.safeParse(request.postDataJSON());
      if (!body.success) return invalid(body.error.issues);
      held = changedAnswer(held, body.data);
      return { status: 200, body: held };
    },
  };
}

function invalid(issues: readonly { readonly path: PropertyKey[]; readonly message: string }[]): Answer {
  const errors = issues.map(({ path, message }) => ({ pointer: `#/${path.join('/')}`, detail: message }));
  return { status: 400, body: problem(400, { errors }) };
}
