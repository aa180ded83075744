import { DIMENSIONS, type Dimension, FACT_EVENTS, type Fact } from './fact.ts';

/** The values of one dimension, a row each: where they stand in the dictionary, which is in ascending order. */
export interface Column {
  readonly dictionary: readonly string[];
  readonly indexes: Uint32Array;
}

/**
 * Facts by what they have in common: a row for each distinct tuple of values, in ascending order of them, with how often each
 * event happened. What the tuples leave out is summed over. The same facts make the same cube, in whatever order they come.
 */
export interface Cube {
  readonly rows: number;
  readonly columns: ReadonlyMap<Dimension, Column>;
  /** One array for each of `FACT_EVENTS`, in their order. */
  readonly counts: readonly Uint32Array[];
}

/** The lossless cube of facts: all dimensions, without the time. */
export function cubeOf(facts: readonly Fact[]): Cube {
  const columns = new Map(
    DIMENSIONS.map((dimension) => [dimension, columnOf(facts.map(({ dimensions }) => dimensions[dimension]))] as const),
  );
  const counts = FACT_EVENTS.map((event) => Uint32Array.from(facts, (fact) => (fact.event === event ? 1 : 0)));
  return projectCubes([{ rows: facts.length, columns, counts }], DIMENSIONS);
}

/**
 * One cube of all that several hold, with fewer dimensions or the same.
 * @throws RangeError when one of them lacks a dimension
 */
export function projectCubes(cubes: readonly Cube[], dimensions: readonly Dimension[]): Cube {
  const rows = cubes.reduce((sum, cube) => sum + cube.rows, 0);
  const joined = dimensions.map((dimension) => joinColumns(cubes.map((cube) => columnOfCube(cube, dimension))));
  const classes = classesOf(joined, rows);
  const distinct = Float64Array.from(new Set(classes)).sort();
  const positionOf = new Map(Array.from(distinct, (value, position) => [value, position]));
  const positions = Uint32Array.from(classes, (value) => positionOf.get(value) ?? 0);

  const columns = joined.map(({ dictionary, indexes }): Column => {
    const picked = new Uint32Array(distinct.length);
    positions.forEach((position, row) => {
      picked[position] = indexes[row] ?? 0;
    });
    return { dictionary, indexes: picked };
  });
  const counts = FACT_EVENTS.map((_, event) => {
    const sums = new Uint32Array(distinct.length);
    let row = 0;
    for (const cube of cubes) {
      for (const count of cube.counts[event] ?? []) {
        const position = positions[row] ?? 0;
        sums[position] = (sums[position] ?? 0) + count;
        row += 1;
      }
    }
    return sums;
  });
  return {
    rows: distinct.length,
    columns: new Map(dimensions.map((dimension, at) => [dimension, columns[at] ?? NO_VALUES])),
    counts,
  };
}

/** Some consecutive rows of a cube, with dictionaries of what occurs in them alone. */
export function sliceCube(cube: Cube, from: number, until: number): Cube {
  const columns = [...cube.columns].map(([dimension, { dictionary, indexes }]) => {
    const own = indexes.slice(from, until);
    return [dimension, narrowed({ dictionary, indexes: own })] as const;
  });
  return {
    rows: Math.min(until, cube.rows) - from,
    columns: new Map(columns),
    counts: cube.counts.map((counts) => counts.slice(from, until)),
  };
}

const NO_VALUES: Column = { dictionary: [], indexes: new Uint32Array(0) };

/** @throws RangeError when the cube lacks the dimension */
export function columnOfCube({ columns }: Cube, dimension: Dimension): Column {
  const column = columns.get(dimension);
  if (column === undefined) throw new RangeError(`the cube has no ${dimension}`);
  return column;
}

function columnOf(values: readonly string[]): Column {
  const dictionary = [...new Set(values)].sort();
  const indexOf = new Map(dictionary.map((value, index) => [value, index]));
  return { dictionary, indexes: Uint32Array.from(values, (value) => indexOf.get(value) ?? 0) };
}

function joinColumns(columns: readonly Column[]): Column {
  const dictionary = [...new Set(columns.flatMap((column) => column.dictionary))].sort();
  const indexOf = new Map(dictionary.map((value, index) => [value, index]));
  const indexes = new Uint32Array(columns.reduce((sum, column) => sum + column.indexes.length, 0));
  let row = 0;
  for (const column of columns) {
    const moved = column.dictionary.map((value) => indexOf.get(value) ?? 0);
    for (const index of column.indexes) {
      indexes[row] = moved[index] ?? 0;
      row += 1;
    }
  }
  return narrowed({ dictionary, indexes });
}

/** Without the dictionary's values that no row has. */
function narrowed({ dictionary, indexes }: Column): Column {
  const used = new Set(indexes);
  if (used.size === dictionary.length) return { dictionary, indexes };
  const kept = [...used].sort((a, b) => a - b);
  const moved = new Map(kept.map((index, position) => [index, position]));
  return {
    dictionary: kept.map((index) => dictionary[index] ?? ''),
    indexes: indexes.map((index) => moved.get(index) ?? 0),
  };
}

/** A number for each row: equal for equal tuples, and in the tuples' order, since dictionaries are in order. */
function classesOf(columns: readonly Column[], rows: number): Float64Array {
  let classes = new Float64Array(rows);
  let size = 1;
  for (const { dictionary, indexes } of columns) {
    if (size * dictionary.length > Number.MAX_SAFE_INTEGER) {
      const distinct = Float64Array.from(new Set(classes)).sort();
      const rankOf = new Map(Array.from(distinct, (value, rank) => [value, rank]));
      classes = classes.map((value) => rankOf.get(value) ?? 0);
      size = distinct.length;
    }
    classes = classes.map((value, row) => value * dictionary.length + (indexes[row] ?? 0));
    size *= dictionary.length;
  }
  return classes;
}
