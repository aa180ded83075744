import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import axe from 'axe-core';
import { parse } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { LOCATOR_MESSAGES } from '../../web/messages/locator-messages.ts';
import { PAGE_MESSAGES } from '../../web/messages/page-messages.ts';
import { launchBrowser } from '../support/browser.ts';
import { htmlFaults } from '../support/html-faults.ts';
import { WITHDRAWN_STORE_ID } from '../support/locator.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const get = (path: string, init?: RequestInit) =>
  fetch(inject('locator').siteUrl + path, { redirect: 'manual', ...init });

/** A page, and what the browser complains of on it: refusals by the policy, scripts, requests to others. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const { siteUrl } = inject('locator');
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    // That a page was not found is what some of these tests are about.
    if (message.type() === 'error' && !/status of 4(00|04|10)/.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(siteUrl)) complaints.push(`a request to ${request.url()}`);
  });
  // Only the widget asks for more than the page itself.
  const hasWidget = path.endsWith('/examples/') || /^\/(es\/)?(\?|$)/.test(path);
  await page.goto(siteUrl + path, { waitUntil: hasWidget ? 'networkidle' : 'load' });
  return { page, complaints };
}

const SITE_PAGES = [
  { path: '/', status: 200 },
  { path: '/find', status: 200 },
  { path: '/find?near=33324&model=a110', status: 200 },
  { path: '/find?near=plantatin,+fl', status: 404 },
  { path: '/stores/', status: 200 },
  { path: '/stores/2590', status: 200 },
  { path: `/stores/${WITHDRAWN_STORE_ID}`, status: 410 },
  { path: '/nothing/', status: 404 },
];
const EVERY = [
  ...SITE_PAGES.flatMap(({ path, status }) => [
    { path, status },
    { path: `/es${path}`, status },
  ]),
  { path: '/widget/examples/', status: 200 },
];

describe.each(EVERY)('$path', ({ path, status }) => {
  test('is valid HTML under the policy, kept as long as it may be', async () => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toMatch(status === 200 ? /^public, max-age=60/ : /^no-store$/);
    const page = await answer.text();
    expect(page).toContain(path.startsWith('/es/') ? '<html lang="es-US">' : '<html lang="en-US">');
    expect(await htmlFaults(page)).toEqual([]);
  });

  test('works in a browser without a complaint, and axe finds nothing: light, dark, wide and narrow', async () => {
    const { page, complaints } = await open(path, { reducedMotion: 'reduce' });
    await page.evaluate(axe.source);
    // A page with several widgets has several searches, all called the same.
    const oneWidget = !path.includes('examples');
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const violations = await page.evaluate(async (isUnique) => {
          const run = (globalThis as unknown as { axe: typeof axe }).axe.run;
          const found = await run(document, {
            resultTypes: ['violations'],
            rules: { 'target-size': { enabled: true }, 'landmark-unique': { enabled: isUnique } },
          });
          return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
        }, oneWidget);
        expect(violations, `${width} px, ${colorScheme}`).toEqual([]);
      }
    }
    await page.context().close();
    expect(complaints).toEqual([]);
  });
});

test.each(['/stores/2590', '/find?near=33324', '/sitemap.xml', '/robots.txt'])(
  '%s is not sent again to whoever has it',
  async (path) => {
    const first = await get(path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^".+"$/);
    const again = await get(path, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await get(path, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
  },
);

test.each([
  ['POST', '/stores/2590', 405, 'text/html; charset=utf-8'],
  ['DELETE', '/find', 405, 'text/html; charset=utf-8'],
  ['GET', '/stores/no%20such', 404, 'text/html; charset=utf-8'],
  ['GET', '/favicon.ico', 404, 'text/html; charset=utf-8'],
  ['GET', '/widget/v0/alpine-dealer-locator.js', 404, 'text/html; charset=utf-8'],
  // The API's own errors stay as they are.
  ['GET', '/v1/nothing', 404, 'application/problem+json'],
  ['GET', '/v1/dealers/no-such', 404, 'application/problem+json'],
  ['GET', '/v1/dealers', 400, 'application/problem+json'],
  ['POST', '/v1/dealers', 405, 'application/problem+json'],
])('%s %s is answered %i, as its kind of visitor reads it', async (method, path, status, contentType) => {
  const answer = await get(path, { method });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, contentType]);
  if (status === 405) expect(answer.headers.get('allow')).toContain('GET');
  if (status === 405 && !path.startsWith('/v1/')) expect(answer.headers.get('allow')).toBe('GET, HEAD');
});

test('each page has one address', async () => {
  for (const [path, address] of [
    ['/stores', '/stores/'],
    ['/es/stores', '/es/stores/'],
    ['/stores/2590/', '/stores/2590'],
    ['/reservation', '/reservation/'],
  ]) {
    const { status, headers } = await get(path ?? '');
    expect([status, headers.get('location')], path).toEqual([301, address]);
  }
});

test('the sitemap names every listed store, and every page that it names is there', async () => {
  const { siteUrl } = inject('locator');
  const { urlset } = new XMLParser().parse(await (await get('/sitemap.xml')).text());
  const addresses = (urlset.url as { loc: string }[]).map(({ loc }) => loc);
  const rows = parse(readFileSync(new URL('../../data/dealers.csv', import.meta.url)), { columns: true }) as {
    id: string;
  }[];
  const stores = rows.flatMap(({ id }) => [`${siteUrl}/stores/${id}`, `${siteUrl}/es/stores/${id}`]);
  expect(addresses.filter((address) => /\/stores\/./.test(address)).toSorted()).toEqual(stores.toSorted());
  for (const address of addresses) {
    const { status } = await fetch(address, { method: 'HEAD', redirect: 'manual' });
    expect(status, address).toBe(200);
  }
  expect(await (await get('/robots.txt')).text()).toContain(`Sitemap: ${siteUrl}/sitemap.xml`);
});

test('the index of stores leads to each of them', async () => {
  const page = await (await get('/stores/')).text();
  const rows = parse(readFileSync(new URL('../../data/dealers.csv', import.meta.url)), { columns: true }) as {
    id: string;
  }[];
  const linked = [...page.matchAll(/href="\/stores\/([^"#]+)"/g)].map(([, id]) => id);
  expect(linked.toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
});

describe.each([
  { locale: 'en-US', home: '/' },
  { locale: 'es-US', home: '/es/' },
] as const)('a buyer ($locale)', ({ locale, home }) => {
  const messages = PAGE_MESSAGES[locale];

  test('without JavaScript searches on the home page, reads a store’s page, and is told how to reserve', async () => {
    const { page, complaints } = await open(home, { javaScriptEnabled: false });
    await page.getByLabel(messages.place).fill('33324');
    await page.getByRole('button', { name: messages.search }).click();
    await page.getByRole('heading', { level: 2, name: 'Mercedes-Benz of Pembroke Pines' }).waitFor();
    expect(new URL(page.url()).search).toBe('?near=33324&model=');
    expect(await page.locator('.stores > li').count()).toBe(10);
    await page.getByRole('link', { name: 'Mercedes-Benz of Pembroke Pines', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Mercedes-Benz of Pembroke Pines' }).waitFor();
    await page.getByText(LOCATOR_MESSAGES[locale].status.expected, { exact: true }).waitFor();
    expect(await page.locator('noscript .note').innerText()).toBe(messages.reserveWithoutScript);
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  test('comes from a store’s page to the form, the store already chosen', async () => {
    const { page, complaints } = await open(`${home}stores/2590`);
    await page.getByRole('link', { name: messages.reserve }).click();
    await page.locator('form.adl-form').waitFor();
    await page.locator('.adl-store').getByText('Mercedes-Benz of Pembroke Pines').waitFor();
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  test('with a mistyped place is shown what was meant', async () => {
    const { page } = await open(`${home}find?near=plantatin,+fl`, { javaScriptEnabled: false });
    expect(await page.getByLabel(messages.place).inputValue()).toBe('plantatin, fl');
    await page.getByRole('link', { name: 'Plantation, FL' }).click();
    await page.locator('.stores > li').first().waitFor();
    await page.context().close();
  });

  test('skips to the content with the first Tab', async () => {
    const { page } = await open(`${home}stores/`);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe(messages.skip);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.context().close();
  });
});

test('a link to a store that is not listed leaves the reader at the search', async () => {
  const { page } = await open(`/?store=${WITHDRAWN_STORE_ID}&near=33324`);
  await page.getByRole('heading', { name: 'Mercedes-Benz of Pembroke Pines' }).waitFor();
  expect(await page.locator('form.adl-form').count()).toBe(0);
  await page.context().close();
});

test('the page of examples shows each event where it happens, and codes with this host', async () => {
  const { page, complaints } = await open('/widget/examples/');
  await page.locator('#events').getByText('"storeCount":3').waitFor();
  const codes = await page.locator('.code code').allTextContents();
  expect(codes.join('\n')).toContain(`src="${inject('locator').siteUrl}/widget/v1/alpine-dealer-locator.js"`);
  expect(codes.join('\n')).not.toContain('https://HOST');
  await page.context().close();
  expect(complaints).toEqual([]);
});

describe('the pinned script on another company’s page', () => {
  /** Opens a page of another origin that embeds the widget as told. @returns whether the widget came to life */
  async function embed(src: string, integrity: string): Promise<boolean> {
    const { siteUrl } = inject('locator');
    const serve = async (_: IncomingMessage, response: ServerResponse): Promise<void> => {
      response.setHeader(
        'content-security-policy',
        `default-src 'none'; script-src ${siteUrl}; connect-src ${siteUrl}`,
      );
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><html lang="en"><title>Cars</title>
        <script type="module" src="${siteUrl}${src}" integrity="${integrity}" crossorigin="anonymous"></script>
        <alpine-dealer-locator></alpine-dealer-locator></html>`);
    };
    const host = await startLoopbackServer(serve, () => {});
    const page = await (await browser.newContext()).newPage();
    await page.goto(host.url, { waitUntil: 'networkidle' });
    const isDefined = await page.evaluate(() => customElements.get('alpine-dealer-locator') !== undefined);
    await page.context().close();
    await host.stop();
    return isDefined;
  }

  test('runs with the integrity that is published, and is refused with another', async () => {
    const { pinned } = (await (await get('/widget/embed.json')).json()) as {
      pinned: { src: string; integrity: string };
    };
    expect((await get(pinned.src)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await embed(pinned.src, pinned.integrity)).toBe(true);
    expect(await embed(pinned.src, `sha384-${'A'.repeat(64)}`)).toBe(false);
  });
});
