import { createHash } from 'node:crypto';
import { integrityOf } from './bundles.ts';

/** The plain name of the widget's script, which stays for as long as its attributes and events keep their meaning. */
export const EVERGREEN_SCRIPT = 'widget/v1/alpine-dealer-locator.js';

/** How another site may load the widget's script; keys are addresses without the host and its slash. */
export interface EmbedCodes {
  readonly version: string;
  /** Always the newest. It loads map and form when they are asked for. */
  readonly evergreen: { readonly key: string };
  /** One file for ever, all that the widget runs: its integrity covers every byte. */
  readonly pinned: { readonly key: string; readonly integrity: string };
}

/** @param version of the package @param whole the widget in one file */
export function embedCodes(version: string, whole: Uint8Array): EmbedCodes {
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 10);
  return {
    version,
    evergreen: { key: EVERGREEN_SCRIPT },
    pinned: { key: `widget/v${version}-${hash}/alpine-dealer-locator.js`, integrity: integrityOf(whole) },
  };
}

/** `widget/embed.json`: for build scripts and content systems; addresses are relative to the site's. */
export function embedJson({ version, evergreen, pinned }: EmbedCodes): string {
  return JSON.stringify(
    {
      version,
      evergreen: { src: `/${evergreen.key}` },
      pinned: { src: `/${pinned.key}`, integrity: pinned.integrity, crossorigin: 'anonymous' },
    },
    undefined,
    2,
  );
}
