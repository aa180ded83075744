import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { requireEnvironment, SITE_URL_VARIABLE } from './environment.ts';

/** What the bundler lays beside a function that makes pages. */
export const PAGE_FILES_NAME = 'page-files.json';

const PageFiles = z.strictObject({ stylesheet: z.string() });

/** The site as the pages of this function need it, read at cold start. */
export function pageSite(): { readonly origin: string; readonly stylesheet: string } {
  const files = PageFiles.parse(JSON.parse(readFileSync(new URL(PAGE_FILES_NAME, import.meta.url), 'utf8')));
  return { origin: requireEnvironment(SITE_URL_VARIABLE), ...files };
}
