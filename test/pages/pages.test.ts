import { decodeHTML } from 'entities';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOCALES, type Locale, launch } from '../../shared/launch/launch.ts';
import { findPage } from '../../web/pages/find-page.ts';
import { layOutPage, type Page } from '../../web/pages/page-layout.ts';
import { problemPage } from '../../web/pages/problem-page.ts';
import { storeData, storePage } from '../../web/pages/store-page.ts';
import { storesPage } from '../../web/pages/stores-page.ts';
import { htmlFaults } from '../support/html-faults.ts';
import { hostileStore, hostileText, plainStore, skeletonOf, valueIn } from './arbitrary-page.ts';

const site = { origin: 'https://alpine.example', stylesheet: '/site-ABC.css' };
const other = { ...plainStore, id: '2591', name: 'Another' };
const hits = [{ dealer: plainStore, distanceMeters: 1609.344 * 9.5 }];
const found = { kind: 'found', label: 'Plantation, FL 33324', beyondRadius: false, hits } as const;
const asked = { near: '33324', model: 'a110' };

/** Every kind of page that functions make. */
const PAGES: Readonly<Record<string, (locale: Locale) => Page>> = {
  store: (locale) => storePage(plainStore, [{ dealer: other, distanceMeters: 12_000 }], locale),
  'store that is alone': (locale) => storePage({ ...plainStore, models: [] }, [], locale),
  stores: (locale) => storesPage([plainStore, other], () => 'Florida', locale),
  'no stores': (locale) => storesPage([], () => '', locale),
  'search unasked': (locale) => findPage({ near: '', model: '' }, { kind: 'unasked' }, locale),
  'search found': (locale) => findPage(asked, found, locale),
  'search beyond': (locale) => findPage(asked, { ...found, beyondRadius: true }, locale),
  'search of no stores': (locale) => findPage(asked, { ...found, hits: [] }, locale),
  'search malformed': (locale) => findPage({ near: 'x', model: '' }, { kind: 'malformed' }, locale),
  'search unknown': (locale) =>
    findPage(asked, { kind: 'unknown', suggestions: [{ label: 'Plantation, FL', near: 'Plantation, FL' }] }, locale),
  'unknown page': (locale) => problemPage(404, 'page', 'request-1', locale),
  'unknown store': (locale) => problemPage(404, 'store', 'request-1', locale),
  'withdrawn store': (locale) => problemPage(410, 'store', 'request-1', locale),
  'wrong method': (locale) => problemPage(405, 'page', 'request-1', locale),
  fault: (locale) => problemPage(500, 'page', 'request-1', locale),
};
const EVERY = LOCALES.flatMap((locale) => Object.entries(PAGES).map(([name, make]) => ({ name, locale, make })));

describe.each(EVERY)('$name ($locale)', ({ make, locale }) => {
  const page = layOutPage(make(locale), site);

  test('is valid HTML', async () => {
    expect(await htmlFaults(page)).toEqual([]);
  });

  test('has nothing inline, and loads its own stylesheet alone', () => {
    expect(page).not.toMatch(/\sstyle=|<style|\son\w+=|="javascript:/i);
    expect(page.match(/<script(?! type="application\/ld\+json")/)).toBeNull();
    const loaded = [
      ...page.matchAll(/<(?:link rel="(?:stylesheet|icon)"|img|script|iframe)[^>]*(?:href|src)="([^"]*)"/g),
    ];
    expect(loaded.map(([, address]) => address)).toEqual(['/favicon.svg', '/site-ABC.css']);
  });

  test('says what is true: expected, never authorised, and the launch notice', () => {
    expect(page).not.toMatch(/authori[sz]ed|autorizad|official dealer|oficial/i);
    expect(decodeHTML(page)).toContain(launch.launchNotice[locale]);
    expect(page).toContain(`href="${launch.privacyUrl}"`);
  });
});

const pairOf = (page: string) =>
  new Map(
    [...page.matchAll(/rel="alternate" hreflang="([^"]*)" href="([^"]*)"/g)].map(([, code, href]) => [code, href]),
  );

test.each(['store', 'stores', 'search unasked'])(
  'the languages of a page name each other, and themselves: %s',
  (name) => {
    const pages = LOCALES.map((locale) => layOutPage((PAGES[name] ?? fail)(locale), site));
    const [english = '', spanish = ''] = pages;
    expect(pairOf(english)).toEqual(pairOf(spanish));
    expect(pairOf(english).get('en-US')).toBe(valueIn(english, /rel="canonical" href="([^"]*)"/));
    expect(pairOf(english).get('es-US')).toBe(valueIn(spanish, /rel="canonical" href="([^"]*)"/));
    expect(pairOf(english).get('x-default')).toBe(pairOf(english).get('en-US'));
  },
);

function fail(): never {
  throw new Error('there is no such page');
}

test.each(['search found', 'unknown page', 'withdrawn store'])('is not for search engines: %s', (name) => {
  const page = layOutPage((PAGES[name] ?? fail)('en-US'), site);
  expect(page).toContain('<meta name="robots" content="noindex">');
  expect(pairOf(page).size).toBe(0);
});

test('a store of any name, address and links adds neither element nor attribute, and is read as it is written', () => {
  fc.assert(
    fc.property(hostileStore, fc.constantFrom(...LOCALES), ({ hostile, plain }, locale) => {
      const pageOf = (store: typeof hostile) =>
        layOutPage(storePage(store, [{ dealer: store, distanceMeters: 1 }], locale), site);
      const page = pageOf(hostile);
      expect(skeletonOf(page)).toEqual(skeletonOf(pageOf(plain)));
      expect(decodeHTML(valueIn(page, /<h1>([^<]*)<\/h1>/))).toBe(hostile.name);
      const listed = layOutPage(
        storesPage([hostile], () => hostile.name, locale),
        site,
      );
      expect(skeletonOf(listed)).toEqual(
        skeletonOf(
          layOutPage(
            storesPage([plain], () => 'Florida', locale),
            site,
          ),
        ),
      );
    }),
  );
});

test.each([
  ['en-US', '/es/find'],
  ['es-US', '/find'],
] as const)('a search is the same one in the other language (from %s)', (locale, path) => {
  const page = layOutPage(findPage({ near: 'Miami, FL', model: 'a110' }, found, locale), site);
  const other = new URL(decodeHTML(valueIn(page, /href="([^"]*)" lang="[^"]*" hreflang/)), site.origin);
  expect(other.pathname).toBe(path);
  expect(Object.fromEntries(other.searchParams)).toEqual({ near: 'Miami, FL', model: 'a110' });
});

test('a search for anything shows it as it was typed, and nothing of it is markup', () => {
  fc.assert(
    fc.property(hostileText, (near) => {
      const outcome = { kind: 'unknown', suggestions: [{ label: near, near }] } as const;
      const page = layOutPage(findPage({ near, model: '' }, outcome, 'en-US'), site);
      expect(skeletonOf(page)).toEqual(
        skeletonOf(
          layOutPage(
            findPage({ near: 'x', model: '' }, { ...outcome, suggestions: [{ label: 'x', near: 'x' }] }, 'en-US'),
            site,
          ),
        ),
      );
      expect(decodeHTML(valueIn(page, /name="near"[^>]*value="([^"]*)"/))).toBe(near);
      const again = new URL(decodeHTML(valueIn(page, /<a href="(\/find\?[^"]*)"/)), site.origin);
      expect(again.searchParams.get('near')).toBe(near.toWellFormed());
    }),
  );
});

describe('what search engines are told of a store', () => {
  test('is what is known of it, and no more', () => {
    expect(storeData(plainStore)).toEqual({
      '@context': 'https://schema.org',
      '@type': 'AutoDealer',
      name: 'Mercedes-Benz of Pembroke Pines',
      url: 'https://www.mbofpembrokepines.com/',
      address: {
        '@type': 'PostalAddress',
        streetAddress: '14199 Pines Blvd',
        addressLocality: 'Pembroke Pines',
        addressRegion: 'FL',
        postalCode: '33027',
        addressCountry: 'US',
      },
    });
  });

  test('has a place only when it is the store’s own, and never a link that is none', () => {
    expect(storeData({ ...plainStore, locationAccuracy: 'rooftop' })).toMatchObject({
      geo: { '@type': 'GeoCoordinates', latitude: 25.98811, longitude: -80.340442 },
    });
    expect(storeData({ ...plainStore, url: 'javascript:alert(1)' })).not.toHaveProperty('url');
  });

  test('stands in the page as JSON, whatever the store is called', () => {
    fc.assert(
      fc.property(hostileStore, ({ hostile }) => {
        const page = layOutPage(storePage(hostile, [], 'en-US'), site);
        expect(JSON.parse(valueIn(page, /<script type="application\/ld\+json">([\s\S]*?)<\/script>/))).toEqual(
          JSON.parse(JSON.stringify(storeData(hostile))),
        );
      }),
    );
  });
});
