import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
// Checks data/launch.json: a wording that is not right fails the build, not the first request.
import '../shared/launch/launch.ts';
import { PAGE_FILES_NAME } from '../shared/runtime/page-site.ts';
import { bundleStyles } from '../web/bundles.ts';
import { FUNCTION_SPECS } from './functions.ts';

const ROOT = join(import.meta.dirname, '..');

/** Where the bundles lie: `<name>/index.mjs`, and beside it what the function reads. */
export const BUNDLE_DIR = join(ROOT, 'dist', 'functions');

/**
 * To import `node:http` as an ES module is to read each of its exports, and some of these load all of undici: a seventh of a
 * cold start. As an object it gives only what is asked of it.
 */
const HTTP_ON_DEMAND: Plugin = {
  name: 'http-on-demand',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({ path, namespace: 'on-demand' }));
    onLoad({ filter: /.*/, namespace: 'on-demand' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
  },
};

/**
 * Bundles every function at once into `dist/functions`: the same bytes are deployed and run on this machine.
 * @param outdir another folder, for those who must not disturb a running stack
 * @returns bytes by function name
 * @throws Error with esbuild's messages when a source does not build
 */
export async function bundleFunctions(outdir = BUNDLE_DIR): Promise<Readonly<Record<string, number>>> {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: FUNCTION_SPECS.map(([name]) => ({ in: `functions/${name}.ts`, out: `${name}/index` })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The SDK's ESM builds: what is not used is left out.
    mainFields: ['module', 'main'],
    // Lambda gives credentials in the environment, the first place that is looked at; the other ways are never taken.
    external: [
      ...['sso', 'ini', 'process', 'web-identity', 'http'].map((way) => `@aws-sdk/credential-provider-${way}`),
      '@smithy/credential-provider-imds',
    ],
    plugins: [HTTP_ON_DEMAND],
    metafile: true,
    logLevel: 'silent',
    banner: {
      // For the few CommonJS packages that call require for Node's own modules.
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  await Promise.all(
    FUNCTION_SPECS.filter(([, spec]) => spec.gazetteer).map(async ([name]) => {
      await mkdir(join(outdir, name), { recursive: true });
      await copyFile(join(ROOT, 'data', 'gazetteer', 'gazetteer.bin'), join(outdir, name, 'gazetteer.bin'));
    }),
  );
  // The same sources make the same names as in the build of the web files.
  const stylesheet = `/${(await bundleStyles()).keys.get('site.css')}`;
  await Promise.all(
    FUNCTION_SPECS.filter(([, spec]) => spec.makesPages).map(([name]) =>
      writeFile(join(outdir, name, PAGE_FILES_NAME), JSON.stringify({ stylesheet })),
    ),
  );
  return sizesOf(metafile);
}

function sizesOf(metafile: Metafile): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metafile.outputs).map(([file, { bytes }]) => [file.split('/').at(-2) ?? file, bytes]),
  );
}
