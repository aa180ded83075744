import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import type { HttpAnswer, HttpHandler } from './exchange.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};

/** Serves a folder as S3 does to a distribution that may read objects but not list them: what is not there is 403. */
export function createBucket(directory: string): HttpHandler {
  return async (request) => {
    const key = keyOf(request.path);
    const body = key === undefined ? undefined : await read(join(directory, key));
    if (key === undefined || body === undefined) return accessDenied();
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const headers = new Map([
      ['content-type', [CONTENT_TYPES[extname(key)] ?? 'binary/octet-stream']],
      ['etag', [etag]],
    ]);
    return { status: 200, headers, body };
  };
}

/** `undefined` for a path that no object can have, or that leads out of the folder. */
function keyOf(path: string): string | undefined {
  try {
    const key = decodeURIComponent(path);
    return key.includes('\0') || normalize(key) !== key ? undefined : key;
  } catch {
    return undefined;
  }
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}

function accessDenied(): HttpAnswer {
  return {
    status: 403,
    headers: new Map([['content-type', ['application/xml']]]),
    body: Buffer.from(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    ),
  };
}
