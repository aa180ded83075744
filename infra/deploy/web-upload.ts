import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestPath, ServedFiles } from '../../web/served-files.ts';
import type { AwsAccount } from './aws-account.ts';
import type { WebFile } from './aws-web-files.ts';

type Bucket = Pick<AwsAccount, 'fileKeys' | 'cacheControlOf' | 'putFile' | 'deleteFile' | 'invalidate'>;

/** The built files of a folder, by key, with what its manifest says that each is served with. */
export async function readWebFiles(folder: string): Promise<ReadonlyMap<string, WebFile>> {
  const manifest = ServedFiles.parse(JSON.parse(await readFile(manifestPath(folder), 'utf8')));
  const files = Object.entries(manifest).map(
    async ([key, served]) => [key, { ...served, body: await readFile(join(folder, key)) }] as const,
  );
  return new Map(await Promise.all(files));
}

/**
 * Puts the files into the bucket: first what pages refer to, then the pages, so that no page names what is not there. What the
 * bucket has besides is deleted, unless it is served as immutable: pages of others name such files with their integrity, and
 * pages of ours are still open somewhere. Whatever may have changed under its name is forgotten by the edge.
 * @param reference names this deployment
 */
export async function uploadWebFiles(
  account: Bucket,
  target: { readonly bucket: string; readonly distributionId: string; readonly reference: string },
  files: ReadonlyMap<string, WebFile>,
): Promise<{ readonly put: number; readonly deleted: readonly string[] }> {
  const { bucket, distributionId, reference } = target;
  const before = await account.fileKeys(bucket);
  for (const [key, file] of inOrder(files)) await account.putFile(bucket, key, file);
  const deleted: string[] = [];
  for (const key of before.filter((one) => !files.has(one))) {
    if (isImmutable(await account.cacheControlOf(bucket, key))) continue;
    await account.deleteFile(bucket, key);
    deleted.push(key);
  }
  const changing = [...files].filter(([, { cacheControl }]) => !isImmutable(cacheControl));
  const paths = [...changing.map(([key]) => key), ...deleted].map(pathOf);
  if (paths.length > 0) await account.invalidate(distributionId, paths.toSorted(), reference);
  return { put: files.size, deleted };
}

function inOrder(files: ReadonlyMap<string, WebFile>): (readonly [string, WebFile])[] {
  const isPage = ({ contentType }: WebFile): boolean => contentType.startsWith('text/html');
  const rank = (file: WebFile): number => (isPage(file) ? 2 : isImmutable(file.cacheControl) ? 0 : 1);
  return [...files].toSorted(([, a], [, b]) => rank(a) - rank(b));
}

/** RFC 8246; whatever else it says. */
function isImmutable(cacheControl: string | undefined): boolean {
  return cacheControl?.split(/, */).includes('immutable') ?? false;
}

function pathOf(key: string): string {
  return `/${key.split('/').map(encodeURIComponent).join('/')}`;
}
