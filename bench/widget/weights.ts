import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What is sent of something, in bytes. */
export interface Weight {
  readonly name: string;
  readonly raw: number;
  readonly gzipped: number;
}

const WIDGET = join(import.meta.dirname, '../../dist/web/widget/v1');

/** The widget's files as they are built, by their names without their hashes. */
export async function widgetWeights(): Promise<readonly Weight[]> {
  // The evergreen script is the same as the one with a hash in its name.
  const files = (await readdir(WIDGET)).filter((file) => /-[0-9A-Z]{8}\./.test(file));
  return Promise.all(
    files.sort().map(async (file) => {
      const contents = await readFile(join(WIDGET, file));
      return weigh(file.replace(/-[0-9A-Z]{8}\./, '.'), contents);
    }),
  );
}

/** Others as a site would bundle them, with esbuild and the same settings. None of them has a form or a place's search. */
export function rivalWeights(): Promise<readonly Weight[]> {
  return Promise.all([
    bundled('@googlemaps/extended-component-library, store locator', [
      "import '@googlemaps/extended-component-library/store_locator.js';",
    ]),
    bundled('Leaflet, script', ["import * as L from 'leaflet'; globalThis.L = L;"]),
    readFile(join(import.meta.dirname, '../../node_modules/leaflet/dist/leaflet.css')).then((css) =>
      weigh('Leaflet, style sheet', css),
    ),
  ]);
}

async function bundled(name: string, lines: readonly string[]): Promise<Weight> {
  const { outputFiles } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    logLevel: 'error',
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error(`${name} gave no script`);
  return weigh(name, script.contents);
}

function weigh(name: string, contents: Uint8Array): Weight {
  return { name, raw: contents.length, gzipped: gzipSync(contents, { level: 9 }).length };
}
