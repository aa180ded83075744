import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildGazetteer } from '../../data/gazetteer/build.ts';
import {
  cbsaRows,
  censusCentroids,
  olderPostalRows,
  populatedPlaces,
  postalRows,
} from '../../data/gazetteer/sources.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import type { PlacedZip } from '../../shared/gazetteer/place.ts';
import { nameKey } from '../../shared/gazetteer/place-name.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';

const file = readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url));
const gazetteer = openGazetteer(file);
const postal = postalRows();
const placed = postal.filter((row) => row.state !== '');
const centroids = censusCentroids();

function placedZip(zip: string): PlacedZip {
  const entry = gazetteer.findZip(zip);
  if (entry === undefined || entry.military) throw new Error(`${zip} has no place`);
  return entry;
}

describe('gazetteer.bin', () => {
  test('is what the build gives, byte for byte', () => {
    expect(Buffer.compare(buildGazetteer(), file)).toBe(0);
  });

  test('opens from bytes at any alignment', () => {
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    expect(openGazetteer(shifted.subarray(1)).findZip('33324')).toEqual(gazetteer.findZip('33324'));
  });

  test('is refused when it is cut short, too long or something else', () => {
    for (const wrong of [file.subarray(0, 0), file.subarray(0, 1000), file.subarray(4), Buffer.concat([file, file])]) {
      expect(() => openGazetteer(wrong)).toThrow(RangeError);
    }
  });
});

describe('findZip', () => {
  test('gives every ZIP of GeoNames its city and state', () => {
    const wrong = placed.filter(({ zip, city, state }) => {
      const entry = placedZip(zip);
      return nameKey(entry.city) !== nameKey(city) || entry.state !== state;
    });
    expect(wrong).toEqual([]);
  });

  test('puts every ZIP at its Census centroid, and at the point of GeoNames where there is none', () => {
    const wrong = placed.filter(({ zip, location }) => {
      const wanted = centroids.get(zip) ?? location;
      const found = placedZip(zip).location;
      return found.lat !== wanted.lat || found.lng !== wanted.lng;
    });
    expect(wrong).toEqual([]);
  });

  test('knows every ZIP area of the Census', () => {
    expect([...centroids].filter(([zip, point]) => distanceMeters(placedZip(zip).location, point) > 0)).toEqual([]);
  });

  test('knows every ZIP of the territories, none of them at zero', () => {
    const rows = olderPostalRows().filter((row) => ['PR', 'GU', 'VI', 'AS', 'MP'].includes(row.state));
    expect(rows).toHaveLength(176 + 13 + 16 + 1 + 3);
    for (const { zip, city, state } of rows) {
      const entry = placedZip(zip);
      expect([nameKey(entry.city), entry.state]).toEqual([nameKey(city), state]);
      expect(Math.abs(entry.location.lat)).toBeGreaterThan(13);
      expect(Math.abs(entry.location.lng)).toBeGreaterThan(64);
    }
  });

  test('gives every ZIP of Puerto Rico a municipio', () => {
    const rows = olderPostalRows().filter((row) => row.state === 'PR');
    const names = rows.map((row) => gazetteer.countyName(placedZip(row.zip).countyFips ?? ''));
    expect(names.filter((name) => !name?.endsWith(' Municipio, PR'))).toEqual([]);
  });

  test('knows military ZIPs as such, without a place', () => {
    const military = postal.filter((row) => /^(APO|FPO|DPO)/.test(row.city) && !placed.some((p) => p.zip === row.zip));
    expect(military.length).toBeGreaterThan(500);
    for (const { zip } of military) expect(gazetteer.findZip(zip)).toEqual({ military: true, zip });
  });

  test('knows the two naval bases in Hawaii as places', () => {
    expect([placedZip('96860').state, placedZip('96863').state]).toEqual(['HI', 'HI']);
  });

  test('finds nothing for what is not five ASCII digits', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/^[0-9]{5}$/.test(text)),
        (text) => gazetteer.findZip(text) === undefined,
      ),
    );
    for (const text of ['', ' 33324', '33324 ', '33324-1234', '３３３２４', '3.3e4', '-3332', '033324']) {
      expect(gazetteer.findZip(text)).toBeUndefined();
    }
  });
});

describe('counties, metros and states', () => {
  test('follow the county of GeoNames and the delineation of the Census', () => {
    const metros = new Map(cbsaRows().map((row) => [row.county_fips, row]));
    const counties = new Map<string, string>();
    for (const { zip } of placed) {
      const { countyFips, metroCode, state } = placedZip(zip);
      if (state === 'MH') continue;
      expect(countyFips).toBeDefined();
      expect(metroCode).toBe(metros.get(countyFips ?? '')?.cbsa);
      counties.set(countyFips ?? '', state);
    }
    for (const [fips, state] of counties)
      expect(gazetteer.countyName(fips)).toMatch(new RegExp(`^\\p{L}.*, ${state}$`, 'u'));
    for (const row of metros.values()) expect(gazetteer.metroTitle(row.cbsa)).toBe(row.cbsa_title);
  });

  test('give all of Connecticut its planning regions', () => {
    const names = new Set(placed.filter((row) => row.state === 'CT').map(({ zip }) => placedZip(zip).countyFips));
    expect([...names].sort()).toEqual([
      '09110',
      '09120',
      '09130',
      '09140',
      '09150',
      '09160',
      '09170',
      '09180',
      '09190',
    ]);
  });

  test('are spelled as the Census spells them', () => {
    expect(gazetteer.countyName('35013')).toBe('Doña Ana County, NM');
    expect(gazetteer.countyName('22127')).toBe('Winn Parish, LA');
    expect(gazetteer.countyName('51640')).toBe('Galax city, VA');
    expect(gazetteer.countyName('02180')).toBe('Nome Census Area, AK');
    expect(gazetteer.countyName('02013')).toBe('Aleutians East Borough, AK');
  });

  test('are absent for codes that do not exist', () => {
    for (const code of ['', '00000', '99999', '1201', 'unknown']) {
      expect([gazetteer.countyName(code), gazetteer.metroTitle(code)]).toEqual([undefined, undefined]);
    }
  });

  test('place states in their Census region and division, and territories in none', () => {
    expect(gazetteer.findState('fl')).toEqual({
      code: 'FL',
      name: 'Florida',
      division: 'South Atlantic',
      region: 'South',
    });
    expect(gazetteer.findState('north carolina')?.code).toBe('NC');
    expect(gazetteer.findState('D.C.')?.code).toBe('DC');
    expect(gazetteer.findState('PR')).toEqual({ code: 'PR', name: 'Puerto Rico' });
    expect(gazetteer.findState('XX')).toBeUndefined();
    expect(gazetteer.findState('')).toBeUndefined();
  });
});

describe('findCity', () => {
  test('finds every populated place by its own name, the larger of namesakes', () => {
    const groups = Map.groupBy(
      populatedPlaces().filter((row) => !/[,(]| Village$/.test(row.name)),
      (row) => `${nameKey(row.name)}|${row.state}`,
    );
    for (const rows of groups.values()) {
      const largest = rows.reduce((a, b) => (b.population > a.population ? b : a));
      const city = gazetteer.findCity(largest.name, largest.state);
      expect(city?.population).toBeGreaterThanOrEqual(largest.population);
      if (city?.population === largest.population) expect(city?.location).toEqual(largest.location);
    }
  });

  test('finds every post office', () => {
    expect(placed.filter((row) => gazetteer.findCity(row.city, row.state) === undefined)).toEqual([]);
  });

  test('puts a post office that is no populated place at one of its own ZIPs', () => {
    const populated = new Set(populatedPlaces().map((row) => `${nameKey(row.name)}|${row.state}`));
    const offices = Map.groupBy(placed, (row) => `${nameKey(row.city)}|${row.state}`);
    for (const [id, rows] of offices) {
      const [{ city, state } = { city: '', state: '' }] = rows;
      const found = gazetteer.findCity(city, state);
      if (populated.has(id) || (found?.population ?? 0) > 0) continue;
      const points = rows.map(({ zip }) => placedZip(zip).location);
      expect(points).toContainEqual(found?.location);
    }
  });

  test('takes one spelling for another', () => {
    const same = [
      ['St. Louis', 'Saint Louis', 'MO'],
      ['Ft. Lauderdale', 'fort lauderdale', 'FL'],
      ['Mt Vernon', 'MOUNT VERNON', 'NY'],
      ['New York City', 'New York', 'NY'],
      ['NYC', 'New York', 'NY'],
      ['The Bronx', 'Bronx', 'NY'],
      ['Washington D.C.', 'Washington', 'DC'],
      ['La Canada Flintridge', 'La Cañada Flintridge', 'CA'],
      ['Coeur dAlene', "Coeur d'Alene", 'ID'],
      ['Winston Salem', 'Winston-Salem', 'NC'],
      ['Mc Lean', 'McLean', 'VA'],
      ['De Kalb', 'DeKalb', 'IL'],
      ['Sault Ste Marie', 'Sault Sainte Marie', 'MI'],
      ['Ewa Beach', '‘Ewa Beach', 'HI'],
      ['Bayamon', 'Bayamón', 'PR'],
    ] as const;
    for (const [a, b, state] of same) {
      expect(gazetteer.findCity(a, state)).toBeDefined();
      expect(gazetteer.findCity(a, state)).toEqual(gazetteer.findCity(b, state));
    }
  });

  test('takes the state by code or by name and keeps namesakes in other states apart', () => {
    expect(gazetteer.findCity('Portland', 'oregon')).toEqual(gazetteer.findCity('Portland', 'OR'));
    expect(gazetteer.findCity('Portland', 'ME')?.location).not.toEqual(gazetteer.findCity('Portland', 'OR')?.location);
    expect(gazetteer.findCity('Portland', 'XX')).toBeUndefined();
    expect(gazetteer.findCity('', 'FL')).toBeUndefined();
  });
});
