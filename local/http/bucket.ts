import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { manifestPath, ServedFiles } from '../../web/served-files.ts';
import { HostError } from '../host-error.ts';
import type { HttpAnswer, HttpHandler } from './exchange.ts';

/**
 * Serves a folder as S3 does to a distribution that may read objects but not list them: what is not there is 403. Objects have the
 * headers that the folder's manifest (`web/served-files.ts`) would be uploaded with; a file that it does not name is no object.
 */
export function createBucket(directory: string): HttpHandler {
  return async (request) => {
    const key = keyOf(request.path);
    const [manifest, body] = await Promise.all([read(manifestPath(directory)), key && read(join(directory, key))]);
    if (manifest === undefined)
      throw new HostError(`There is no ${manifestPath(directory)}: build the web files first.`);
    const served = ServedFiles.parse(JSON.parse(manifest.toString()))[(key ?? '').replace(/^\//, '')];
    if (body === undefined || body === '' || served === undefined) return accessDenied();
    const headers = new Map([
      ['content-type', [served.contentType]],
      ['cache-control', [served.cacheControl]],
      ['etag', [`"${createHash('md5').update(body).digest('hex')}"`]],
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
