import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { dealersAnswer } from './stub-answers.ts';
import type { Visit } from './stub-site.ts';
import { useSite } from './use-site.ts';

const site = useSite();
const FOLDER = join(import.meta.dirname, '../../dist/web/widget/v1');

/** Bytes on the wire of the widget's files, gzipped, by their name without its hash. */
const weights = new Map<string, number>();
beforeAll(async () => {
  for (const file of await readdir(FOLDER)) {
    const name = file.replace(/-[0-9A-Z]{8}\.(js|json)$/, '.$1');
    weights.set(name, gzipSync(await readFile(join(FOLDER, file)), { level: 9 }).length);
  }
});

function weightOf(...names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const weight = weights.get(name);
    if (weight === undefined) throw new RangeError(`no ${name} among ${[...weights.keys()]}`);
    return sum + weight;
  }, 0);
}

describe('the widget weighs, gzipped,', () => {
  test('at most 15 KB of JavaScript before the first result', () => {
    expect(weightOf('alpine-dealer-locator.js')).toBeLessThanOrEqual(15_000);
  });

  test('at most 30 KB of JavaScript with map and form', () => {
    expect(weightOf('alpine-dealer-locator.js', 'map.js', 'reserve.js')).toBeLessThanOrEqual(30_000);
  });

  test('at most 40 KB with the map’s data, and nothing else lies beside it', () => {
    expect([...weights.keys()].sort()).toEqual([
      'alpine-dealer-locator.js',
      'map.js',
      'reserve.js',
      'tiles.js',
      'us-map.json',
    ]);
    expect(weightOf('alpine-dealer-locator.js', 'map.js', 'reserve.js', 'us-map.json')).toBeLessThanOrEqual(40_000);
  });
});

test('until a search the page asks for its own script alone, and for no other host’s ever', async () => {
  const visit = await site.open('/');
  const asked: string[] = [];
  visit.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await visit.page.reload({ waitUntil: 'networkidle' });
  const plain = asked.map((path) => path.replace(/-[0-9A-Z]{8}\./, '.'));
  expect(plain.filter((path) => path !== '/favicon.svg').sort()).toEqual([
    '/',
    '/home/home.js',
    '/site.css',
    '/widget/v1/alpine-dealer-locator.js',
  ]);
  await visit.page.getByRole('combobox').first().fill('33324');
  await visit.page.keyboard.press('Enter');
  await visit.page.locator('.pin').first().waitFor();
  // The form is on its way before anybody asks for it; requests of other hosts fail every test of this file.
  await expect.poll(() => asked.some((path) => path.startsWith('/widget/v1/reserve-'))).toBe(true);
});

/** The first page with text below the widget, and with an observer of all that jumps from the start. */
async function openWatched(width: number, options: { near: boolean }): Promise<Visit> {
  const visit = await site.open('/favicon.svg', { viewport: { width, height: 1_600 } });
  const { page } = visit;
  await page.context().addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push(Reflect.get(entry, 'value'));
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.route(
    (url) => url.pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const html = (await response.text()).replace('</alpine-dealer-locator>', '$&<p>What the page says below</p>');
      await route.fulfill({
        response,
        body: options.near ? html.replace('-locator>', '-locator near="33324">') : html,
      });
    },
  );
  await page.route('**/site-*.css', async (route) => {
    const response = await route.fetch();
    // A page that searches at once gives the widget the room for what it will find, as its docstring says.
    const room = options.near ? 'alpine-dealer-locator { min-height: 300rem !important }' : '';
    await route.fulfill({ response, body: `${await response.text()}${room}` });
  });
  return visit;
}

/** How much has jumped so far, after the next two frames. */
async function shiftOf({ page }: Visit): Promise<number> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const shifts: number[] = await page.evaluate(() => Reflect.get(globalThis, 'shifts'));
  return shifts.reduce((sum, each) => sum + each, 0);
}

describe.each([1280, 320])('nothing jumps (%i px)', (width) => {
  test('when the widget comes', async () => {
    const visit = await openWatched(width, { near: false });
    const script = Promise.withResolvers<void>();
    await visit.page.route('**/alpine-dealer-locator-*.js', async (route) => {
      await script.promise;
      await route.continue();
    });
    await visit.page.goto(new URL('/', visit.page.url()).href, { waitUntil: 'commit' });
    await visit.page.getByText('What the page says below').waitFor();
    // A frame without the widget, so that its coming could be seen as a jump.
    await visit.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    script.resolve();
    await visit.page.getByRole('combobox').first().waitFor();
    expect(await shiftOf(visit)).toBeLessThanOrEqual(0.01);
  });

  test('when stores and map come one after the other, without anybody touching the page', async () => {
    const visit = await openWatched(width, { near: true });
    const [stores, map] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    visit.answer('GET /v1/dealers', async () => {
      await stores.promise;
      return { status: 200, body: dealersAnswer({ count: 10 }) };
    });
    await visit.page.route('**/widget/v1/map-*', async (route) => {
      await map.promise;
      await route.continue();
    });
    await visit.page.goto(new URL('/', visit.page.url()).href);
    await visit.page.getByText('Searching…').waitFor();
    await shiftOf(visit);
    stores.resolve();
    await visit.page.getByRole('heading', { level: 3 }).first().waitFor();
    await shiftOf(visit);
    map.resolve();
    await visit.page.locator('.pin').first().waitFor();
    expect(await shiftOf(visit)).toBeLessThanOrEqual(0.01);
  });
});
