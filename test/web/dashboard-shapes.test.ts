import { createRequire } from 'node:module';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { describe, expect, test } from 'vitest';
import { cbsaRows, censusStateRows } from '../../data/gazetteer/sources.ts';
import { buildShapes } from '../../web/dashboard/build-shapes.ts';
import {
  type CountiesFile,
  countyShapes,
  metroShapes,
  type StatesFile,
  stateShapes,
} from '../../web/dashboard/shape-files.ts';

const atlas: Topology<{ counties: GeometryCollection<{ name: string }> }> = createRequire(import.meta.url)(
  'us-atlas/counties-albers-10m.json',
);
const files = buildShapes();
const read = <File>(path: string): File => JSON.parse(files.get(path) ?? 'null') as File;
const statesFile = read<StatesFile>('dashboard/states.json');
const counties = (code: string) => read<CountiesFile>(`dashboard/counties/${code}.json`);

describe('the files of shapes', () => {
  test('have every state by its postal code and name', () => {
    const { shapes } = stateShapes(statesFile);
    expect(shapes).toHaveLength(51);
    expect(shapes.find(({ code }) => code === 'FL')?.name).toBe('Florida');
    expect(statesFile.names['PR']).toBe('Puerto Rico');
  });

  test('have each county of the atlas once, as it is drawn there, but for Connecticut’s old ones', () => {
    const drawn = feature(atlas, atlas.objects.counties).features;
    const expected = new Map(
      drawn.filter(({ id }) => !String(id).startsWith('09')).map((each) => [String(each.id), each.geometry]),
    );
    expect(expected.size).toBeGreaterThan(3_100);
    const found = statesFile.divided.flatMap((code) => countyShapes(counties(code)).shapes);
    expect(new Map(found.map(({ code, geometry }) => [code, geometry]))).toEqual(expected);
    expect(found).toHaveLength(expected.size);
    expect(files.has('dashboard/counties/CT.json')).toBe(false);
  });

  test('have each metro area of a state that has a county there', () => {
    const fips = new Map(censusStateRows().map((row) => [row.state, row.state_fips]));
    for (const code of ['FL', 'NY', 'TX', 'DC']) {
      const file = counties(code);
      const own = new Set(countyShapes(file).shapes.map((shape) => shape.code));
      const expected = new Set(
        cbsaRows()
          .filter(({ county_fips: county }) => county.startsWith(fips.get(code) ?? '') && own.has(county))
          .map(({ cbsa }) => cbsa),
      );
      expect(new Set(metroShapes(file).shapes.map((shape) => shape.code))).toEqual(expected);
    }
    expect(metroShapes(counties('FL')).shapes.find(({ code }) => code === '33100')?.name).toMatch(/^Miami/);
  });

  test('are small: what a map loads is under 90 KB', () => {
    for (const [path, text] of files) expect(text.length, path).toBeLessThan(90_000);
  });
});
