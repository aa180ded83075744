import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { launch } from '../../shared/launch/launch.ts';
import { CACHE_CONTROL, manifestPath, type ServedFiles } from '../../web/served-files.ts';
import { widgetDocs } from '../../web/widget-docs.ts';
import { htmlFaults } from '../support/html-faults.ts';

const folder = join(import.meta.dirname, '../../dist/web');
const read = (key: string) => readFileSync(join(folder, key), 'utf8');
let manifest: ServedFiles;
let pages: readonly string[];

beforeAll(() => {
  manifest = JSON.parse(readFileSync(manifestPath(folder), 'utf8'));
  pages = Object.keys(manifest).filter((key) => key.endsWith('.html'));
});

test('the manifest names each file of the folder, and no other', () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  expect(Object.keys(manifest).toSorted()).toEqual(files.toSorted());
});

test('files are kept for ever when their name has a hash, and only then', () => {
  for (const [key, { cacheControl }] of Object.entries(manifest)) {
    expect(cacheControl === CACHE_CONTROL.immutable, key).toBe(/-[A-Z0-9]{8}\.(js|css|json)$/.test(key));
  }
});

test('our pages ask for nothing but files that are there, by names with a hash', () => {
  expect(pages.length).toBeGreaterThan(4);
  for (const page of pages) {
    const asked = [...read(page).matchAll(/<(?:script|link rel="(?:stylesheet|icon)")[^>]*(?:src|href)="([^"]*)"/g)];
    const keys = asked.map(([, address = '']) => address.slice(1)).filter((key) => key !== 'favicon.svg');
    expect(keys.length, page).toBeGreaterThan(0);
    for (const key of keys) expect(manifest[key]?.cacheControl, `${page}: ${key}`).toBe(CACHE_CONTROL.immutable);
  }
});

test('our pages have nothing inline, and end with the launch notice', () => {
  for (const page of pages) {
    expect(read(page), page).not.toMatch(/\sstyle=|<style|\son[a-z]+="|<script>|<script type="module">/);
    for (const notice of page.startsWith('es/') ? ['es-US' as const] : ['en-US' as const]) {
      expect(read(page).slice(read(page).indexOf('<footer>')), page).toContain(launch.launchNotice[notice]);
    }
  }
});

test('our pages are valid HTML', async () => {
  for (const page of pages) expect(await htmlFaults(read(page)), page).toEqual([]);
});

test('the published embed codes name files that are there, with the hash of their bytes', () => {
  const { pinned, evergreen } = JSON.parse(read('widget/embed.json'));
  const script = readFileSync(join(folder, pinned.src));
  expect(pinned.integrity).toBe(`sha384-${createHash('sha384').update(script).digest('base64')}`);
  expect(manifest[pinned.src.slice(1)]?.cacheControl).toBe(CACHE_CONTROL.immutable);
  expect(read(evergreen.src)).toBe(script.toString());
  expect(manifest[evergreen.src.slice(1)]?.cacheControl).toBe(CACHE_CONTROL.evergreen);
  expect(read('widget/examples/index.html')).toContain(pinned.integrity);
});

test('the page of examples names all that the widget’s source knows', () => {
  const page = read('widget/examples/index.html');
  const source = readFileSync(new URL('../../web/widget/alpine-dealer-locator.ts', import.meta.url), 'utf8');
  const attributes = [...source.matchAll(/getAttribute\('([a-z-]+)'\)/g)].map(([, name = '']) => name);
  const events = [...source.matchAll(/#tell\('([a-z-]+)'/g)].map(([, name = '']) => name);
  const styles = readFileSync(new URL('../../web/widget/locator.css', import.meta.url), 'utf8');
  const properties = [...styles.matchAll(/var\((--alpine-[a-z-]+)/g)].map(([, name = '']) => name);
  expect(Math.min(attributes.length, events.length, properties.length)).toBeGreaterThan(2);
  for (const name of [...attributes, ...events, ...properties].filter((name) => name !== 'lang')) {
    expect(page, name).toContain(`<code>${name}</code>`);
  }
});

test('a docstring that lost a part fails the build', () => {
  const source = readFileSync(new URL('../../web/widget/alpine-dealer-locator.ts', import.meta.url), 'utf8');
  expect(() => widgetDocs(source.replace('* Events', '* Happenings'))).toThrow(/names no events/);
  expect(() => widgetDocs('export class AlpineDealerLocator extends HTMLElement {}')).toThrow(/no docstring/);
});
