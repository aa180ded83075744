import { geoAlbersUsa } from 'd3-geo';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { albersUsa, MAP_HEIGHT, MAP_SCALE, MAP_WIDTH } from '../../web/map/albers-usa.ts';

/** The projection that us-atlas was made with. */
const d3 = geoAlbersUsa()
  .scale(MAP_SCALE)
  .translate([MAP_WIDTH / 2, MAP_HEIGHT / 2]);

const place = (lat: number, lng: number) =>
  fc.record({
    lat: fc.double({ min: lat - 12, max: lat + 12, noNaN: true }),
    lng: fc.double({ min: lng - 30, max: lng + 30, noNaN: true }),
  });
const around = { states: place(38, -96), alaska: place(62, -154), hawaii: place(20.5, -157) };
const anywhere = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
});

test('places lie where d3’s Albers USA puts them, in all three pictures and out of them', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.oneof(around.states, around.alaska, around.hawaii, anywhere), (point) => {
      const theirs = d3([point.lng, point.lat]);
      const ours = albersUsa(point);
      seen.add(ours?.part ?? 'nowhere');
      if (theirs === null) {
        expect(ours).toBeUndefined();
        return;
      }
      expect(ours?.x).toBeCloseTo(theirs[0], 6);
      expect(ours?.y).toBeCloseTo(theirs[1], 6);
    }),
    { numRuns: 3_000 },
  );
  expect([...seen].sort()).toEqual(['alaska', 'hawaii', 'nowhere', 'states']);
});

test.each([
  ['Fort Lauderdale', { lat: 26.1224, lng: -80.1373 }, 'states'],
  ['Anchorage', { lat: 61.2181, lng: -149.9003 }, 'alaska'],
  ['Attu, beyond the date line', { lat: 52.9, lng: 172.9 }, 'alaska'],
  ['Honolulu', { lat: 21.3069, lng: -157.8583 }, 'hawaii'],
  ['San Juan', { lat: 18.4655, lng: -66.1057 }, undefined],
  ['Guam', { lat: 13.4443, lng: 144.7937 }, undefined],
  ['the Virgin Islands', { lat: 18.3358, lng: -64.8963 }, undefined],
  ['American Samoa', { lat: -14.271, lng: -170.132 }, undefined],
] as const)('%s lies in its own picture, or in none', (_name, point, part) => {
  expect(albersUsa(point)?.part).toBe(part);
});
