import { readFileSync } from 'node:fs';
import { type Gazetteer, openGazetteer } from '../gazetteer/gazetteer.ts';

let opened: Gazetteer | undefined;

/** The gazetteer in the `gazetteer.bin` that the bundler lays beside the bundle. Read at the first call, kept for the next. */
export function gazetteer(): Gazetteer {
  opened ??= openGazetteer(readFileSync(new URL('gazetteer.bin', import.meta.url)));
  return opened;
}
