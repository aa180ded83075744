import { createRequire } from 'node:module';
import { cbsaRows, censusStateRows } from '../../data/gazetteer/sources.ts';
import type { CountiesFile, StatesFile } from './shape-files.ts';

const require = createRequire(import.meta.url);

type Topology = CountiesFile['topology'];
type Geometry = Topology['objects']['counties']['geometries'][number];

/**
 * The files of shapes by their address, from `us-atlas` (Census Bureau, projected already): all states in one, and the
 * counties of each state in a file of their own, so that a map loads only what it shows.
 *
 * Connecticut has no file: its counties there are the old ones, which nothing is counted by any more.
 */
export function buildShapes(): Map<string, string> {
  const states: StatesFile['topology'] = require('us-atlas/states-albers-10m.json');
  const counties: Topology = require('us-atlas/counties-albers-10m.json');
  const rows = censusStateRows();
  const codes = new Map(rows.map(({ state_fips: fips, state }) => [fips, state]));
  const metros = new Map(cbsaRows().map((row) => [row.county_fips, row]));

  const divided: string[] = [];
  const statesFile: StatesFile = {
    topology: {
      ...states,
      objects: {
        states: {
          type: 'GeometryCollection',
          geometries: states.objects.states.geometries.map((state) => ({
            ...state,
            id: codes.get(state.id) ?? state.id,
            properties: {},
          })),
        },
      },
    },
    names: Object.fromEntries(rows.map((row) => [row.state, row.state_name])),
    divided,
  };
  const files = new Map<string, string>();
  for (const [fips, code] of codes) {
    const own = counties.objects.counties.geometries.filter(({ id }) => id.startsWith(fips));
    if (own.length === 0 || code === 'CT') continue;
    const named = own.map((county): Geometry => {
      const metro = metros.get(county.id);
      const inMetro = metro !== undefined && { metro: metro.cbsa, metroName: metro.cbsa_title };
      return { ...county, properties: { name: county.properties.name, ...inMetro } };
    });
    const file: CountiesFile = { topology: topologyOf(named, counties) };
    files.set(`dashboard/counties/${code}.json`, JSON.stringify(file));
    divided.push(code);
  }
  files.set('dashboard/states.json', JSON.stringify(statesFile));
  return files;
}

/** A topology of some geometries alone, with the arcs that they use and no others. */
function topologyOf(geometries: readonly Geometry[], { transform, arcs: allArcs }: Topology): Topology {
  const arcs: Topology['arcs'] = [];
  const places = new Map<number, number>();
  const renumber = (arc: number): number => {
    // An arc that is walked backwards is the complement of its number.
    const index = arc < 0 ? ~arc : arc;
    let place = places.get(index);
    if (place === undefined) {
      place = arcs.push(allArcs[index] ?? []) - 1;
      places.set(index, place);
    }
    return arc < 0 ? ~place : place;
  };
  const renumberAll = (nested: unknown): unknown =>
    Array.isArray(nested) ? nested.map(renumberAll) : renumber(Number(nested));
  const own = geometries.map((geometry) => ({ ...geometry, arcs: renumberAll(geometry.arcs) }) as Geometry);
  const counties = { type: 'GeometryCollection', geometries: own } as const;
  return { type: 'Topology', ...(transform !== undefined && { transform }), arcs, objects: { counties } };
}
