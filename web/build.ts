import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import packageFile from '../package.json' with { type: 'json' };
import { LOCALES } from '../shared/launch/launch.ts';
import { bundleScripts, bundleStyles, bundleWidget } from './bundles.ts';
import { buildShapes } from './dashboard/build-shapes.ts';
import { EVERGREEN_SCRIPT, embedCodes, embedJson } from './embed-codes.ts';
import { examplesPage } from './pages/examples-page.ts';
import { homePage } from './pages/home-page.ts';
import { bilingualFooter, layOutPage, pageFooter } from './pages/page-layout.ts';
import { type CACHE_CONTROL, manifestPath, type ServedFile, servedFile } from './served-files.ts';
import { widgetDocs } from './widget-docs.ts';

const source = import.meta.dirname;
const target = join(source, '../dist/web');

/** Files by their key in the bucket. Pages among them ask for scripts and stylesheets by their plain names. */
const FILES = {
  'reservation/index.html': 'reservation/index.html',
  'lead/index.html': 'lead/index.html',
  'dashboard/index.html': 'dashboard/index.html',
  'favicon.svg': 'favicon.svg',
};

interface WebFile extends ServedFile {
  readonly contents: Uint8Array;
}

/**
 * Builds the pages and the widget into `dist/web`, with a manifest of what each file is served with, and prints the weight of every
 * script and stylesheet. What was there is replaced file by file, each in one step: somebody may be served from the folder at that
 * moment.
 */
export async function buildWeb(): Promise<void> {
  const files = await webFiles();
  for (const [key, { contents, contentType }] of files) {
    await replaceFile(join(target, key), contents);
    if (/javascript|css/.test(contentType)) {
      console.log(`${key}: ${contents.length} bytes, ${gzipSync(contents, { level: 9 }).length} gzipped`);
    }
  }
  const manifest = [...files].map(([key, { contentType, cacheControl }]) => [key, { contentType, cacheControl }]);
  await replaceFile(manifestPath(target), Buffer.from(JSON.stringify(Object.fromEntries(manifest), undefined, 1)));
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !entry.name.endsWith('.new') && !files.has(relative(target, path))) {
      await rm(path, { force: true });
    }
  }
}

async function webFiles(): Promise<ReadonlyMap<string, WebFile>> {
  const files = new Map<string, WebFile>();
  const add = (key: string, contents: Uint8Array | string, caching: keyof typeof CACHE_CONTROL): void => {
    files.set(key, { contents: Buffer.from(contents), ...servedFile(key, caching) });
  };
  const bundles = await Promise.all([bundleWidget(), bundleScripts(), bundleStyles()]);
  const built = new Map(bundles.flatMap((bundle) => [...bundle.files]));
  for (const [key, contents] of built) add(key, contents, 'immutable');

  const keys = new Map(bundles.flatMap((bundle) => [...bundle.keys]));
  const addressOf = (name: string): string => `/${known(keys.get(name), name)}`;
  const pinnedKey = known(keys.get(EVERGREEN_SCRIPT), EVERGREEN_SCRIPT);
  const widget = known(built.get(pinnedKey), EVERGREEN_SCRIPT);
  // Beside the one whose name has the hash: what it loads later, it finds by relative addresses.
  add(EVERGREEN_SCRIPT, widget, 'evergreen');
  const codes = embedCodes(packageFile.version, pinnedKey, widget);
  add('widget/embed.json', embedJson(codes), 'evergreen');

  const docs = widgetDocs(await readFile(join(source, 'widget/alpine-dealer-locator.ts'), 'utf8'));
  const site = { origin: '', stylesheet: addressOf('site.css') };
  for (const locale of LOCALES) {
    const key = locale === 'es-US' ? 'es/index.html' : 'index.html';
    add(key, layOutPage(homePage(locale, addressOf), site), 'page');
  }
  const styles = await readFile(join(source, 'examples/examples.css'), 'utf8');
  add('widget/examples/index.html', layOutPage(examplesPage(codes, docs, styles, addressOf), site), 'page');
  for (const [key, text] of buildShapes()) add(key, text, 'evergreen');
  for (const [key, from] of Object.entries(FILES)) {
    const contents = await readFile(join(source, from));
    add(key, key.endsWith('.html') ? finishPage(contents.toString(), keys) : contents, 'page');
  }
  return files;
}

function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`no bundle has the name ${name}`);
  return value;
}

/** A page that is a file: the names of what it asks for with their hashes, and the site's footer. */
function finishPage(page: string, keys: ReadonlyMap<string, string>): string {
  let finished = page
    .replace('<footer data-languages="both"></footer>', () => bilingualFooter().toString())
    .replace('<footer data-languages="en-US"></footer>', () => pageFooter('en-US').toString());
  for (const [name, key] of keys) finished = finished.replaceAll(`"/${name}"`, `"/${key}"`);
  return finished;
}

async function replaceFile(path: string, contents: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, contents);
  await rename(fresh, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWeb();
