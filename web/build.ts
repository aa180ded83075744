import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin, transform } from 'esbuild';
import { drawUsMap } from './map/us-map.ts';

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

/**
 * Scripts that the widget loads from beside its own when they are needed (`web/client/load-part.ts`). Each holds all it
 * needs: a script shared with the first one would have to come before anything is shown.
 */
const PARTS = {
  map: 'map/map-view.ts',
  reserve: 'widget/reserve-view.ts',
  tiles: 'map/tile-ground.ts',
};
const PARTS_FOLDER = 'widget/v1';

const COMMON = { bundle: true, minify: true, write: false, outdir: target, logLevel: 'warning' } as const;
const SCRIPTS = { ...COMMON, format: 'esm' as const, target: ['chrome123', 'firefox120', 'safari17.5'] };

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

/** `import parts from 'built:parts'`: where the parts lie, known once they are built. */
function builtParts(parts: object): Plugin {
  return {
    name: 'built-parts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^built:parts$/ }, ({ path }) => ({ path, namespace: 'built' }));
      onLoad({ filter: /./, namespace: 'built' }, () => ({ contents: JSON.stringify(parts), loader: 'json' }));
    },
  };
}

/**
 * Builds the pages and the widget into `dist/web` and prints the weight of every script and stylesheet. What was there
 * is replaced file by file, each in one step: somebody may be served from the folder at that moment.
 */
export async function buildWeb(): Promise<void> {
  const [{ files, parts }, styles] = await Promise.all([
    buildParts(),
    build({ ...COMMON, entryPoints: entries({ site: 'site.css' }) }),
  ]);
  const bundles = await build({
    ...SCRIPTS,
    entryPoints: entries(BUNDLES),
    plugins: [cssAsText, builtParts(parts)],
  });
  for (const { path, contents } of [...bundles.outputFiles, ...styles.outputFiles]) {
    files.set(relative(target, path), contents);
  }
  for (const [path, contents] of files) {
    const gzipped = gzipSync(contents, { level: 9 }).length;
    console.log(`${path}: ${contents.length} bytes, ${gzipped} gzipped`);
  }
  for (const [to, from] of Object.entries(PAGES)) files.set(to, await readFile(join(source, from)));
  for (const [path, contents] of files) await replaceFile(join(target, path), contents);
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !entry.name.endsWith('.new') && !files.has(relative(target, path))) {
      await rm(path, { force: true });
    }
  }
}

/** The parts and the map's data under names that carry their hash, and where the widget finds each. */
async function buildParts(): Promise<{ files: Map<string, Uint8Array>; parts: object }> {
  const files = new Map<string, Uint8Array>();
  const { outputFiles } = await build({
    ...SCRIPTS,
    entryPoints: entries(PARTS),
    entryNames: '[name]-[hash]',
    plugins: [cssAsText],
  });
  const map = new TextEncoder().encode(JSON.stringify(await drawUsMap()));
  const mapName = `us-map-${createHash('sha256').update(map).digest('hex').slice(0, 8).toUpperCase()}.json`;
  const parts = Object.fromEntries(
    [...outputFiles, { path: mapName, contents: map }].map(({ path, contents }) => {
      const file = basename(path);
      files.set(`${PARTS_FOLDER}/${file}`, contents);
      const integrity = `sha384-${createHash('sha384').update(contents).digest('base64')}`;
      return [file.slice(0, file.lastIndexOf('-')), { path: `./${file}`, integrity }];
    }),
  );
  return { files, parts };
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
