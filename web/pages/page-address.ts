import type { Locale } from '../../shared/launch/launch.ts';

/**
 * The address of a page in a language.
 * @param path in English, e.g. `/stores/2590`
 */
export function pageAddress(path: string, locale: Locale): string {
  return locale === 'es-US' ? `/es${path}` : path;
}

/** The language that an address asks for. @param path e.g. `/es/stores/2590` */
export function localeOfPath(path: string): Locale {
  return path === '/es' || path.startsWith('/es/') ? 'es-US' : 'en-US';
}

/** @param dealerId of characters that no address has to escape */
export function storePath(dealerId: string): string {
  return `/stores/${dealerId}`;
}

/** Where an interest in a store is reserved: the home page, its widget started with the store. */
export function reservePath(dealerId: string, locale: Locale): string {
  return `${pageAddress('/', locale)}?store=${dealerId}`;
}
