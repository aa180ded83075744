import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { populatedPlaces, postalRows } from '../../data/gazetteer/sources.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import type { NearAnswer, PlaceSuggestion } from '../../shared/gazetteer/place.ts';
import { nameKey } from '../../shared/gazetteer/place-name.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';

const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
const cityNames = populatedPlaces().map((place) => place.name);

/** What people type: beginnings of names and ZIPs, states behind them, and anything at all. */
const typed = fc.oneof(
  fc.tuple(fc.constantFrom(...cityNames), fc.nat(12)).map(([name, length]) => name.slice(0, length)),
  fc
    .tuple(
      fc.constantFrom(...cityNames),
      fc.constantFrom(' ', ', ', ','),
      fc.constantFrom('FL', 'mo', 'C', 'new', 'Texas'),
    )
    .map((parts) => parts.join('')),
  fc.nat(99_999).map((zip) => String(zip).padStart(5, '0')),
  fc.nat(999).map(String),
  fc.string({ unit: 'grapheme' }),
);

function suggestionsOf(answer: NearAnswer): readonly PlaceSuggestion[] {
  return answer.kind === 'unknown' ? answer.suggestions : [];
}

function labels(query: string): string[] {
  return gazetteer.suggestPlaces(query, 8).map((suggestion) => suggestion.label);
}

describe('resolveNear', () => {
  test('resolves every ZIP to its own point, the same with its four further digits', () => {
    for (const { zip, state } of postalRows()) {
      if (state === '') continue;
      const answer = gazetteer.resolveNear(zip);
      const entry = gazetteer.findZip(zip);
      if (answer.kind !== 'found' || entry === undefined || entry.military) throw new Error(`${zip} is not found`);
      expect(answer).toMatchObject({ location: entry.location, state });
    }
    expect(gazetteer.resolveNear('33324-1234')).toEqual(gazetteer.resolveNear('33324'));
    expect(gazetteer.resolveNear(' 33324 ')).toMatchObject({ kind: 'found', label: 'Fort Lauderdale, FL 33324' });
  });

  test('gives coordinates back as they are', () => {
    const decimal = (max: number) =>
      fc
        .tuple(fc.integer({ min: -max * 1e6, max: max * 1e6 }), fc.integer({ min: 0, max: 6 }))
        .map(([n, places]) => (n / 1e6).toFixed(places));
    fc.assert(
      fc.property(decimal(90), decimal(180), fc.constantFrom(',', ', ', ' , '), (lat, lng, comma) => {
        const answer = gazetteer.resolveNear(lat + comma + lng);
        expect(answer).toMatchObject({ kind: 'found', location: { lat: Number(lat) + 0, lng: Number(lng) + 0 } });
      }),
    );
    expect(gazetteer.resolveNear('26.112349,-80.26')).toMatchObject({ label: '26.1123, -80.26' });
    expect(gazetteer.resolveNear('-0,-0.00001')).toEqual({
      kind: 'found',
      label: '0, 0',
      location: { lat: 0, lng: -0.00001 },
    });
  });

  test('says which state a place lies in, and of coordinates far from any ZIP that it knows none', () => {
    const stateOf = (near: string) => {
      const answer = gazetteer.resolveNear(near);
      return answer.kind === 'found' ? answer.state : answer.kind;
    };
    expect(['96910', 'St. Paul, Minnesota', '26.11,-80.25', '61.2,-149.9'].map(stateOf)).toEqual([
      'GU',
      'MN',
      'FL',
      'AK',
    ]);
    expect(['0,0', '48.85,2.35', '30,-60', '90,0'].map(stateOf)).toEqual(Array(4).fill(undefined));
  });

  test('refuses what is not a plain decimal within range, and says what it takes', () => {
    const malformed = [
      'NaN,NaN',
      'NaN,5',
      'Infinity,0',
      '1e3,5',
      '0x10,5',
      '１２,３',
      '+1,2',
      '.5,1',
      '5.,1',
      '1,2,3',
      '1 2',
      '26.11',
      ',',
      '90.0001,0',
      '0,-180.0001',
      '-180.25,26.11',
      '',
      '   ',
      '3332',
      '333245',
      '33324-12',
      'Chicago',
      'Chicago,',
      ', IL',
      'Chicago, Illinoi',
      '12, IL3',
      'x'.repeat(101),
      '\0, \0',
    ];
    for (const near of malformed) {
      expect(gazetteer.resolveNear(near), near).toMatchObject({
        kind: 'malformed',
        // As it stands in an answer: behind the parameter's name.
        detail: expect.stringMatching(/^has .*(ZIP|latitude)/),
      });
    }
  });

  test('never repeats what it refuses as malformed, which may be an address', () => {
    const street = fc.stringMatching(/^[1-9][0-9]{3} [A-Z][a-z]{5,9} (Street|Avenue)( [A-Z]{2} [0-9]{5})?$/);
    const outside = fc.tuple(fc.integer({ min: 181, max: 999 }), fc.integer({ min: 0, max: 99_999 }));
    const malformed = fc.oneof(
      street,
      outside.map(([whole, part]) => `${whole}.${part},0`),
      outside.map(([whole, part]) => `0,-${whole}.${part}`),
    );
    fc.assert(
      fc.property(malformed, (near) => {
        const answer = gazetteer.resolveNear(near);
        if (answer.kind !== 'malformed') throw new Error(`must be malformed, not ${answer.kind}`);
        for (const part of near.split(',').filter((part) => part !== '0')) expect(answer.detail).not.toContain(part);
      }),
    );
  });

  test('answers anything at all without throwing', () => {
    fc.assert(
      fc.property(typed, (near) => {
        const answer = gazetteer.resolveNear(near);
        for (const suggestion of suggestionsOf(answer)) {
          expect(gazetteer.resolveNear(suggestion.near)).toMatchObject({
            kind: 'found',
            location: { lat: suggestion.lat, lng: suggestion.lng },
          });
        }
      }),
    );
  });

  test('offers ZIPs of the same area for one that does not exist', () => {
    const suggestions = suggestionsOf(gazetteer.resolveNear('33399'));
    const fortLauderdale = { lat: 26.12, lng: -80.14 };
    expect(suggestions.length).toBe(5);
    for (const suggestion of suggestions) expect(distanceMeters(suggestion, fortLauderdale)).toBeLessThan(40_000);
    expect(suggestionsOf(gazetteer.resolveNear('00000'))).toEqual([]);
  });

  test('says of a military ZIP that it has no place', () => {
    expect(gazetteer.resolveNear('09001')).toEqual({
      kind: 'unknown',
      detail: expect.stringContaining('military'),
      suggestions: [],
    });
  });

  test('offers the names that a misspelled one is close to, then namesakes elsewhere', () => {
    const first = (near: string) => suggestionsOf(gazetteer.resolveNear(near)).map((suggestion) => suggestion.label);
    expect(first('Ft Lauderdal, FL')[0]).toBe('Fort Lauderdale, FL');
    expect(first('Lauderdale, FL')[0]).toBe('Fort Lauderdale, FL');
    expect(first('Orlnado, Florida')[0]).toBe('Orlando, FL');
    expect(first('Chicago, TX')).toContain('Chicago, IL');
    expect(first('Paris, XX')[0]).toBe('Paris, TX');
    expect(gazetteer.resolveNear('Qqqqqqqqq, FL')).toMatchObject({ kind: 'unknown', suggestions: [] });
  });
});

describe('suggestPlaces', () => {
  test('offers only what resolves to its own label and point, no more than asked for, nothing twice', () => {
    fc.assert(
      fc.property(typed, fc.integer({ min: 0, max: 20 }), (query, limit) => {
        const suggestions = gazetteer.suggestPlaces(query, limit);
        expect(suggestions.length).toBeLessThanOrEqual(limit);
        expect(new Set(suggestions.map((suggestion) => suggestion.near)).size).toBe(suggestions.length);
        for (const { label, near, lat, lng } of suggestions) {
          expect(gazetteer.resolveNear(near)).toMatchObject({ kind: 'found', label, location: { lat, lng } });
        }
      }),
      { numRuns: 300 },
    );
  });

  test('offers a city at every beginning of its name with its state, under every city', () => {
    fc.assert(
      fc.property(fc.constantFrom(...populatedPlaces()), fc.nat(30), (place, length) => {
        const city = gazetteer.findCity(place.name, place.state);
        if (city === undefined) return;
        const label = `${city.name}, ${city.state}`;
        const begun = city.name.slice(0, Math.max(1, length)).trimEnd();
        fc.pre(/[\p{L}\d]$/u.test(begun));
        const all = gazetteer.suggestPlaces(`${begun}, ${city.state}`, 10_000).map((suggestion) => suggestion.label);
        expect(all).toContain(label);
        expect(gazetteer.suggestPlaces(begun, 100_000).map((suggestion) => suggestion.label)).toContain(label);
      }),
    );
  });

  test('puts the larger city first, equals by name and state', () => {
    expect(labels('springfield')[0]).toBe('Springfield, MO');
    expect(labels('new y')[0]).toBe('New York, NY');
    expect(labels('nyc')[0]).toBe('New York, NY');
    fc.assert(
      fc.property(fc.constantFrom(...cityNames), fc.integer({ min: 1, max: 7 }), (name, length) => {
        const begun = name.slice(0, length);
        // `La Pa` is also `La` in Pennsylvania: what the name alone gives comes before it.
        fc.pre(!/ \w\w$/.test(begun) || gazetteer.findState(begun.slice(-2)) === undefined);
        const cities = gazetteer.suggestPlaces(begun, 200).map(({ near }) => {
          const [city = '', state = ''] = near.split(', ');
          return { key: nameKey(city) + state, population: gazetteer.findCity(city, state)?.population ?? Number.NaN };
        });
        expect(cities).toEqual(cities.toSorted((a, b) => b.population - a.population || (a.key < b.key ? -1 : 1)));
      }),
    );
  });

  test('reads a state behind the name, with a comma or without, in full or begun', () => {
    expect(labels('springfield mo')).toEqual(['Springfield, MO']);
    expect(labels('Springfield, MO')).toEqual(['Springfield, MO']);
    expect(labels('portland oregon')[0]).toBe('Portland, OR');
    expect(labels('portland, m')[0]).toBe('Portland, ME');
    expect(labels('washington d.c.')[0]).toBe('Washington, DC');
    expect(labels('charleston west virginia')).toEqual(['Charleston, WV']);
  });

  test('reads St both as Saint and as a beginning', () => {
    expect(labels('st')).toContain('St. Louis, MO');
    expect(labels('st')).toContain('Stockton, CA');
    expect(labels('st.').every((label) => /^(St\.?|Saint) ?/.test(label))).toBe(true);
    expect(labels('saint lou')).toEqual(labels('st lou'));
  });

  test('offers ZIPs in order, and none of the military', () => {
    expect(labels('3332')).toEqual([...labels('3332')].sort());
    expect(gazetteer.suggestPlaces('33324-12', 8)).toMatchObject([{ near: '33324' }]);
    expect(gazetteer.suggestPlaces('090', 8)).toEqual([]);
    expect(gazetteer.suggestPlaces('006', 8)[0]).toMatchObject({ near: '00601', label: 'Adjuntas, PR 00601' });
  });

  test('offers nothing for nothing', () => {
    for (const query of ['', '  ', '!!', ',', ', FL', '333245', '99999']) expect(labels(query)).toEqual([]);
  });
});
