import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressLines,
  directionsUrl,
  formatDealerDistance,
  formatDistance,
  formatPhone,
  localeOf,
  nearOfPosition,
  websiteUrl,
} from '../../web/client/format.ts';
import { mailLinkOf } from '../../web/reservation/mail-link.ts';

test('a place of the browser is rounded to three decimals, in plain decimals that the API takes', () => {
  const latitude = fc.double({ min: -90, max: 90, noNaN: true });
  const longitude = fc.double({ min: -180, max: 180, noNaN: true });
  fc.assert(
    fc.property(latitude, longitude, (latitude, longitude) => {
      const near = nearOfPosition({ latitude, longitude });
      expect(near).toMatch(/^-?\d{1,2}(\.\d{1,3})?,-?\d{1,3}(\.\d{1,3})?$/);
      expect(near).not.toMatch(/(^|,)-0(,|$)/);
      const [lat, lng] = near.split(',').map(Number);
      expect(Math.abs((lat ?? Number.NaN) - latitude)).toBeLessThanOrEqual(0.000_500_1);
      expect(Math.abs((lng ?? Number.NaN) - longitude)).toBeLessThanOrEqual(0.000_500_1);
    }),
  );
});

test('a distance is in the unit and language, and whole where the store is placed by its ZIP', () => {
  expect(formatDistance(8.34, 'mi', 'en-US')).toBe('8.3 mi');
  expect(formatDistance(1234.5, 'km', 'es-US')).toBe('1,235 km');
  expect(formatDealerDistance({ distance: 8.34, locationAccuracy: 'rooftop' }, 'mi', 'en-US')).toBe('8.3 mi');
  expect(formatDealerDistance({ distance: 8.34, locationAccuracy: 'zip' }, 'mi', 'en-US')).toBe('8 mi');
  expect(formatDealerDistance({ distance: 0.2, locationAccuracy: 'zip' }, 'mi', 'en-US')).toBe('1 mi');
});

test('any Spanish is answered in Spanish, all else in English', () => {
  expect(['es', 'ES-mx', 'es-US', ' es_419'].map(localeOf)).toEqual(Array(4).fill('es-US'));
  expect(['en-GB', 'est', '', null, undefined].map(localeOf)).toEqual(Array(5).fill('en-US'));
});

test('a US number is written as people write it, another as it came', () => {
  expect(formatPhone('+19545551234')).toBe('(954) 555-1234');
  expect(formatPhone('+442079460958')).toBe('+442079460958');
});

test('only a web address becomes a link', () => {
  expect(websiteUrl('https://store.example/a')).toBe('https://store.example/a');
  expect(['javascript:alert(1)', 'data:text/html,x', 'store', undefined].map(websiteUrl)).toEqual(
    Array(4).fill(undefined),
  );
});

test('directions name the store, its street only where it has one', () => {
  const address = { street: '', city: 'Miami', state: 'FL', zip: '33101' };
  expect(addressLines(address)).toEqual(['Miami, FL 33101']);
  const url = new URL(directionsUrl({ name: 'Audi & Sons', address: { ...address, street: '1 Main St' } }));
  expect(url.searchParams.get('destination')).toBe('Audi & Sons, 1 Main St, Miami, FL 33101');
  expect(url.searchParams.has('origin')).toBe(false);
});

test('a mail’s link is read from the fragment', () => {
  expect(mailLinkOf('#confirm=a.b-c_d')).toEqual({ purpose: 'confirm', token: 'a.b-c_d' });
  expect(mailLinkOf('#manage=x')).toEqual({ purpose: 'manage', token: 'x' });
  expect(['', '#', '#confirm=', '#acknowledge=x', '#top'].map(mailLinkOf)).toEqual(Array(5).fill(undefined));
});
