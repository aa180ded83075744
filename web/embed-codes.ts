import { createHash } from 'node:crypto';

/** The plain name of the widget's script, which stays for as long as its attributes and events keep their meaning. */
export const EVERGREEN_SCRIPT = 'widget/v1/alpine-dealer-locator.js';

/** How another site may load the widget's script. Keys are addresses without the host and its slash. */
export interface EmbedCodes {
  readonly version: string;
  /** Always the newest. */
  readonly evergreen: { readonly key: string };
  /** The same for ever: its name has the hash of its contents. */
  readonly pinned: { readonly key: string; readonly integrity: string };
}

/**
 * @param version of the package
 * @param pinnedKey of the script under its name with a hash
 */
export function embedCodes(version: string, pinnedKey: string, script: Uint8Array): EmbedCodes {
  return {
    version,
    evergreen: { key: EVERGREEN_SCRIPT },
    pinned: { key: pinnedKey, integrity: integrityOf(script) },
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

/** Subresource integrity (https://www.w3.org/TR/sri/). */
function integrityOf(contents: Uint8Array): string {
  return `sha384-${createHash('sha384').update(contents).digest('base64')}`;
}
