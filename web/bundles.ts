import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';

const source = import.meta.dirname;

/** The widget's script by the name that pages ask for, without its ending. */
const WIDGET = { 'widget/v1/alpine-dealer-locator': 'widget/alpine-dealer-locator.ts' };

/** The pages' scripts likewise. */
const BUNDLES = {
  'widget/examples/examples': 'examples/examples.ts',
  'home/home': 'home/home.ts',
  'reservation/reservation': 'reservation/reservation-page.ts',
  'lead/lead': 'lead/lead-page.ts',
  'dashboard/dashboard': 'dashboard/dashboard-page.ts',
};

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
 * The widget: one script that holds all that it needs at first. What it loads later must lie beside it and be checked by it, so that
 * the integrity of the one script vouches for everything.
 */
export async function bundleWidget(): Promise<Bundles> {
  return await bundle(WIDGET, '.js', SCRIPT);
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
