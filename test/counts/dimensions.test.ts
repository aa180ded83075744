import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Countable, dimensionsOf } from '../../shared/counts/dimensions.ts';
import { distanceBand } from '../../shared/counts/fact.ts';

const MILE = 1609.344;

describe('the distance band', () => {
  test.each([
    [0, '0-10'],
    [10, '10-25'],
    [25, '25-50'],
    [50, '50-100'],
    [100, '100-250'],
    [250, '250+'],
  ])('from %d miles on is %s', (miles, band) => {
    expect(distanceBand(miles * MILE)).toBe(band);
  });

  test.each([
    [10, '0-10'],
    [25, '10-25'],
    [50, '25-50'],
    [100, '50-100'],
    [250, '100-250'],
  ])('just below %d miles is %s', (miles, band) => {
    expect(distanceBand(miles * MILE - 0.001)).toBe(band);
  });

  test('names ends between which the distance lies', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 12_500 * MILE, noNaN: true }), (meters) => {
        const [from = '', to = 'Infinity'] = distanceBand(meters).replace('+', '').split('-');
        expect(meters / MILE).toBeGreaterThanOrEqual(Number(from));
        expect(meters / MILE).toBeLessThan(Number(to));
      }),
    );
  });

  test('is none without a store', () => {
    expect(distanceBand(undefined)).toBe('none');
  });
});

describe('the dimensions of a reservation', () => {
  const countable: Countable = {
    zip: '33324',
    place: {
      military: false,
      zip: '33324',
      city: 'Plantation',
      state: 'FL',
      location: { lat: 26.11, lng: -80.27 },
      countyFips: '12011',
      metroCode: '33100',
    },
    nearestStoreMeters: 12 * MILE,
    dealerId: 'north',
    model: 'a110',
    timeframe: '0-6-months',
    locale: 'es-US',
    campaign: 'spring',
  };

  test('are its place and its choices', () => {
    expect(dimensionsOf(countable)).toEqual({
      state: 'FL',
      county: '12011',
      metro: '33100',
      zip3: '333',
      dealer: 'north',
      model: 'a110',
      timeframe: '0-6-months',
      distanceBand: '10-25',
      locale: 'es-US',
      campaign: 'spring',
    });
  });

  test('say unknown or none for what is missing', () => {
    expect(
      dimensionsOf({
        ...countable,
        place: { military: false, zip: '79854', city: 'Valentine', state: 'TX', location: { lat: 30, lng: -104 } },
        nearestStoreMeters: undefined,
        dealerId: null,
        timeframe: null,
        campaign: undefined,
      }),
    ).toMatchObject({
      state: 'TX',
      county: 'unknown',
      metro: 'unknown',
      dealer: 'none',
      timeframe: 'unknown',
      distanceBand: 'none',
      campaign: 'none',
    });
  });

  test('place a military ZIP nowhere but in its three digits', () => {
    const zip = '09012';
    expect(
      dimensionsOf({ ...countable, zip, place: { military: true, zip }, nearestStoreMeters: undefined }),
    ).toMatchObject({ state: 'unknown', county: 'unknown', metro: 'unknown', zip3: '090', distanceBand: 'unknown' });
  });
});
