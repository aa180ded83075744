import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { robots, sitemap } from '../../web/pages/sitemap.ts';

interface Entry {
  readonly loc: string;
  readonly 'xhtml:link'?: readonly { readonly hreflang: string; readonly href: string }[];
}

function entriesOf(xml: string): readonly Entry[] {
  const isArray = (name: string) => name === 'url' || name === 'xhtml:link';
  return new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', isArray }).parse(xml).urlset.url;
}

const dealerId = fc.stringMatching(/^[a-z0-9-]{1,32}$/);

test('names each store and each lasting page once in each language, and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(dealerId, { maxLength: 20 }), (ids) => {
      const addresses = entriesOf(sitemap('https://alpine.example', ids)).map(({ loc }) => loc);
      const paths = ['/', '/stores/', '/find', ...ids.map((id) => `/stores/${id}`)];
      expect(addresses.toSorted()).toEqual(
        paths.flatMap((path) => [`https://alpine.example${path}`, `https://alpine.example/es${path}`]).toSorted(),
      );
    }),
  );
});

test('tells the pairs of languages of lasting pages, both ways and alike', () => {
  const entries = entriesOf(sitemap('https://alpine.example', ['2590']));
  const paired = entries.filter((entry) => entry['xhtml:link'] !== undefined);
  expect(paired).toHaveLength(6);
  for (const { loc, 'xhtml:link': links = [] } of paired) {
    expect(links.map(({ href }) => href)).toContain(loc);
    for (const { href } of links) {
      expect(entries.find((entry) => entry.loc === href)?.['xhtml:link']).toEqual(links);
    }
  }
});

test('stays far below what one answer of a function may have (6 MB) at 10,000 stores', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `store-${index}`);
  expect(sitemap('https://alpine.example', ids).length).toBeLessThan(3_000_000);
});

test('robots are asked to leave the API alone, and told where the sitemap is', () => {
  expect(robots('https://alpine.example').split('\n')).toEqual([
    'User-agent: *',
    'Disallow: /v1/',
    '',
    'Sitemap: https://alpine.example/sitemap.xml',
    '',
  ]);
});
