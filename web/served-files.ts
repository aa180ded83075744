import { extname } from 'node:path';
import * as z from 'zod';

/** What a file is served with. An upload gives both to S3, which gives them back with every answer. */
const ServedFile = z.strictObject({ contentType: z.string(), cacheControl: z.string() });
export type ServedFile = Readonly<z.output<typeof ServedFile>>;

/** The manifest of a folder of files, by their key in the bucket. It lies beside the folder, and is not served. */
export const ServedFiles = z.record(z.string(), ServedFile);
export type ServedFiles = Readonly<Record<string, ServedFile>>;

/** @param folder e.g. `dist/web` @returns e.g. `dist/web-files.json` */
export function manifestPath(folder: string): string {
  return `${folder}-files.json`;
}

/** How long browsers and the edge may keep a file without asking again. */
export const CACHE_CONTROL = {
  /** The name says what is in it: another content has another name. */
  immutable: 'public, max-age=31536000, immutable',
  /** Others' pages name it, so its name stays: five minutes, and a day in which an old one is better than a wait. */
  evergreen: 'public, max-age=300, stale-while-revalidate=86400',
  /** Pages name the newest files: as long as the API's public answers. */
  page: 'public, max-age=60, stale-while-revalidate=600',
} as const;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** @throws Error when no content type is known for the file's ending */
export function servedFile(key: string, caching: keyof typeof CACHE_CONTROL): ServedFile {
  const contentType = CONTENT_TYPES[extname(key)];
  if (contentType === undefined) throw new Error(`web/served-files.ts names no content type for ${key}`);
  return { contentType, cacheControl: CACHE_CONTROL[caching] };
}
