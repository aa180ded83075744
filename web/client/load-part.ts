import parts from 'built:parts';
import type { UsMap } from '../map/us-map.ts';
import { RequestFailure } from './failure.ts';

/** The widget's parts by name, and what each exports. */
interface Parts {
  readonly map: typeof import('../map/map-view.ts');
  readonly reserve: typeof import('../widget/reserve-view.ts');
  readonly tiles: typeof import('../map/tile-ground.ts');
}

const loading = new Map<keyof Parts, Promise<unknown>>();

/**
 * Loads a part of the widget that is not needed at first. A part is a script of its own beside this one; it is fetched
 * once, with the hash of its contents, so that the integrity of the first script vouches for it too. After a failure the
 * next call tries again.
 *
 * @throws RequestFailure `unreachable` when it does not come, or is not the one that was built with this script
 */
export async function loadPart<Name extends keyof Parts>(name: Name): Promise<Parts[Name]>;
export async function loadPart(name: keyof Parts): Promise<unknown> {
  const part = loading.get(name) ?? fetchPart(name);
  loading.set(name, part);
  try {
    return await part;
  } catch (error) {
    loading.delete(name);
    throw error;
  }
}

/** Fetches a part that will soon be needed. Whether it comes is told to whoever then needs it. */
export function prefetchPart(name: keyof Parts): void {
  loadPart(name).catch(() => {});
}

/** Fetches the map of the country. @throws RequestFailure `unreachable`, as `loadPart` */
export async function loadUsMap(): Promise<UsMap> {
  const { path, integrity } = parts['us-map'];
  try {
    const response = await fetch(new URL(path, import.meta.url), { integrity, credentials: 'omit' });
    const map: UsMap = await response.json();
    return map;
  } catch {
    throw new RequestFailure('unreachable');
  }
}

let tries = 0;

async function fetchPart(name: keyof Parts): Promise<unknown> {
  const { path, integrity } = parts[name];
  const url = new URL(path, import.meta.url);
  // Browsers may keep a failed module for good; another query makes it another module.
  if (tries > 0) url.searchParams.set('try', String(tries));
  try {
    await preload(url.href, integrity);
    return await import(url.href);
  } catch {
    tries += 1;
    throw new RequestFailure('unreachable');
  }
}

/** Fetches a module with its integrity checked, which `import()` alone cannot ask for. */
async function preload(href: string, integrity: string): Promise<void> {
  const link = document.createElement('link');
  Object.assign(link, { rel: 'modulepreload', href, integrity, crossOrigin: 'anonymous' });
  await new Promise((resolve, reject) => {
    link.addEventListener('load', resolve);
    link.addEventListener('error', reject);
    document.head.append(link);
  }).finally(() => link.remove());
}
