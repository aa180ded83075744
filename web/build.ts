import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin, transform } from 'esbuild';
import { manifestPath, servedFile } from './served-files.ts';

const source = import.meta.dirname;
const target = join(source, '../dist/web');

/** Files that go out as they are. */
const PAGES = {
  'index.html': 'demo/index.html',
  'es/index.html': 'demo/es.html',
  'reservation/index.html': 'reservation/index.html',
  'lead/index.html': 'lead/index.html',
  'favicon.svg': 'favicon.svg',
};

/** Entries by the address they are served at, without their ending. */
const BUNDLES = {
  'widget/v1/alpine-dealer-locator': 'widget/alpine-dealer-locator.ts',
  'reservation/reservation': 'reservation/reservation-page.ts',
  'lead/lead': 'lead/lead-page.ts',
};

/** A stylesheet that a script imports becomes a string in its bundle. */
const cssAsText: Plugin = {
  name: 'css-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/**
 * Builds the pages and the widget into `dist/web` and prints the weight of every script and stylesheet. What was there
 * is replaced file by file, each in one step: somebody may be served from the folder at that moment.
 */
export async function buildWeb(): Promise<void> {
  const common = { bundle: true, minify: true, write: false, outdir: target, logLevel: 'warning' } as const;
  const [scripts, styles] = await Promise.all([
    build({
      ...common,
      entryPoints: entries(BUNDLES),
      format: 'esm',
      target: ['chrome123', 'firefox120', 'safari17.5'],
      plugins: [cssAsText],
    }),
    build({ ...common, entryPoints: entries({ site: 'site.css' }) }),
  ]);
  const files = new Map<string, Uint8Array>();
  for (const { path, contents } of [...scripts.outputFiles, ...styles.outputFiles]) {
    files.set(relative(target, path), contents);
    const gzipped = gzipSync(contents, { level: 9 }).length;
    console.log(`${relative(target, path)}: ${contents.length} bytes, ${gzipped} gzipped`);
  }
  for (const [to, from] of Object.entries(PAGES)) files.set(to, await readFile(join(source, from)));
  for (const [path, contents] of files) await replaceFile(join(target, path), contents);
  const served = [...files.keys()].map((key) => [key, servedFile(key, key.endsWith('.html') ? 'page' : 'evergreen')]);
  await replaceFile(manifestPath(target), Buffer.from(JSON.stringify(Object.fromEntries(served), undefined, 1)));
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !entry.name.endsWith('.new') && !files.has(relative(target, path))) {
      await rm(path, { force: true });
    }
  }
}

async function replaceFile(path: string, contents: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, contents);
  await rename(fresh, path);
}

function entries(table: Readonly<Record<string, string>>): { in: string; out: string }[] {
  return Object.entries(table).map(([out, from]) => ({ in: join(source, from), out }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWeb();
