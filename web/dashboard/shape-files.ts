import { feature, merge, mesh } from 'topojson-client';
import type { MultiPolygon, Polygon, Topology } from 'topojson-specification';

/** Shapes of land with what is known of each. */
interface Areas<Properties> {
  readonly type: 'GeometryCollection';
  readonly geometries: ((Polygon | MultiPolygon) & { readonly id: string; readonly properties: Properties })[];
}
type AreaTopology<Name extends string, Properties> = Omit<Topology, 'objects'> & {
  readonly objects: Readonly<Record<Name, Areas<Properties>>>;
};

/** The file of the states: their shapes by postal code, and the names of states and territories. */
export interface StatesFile {
  readonly topology: AreaTopology<'states', object>;
  readonly names: Readonly<Record<string, string>>;
  /** Postal codes of the states that have a file of counties. */
  readonly divided: readonly string[];
}

export interface CountyProperties {
  readonly name: string;
  /** CBSA code and name of the metro or micro area that the county belongs to. */
  readonly metro?: string;
  readonly metroName?: string;
}

/** The file of one state's counties, by FIPS code. */
export interface CountiesFile {
  readonly topology: AreaTopology<'counties', CountyProperties>;
}

/** Something to draw: a county, a state, a metro. Coordinates are pixels of the US Albers map, 975 by 610, y down. */
export interface Shape {
  readonly code: string;
  readonly name: string;
  readonly geometry: GeoJSON.Geometry;
}

/** A map's shapes, and the lines between them as one. */
export interface Shapes {
  readonly shapes: readonly Shape[];
  readonly borders: GeoJSON.Geometry;
  /** All land of the map, where the shapes leave some of it out. */
  readonly background?: GeoJSON.Geometry;
}

export function stateShapes({ topology, names }: StatesFile): Shapes {
  return shapesOf(topology, topology.objects.states, ({ id }) => names[id] ?? id);
}

export function countyShapes({ topology }: CountiesFile): Shapes {
  return shapesOf(topology, topology.objects.counties, ({ properties }) => properties.name);
}

/** The parts of metros and micro areas that lie in the state: unions of its counties. */
export function metroShapes({ topology }: CountiesFile): Shapes {
  const { geometries } = topology.objects.counties;
  const members = Map.groupBy(
    geometries.filter(({ properties }) => properties.metro !== undefined),
    ({ properties }) => properties.metro ?? '',
  );
  return {
    shapes: [...members].map(([code, counties]) => ({
      code,
      name: counties[0]?.properties.metroName ?? code,
      geometry: merge(topology as Topology, counties),
    })),
    borders: mesh(topology as Topology, topology.objects.counties as never, (a, b) => metroOf(a) !== metroOf(b)),
    background: merge(topology as Topology, geometries),
  };
}

function metroOf(county: { readonly properties?: object | undefined }): string | undefined {
  return (county.properties as CountyProperties).metro;
}

function shapesOf<Name extends string, Properties>(
  topology: AreaTopology<Name, Properties>,
  areas: Areas<Properties>,
  nameOf: (area: Areas<Properties>['geometries'][number]) => string,
): Shapes {
  return {
    shapes: areas.geometries.map((area) => ({
      code: area.id,
      name: nameOf(area),
      geometry: feature(topology as Topology, area as Polygon).geometry,
    })),
    borders: mesh(topology as Topology, areas as never, (a, b) => a !== b),
  };
}
