import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';
import { call } from '../support/api-call.ts';

const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
const parsed = parseDealersCsv(readFileSync(new URL('../../data/dealers.csv', import.meta.url), 'utf8'), {
  gazetteer,
  modelIds: MODEL_IDS,
});
if ('faults' in parsed) throw new Error('data/dealers.csv has faults');
const stores = parsed.dealers;

interface Found {
  readonly beyondRadius: boolean;
  readonly origin: { readonly label: string; readonly lat: number; readonly lng: number };
  readonly dealers: readonly { readonly id: string; readonly distance: number; readonly location: object }[];
}

async function find(query: string): Promise<Found> {
  const { status, json } = await call('GET', `/v1/dealers?${query}`);
  expect(status, query).toBe(200);
  return json as Found;
}

describe('a search', () => {
  test('finds what a scan of the file finds, in its order, from anywhere on the globe', async () => {
    const degrees = (most: number) =>
      fc.double({ min: -most, max: most, noNaN: true }).map((value) => value.toFixed(4));
    await fc.assert(
      fc.asyncProperty(
        degrees(90),
        degrees(180),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom('mi', 'km'),
        async (lat, lng, radius, limit, unit) => {
          const found = await find(`near=${lat},${lng}&radius=${radius}&limit=${limit}&unit=${unit}`);
          const meters = unit === 'mi' ? 1609.344 : 1000;
          const origin = { lat: Number(lat), lng: Number(lng) };
          const nearest = stores
            .map((store) => ({ id: store.id, distance: distanceMeters(origin, store.location) / meters }))
            .toSorted((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));
          const within = nearest.filter(({ distance }) => distance <= radius);
          expect(found.beyondRadius).toBe(within.length === 0);
          const expected = (within.length === 0 ? nearest : within).slice(0, limit);
          expect(found.dealers.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
          for (const [index, { distance }] of found.dealers.entries()) {
            expect(Math.abs(distance - (expected[index]?.distance ?? Number.NaN))).toBeLessThanOrEqual(0.0500001);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('takes a ZIP, a ZIP+4, coordinates, and a city with its state', async () => {
    const [zip, zip4, city] = await Promise.all([
      find('near=33324'),
      find('near=33324-1234'),
      find(`near=${encodeURIComponent('fort lauderdale, fl')}`),
    ]);
    expect(zip4.dealers).toEqual(zip.dealers);
    expect(city.origin.label).toBe('Fort Lauderdale, FL');
    const point = await find(`near=${zip.origin.lat},${zip.origin.lng}`);
    expect(point.dealers.map(({ id }) => id)).toEqual(zip.dealers.map(({ id }) => id));
  });

  test('as GeoJSON gives the same stores, longitude first', async () => {
    const plain = await find('near=33324&limit=3');
    const { headers, json } = await call('GET', '/v1/dealers?near=33324&limit=3', {
      headers: { accept: 'application/geo+json' },
    });
    expect(headers.get('content-type')).toBe('application/geo+json');
    expect((json as { features: { id: string; geometry: { coordinates: number[] } }[] }).features).toMatchObject(
      plain.dealers.map(({ id, location }) => ({ id, geometry: { coordinates: Object.values(location).reverse() } })),
    );
  });

  test('is cacheable, and not sent again when nothing changed', async () => {
    const first = await call('GET', '/v1/dealers?near=33324');
    expect(first.headers.get('cache-control')).toMatch(/public, max-age=60/);
    const etag = first.headers.get('etag') ?? '';
    const second = await call('GET', '/v1/dealers?near=33324', { headers: { 'if-none-match': etag } });
    expect(second).toMatchObject({ status: 304, text: '' });
  });

  test('for a place that nobody knows is a 404 with suggestions', async () => {
    const { status, json } = await call('GET', `/v1/dealers?near=${encodeURIComponent('Fort Lauderdal, FL')}`);
    expect(status).toBe(404);
    expect((json as { suggestions: { near: string }[] }).suggestions.map(({ near }) => near)).toContain(
      'Fort Lauderdale, FL',
    );
  });
});

test('a store is told by its id, without where its leads go', async () => {
  const { status, json, text } = await call('GET', '/v1/dealers/2745');
  expect(status).toBe(200);
  expect(json).toMatchObject({ id: '2745', name: 'BMW of Buena Park', status: 'expected', locationAccuracy: 'zip' });
  expect(text).not.toContain('store.example');
  expect((await call('GET', '/v1/dealers/none')).status).toBe(404);
  expect((await call('GET', '/v1/dealers/%00')).status).toBe(404);
});

test('places are suggested, the larger first, and each can be searched from', async () => {
  const { json } = await call('GET', '/v1/places?q=fort%20la');
  const { places } = json as { places: { label: string; near: string; lat: number; lng: number }[] };
  expect(places[0]?.label).toBe('Fort Lauderdale, FL');
  for (const { near, lat, lng } of places) {
    expect((await find(`near=${encodeURIComponent(near)}`)).origin).toMatchObject({ lat, lng });
  }
});
