import { join } from 'node:path';
import { build } from 'esbuild';
import { SCRIPT_ENTRIES } from '../../web/bundles.ts';
import { FUNCTION_SPECS } from '../functions.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Names of the npm packages of which something is in a function or in a script of the pages. */
export async function bundledPackages(): Promise<ReadonlySet<string>> {
  const functions = FUNCTION_SPECS.map(([name]) => `functions/${name}.ts`);
  const scripts = SCRIPT_ENTRIES.map((entry) => `web/${entry}`);
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...functions, ...scripts],
    outdir: 'unwritten',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    loader: { '.css': 'text' },
    // Known once the widget's parts are built; they are entries here.
    external: ['built:parts'],
    logLevel: 'silent',
  });
  const names = Object.keys(metafile.inputs).flatMap((path) => {
    const inside = path.split('node_modules/').at(-1);
    return path.includes('node_modules/') && inside !== undefined ? [packageOf(inside)] : [];
  });
  return new Set(names);
}

function packageOf(path: string): string {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}
