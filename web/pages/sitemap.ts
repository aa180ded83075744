import { encodeXML } from 'entities/escape';
import { LOCALES } from '../../shared/launch/launch.ts';
import { pageAddress, storePath } from './page-address.ts';

/** Pages that are there whatever stores are, by their address in English. */
const LASTING_PAGES = ['/', '/stores/', '/find'];

/**
 * The sitemap (https://www.sitemaps.org/protocol.html): every page that is for search engines, in both languages. It says not when a
 * page was changed: nobody notes when a store was. The protocol allows 50,000 addresses, which is 24,000 stores and more.
 *
 * @param origin of the site, e.g. `https://alpine.example`
 */
export function sitemap(origin: string, dealerIds: readonly string[]): string {
  const paths = [...LASTING_PAGES, ...dealerIds.map(storePath)];
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${paths.flatMap((path) => LOCALES.map((locale) => entry(origin, path, pageAddress(path, locale)))).join('\n')}
</urlset>
`;
}

/** A page that is built once for all stages does not know its whole address: the pairs of languages are told here. */
function entry(origin: string, path: string, address: string): string {
  const pairs = LASTING_PAGES.includes(path)
    ? LOCALES.map(
        (locale) =>
          `<xhtml:link rel="alternate" hreflang="${locale}" href="${encodeXML(origin + pageAddress(path, locale))}"/>`,
      ).join('')
    : '';
  return `<url><loc>${encodeXML(origin + address)}</loc>${pairs}</url>`;
}

/** What robots are asked to leave alone: the API, whose answers are no pages. */
export function robots(origin: string): string {
  return `User-agent: *\nDisallow: /v1/\n\nSitemap: ${origin}/sitemap.xml\n`;
}
