import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';
import { drawUsMap } from './map/us-map.ts';

const source = import.meta.dirname;

/** The widget's script by the name that pages ask for, without its ending. */
const WIDGET = { 'widget/v1/alpine-dealer-locator': 'widget/alpine-dealer-locator.ts' };

/**
 * Scripts that the widget loads from beside its own when they are needed (`web/client/load-part.ts`). Each holds all it
 * needs: a script shared with the first one would have to come before anything is shown.
 */
const PARTS = {
  'widget/v1/map': 'map/map-view.ts',
  'widget/v1/reserve': 'widget/reserve-view.ts',
  'widget/v1/tiles': 'map/tile-ground.ts',
};

/** The pages' scripts likewise. */
const BUNDLES = {
  'widget/examples/examples': 'examples/examples.ts',
  'home/home': 'home/home.ts',
  'reservation/reservation': 'reservation/reservation-page.ts',
  'lead/lead': 'lead/lead-page.ts',
  'dashboard/dashboard': 'dashboard/dashboard-page.ts',
};

/** Everything that becomes a script of a browser. */
export const SCRIPT_ENTRIES: readonly string[] = Object.values({ ...WIDGET, ...PARTS, ...BUNDLES });

/** Stylesheets likewise. */
const STYLES = {
  site: 'site.css',
  'widget/examples/examples': 'examples/examples.css',
  'dashboard/dashboard': 'dashboard/dashboard.css',
};

/** What was built. Every key carries a hash of what is in it. */
export interface Bundles {
  /** Contents by key. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Keys by plain name: `site.css` → `site-5XKQ2ZRA.css`. */
  readonly keys: ReadonlyMap<string, string>;
}

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

const COMMON = { bundle: true, minify: true, write: false, logLevel: 'warning', absWorkingDir: source } as const;
const SCRIPT = {
  format: 'esm',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  plugins: [cssAsText],
} satisfies BuildOptions;

/**
 * The widget: one script that holds all that it needs at first, its parts, and the data of the map. It knows the parts by their
 * integrity, so that its own vouches for everything.
 */
export async function bundleWidget(): Promise<Bundles> {
  const parts = await bundle(PARTS, '.js', SCRIPT);
  const map = new TextEncoder().encode(JSON.stringify(await drawUsMap()));
  const mapHash = createHash('sha256').update(map).digest('hex').slice(0, 8).toUpperCase();
  const files = new Map([...parts.files, [`widget/v1/us-map-${mapHash}.json`, map]]);
  const widget = await bundle(WIDGET, '.js', { ...SCRIPT, plugins: [cssAsText, builtParts(files)] });
  return { files: new Map([...files, ...widget.files]), keys: widget.keys };
}

/** `import parts from 'built:parts'`: where each part lies, from beside the script that imports it, and its integrity. */
function builtParts(files: ReadonlyMap<string, Uint8Array>): Plugin {
  const parts = [...files].map(([key, contents]) => {
    const file = basename(key);
    const integrity = `sha384-${createHash('sha384').update(contents).digest('base64')}`;
    return [file.slice(0, file.lastIndexOf('-')), { path: `./${file}`, integrity }];
  });
  const contents = JSON.stringify(Object.fromEntries(parts));
  return {
    name: 'built-parts',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^built:parts$/ }, ({ path }) => ({ path, namespace: 'built' }));
      onLoad({ filter: /./, namespace: 'built' }, () => ({ contents, loader: 'json' }));
    },
  };
}

export async function bundleScripts(): Promise<Bundles> {
  return await bundle(BUNDLES, '.js', SCRIPT);
}

export async function bundleStyles(): Promise<Bundles> {
  return await bundle(STYLES, '.css', {});
}

async function bundle(
  entries: Readonly<Record<string, string>>,
  ending: string,
  options: BuildOptions,
): Promise<Bundles> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    ...options,
    outdir: source,
    entryPoints: Object.entries(entries).map(([out, from]) => ({ in: join(source, from), out })),
    entryNames: '[dir]/[name]-[hash]',
    metafile: true,
    write: false,
  });
  const names = new Map(Object.entries(entries).map(([name, from]) => [from, name + ending]));
  return {
    files: new Map(outputFiles.map(({ path, contents }) => [relative(source, path), contents])),
    keys: new Map(
      Object.entries(metafile.outputs).flatMap(([key, { entryPoint = '' }]) => {
        const name = names.get(entryPoint);
        return name === undefined ? [] : [[name, key]];
      }),
    ),
  };
}
