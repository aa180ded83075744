/** Numbers that add up to zero, each with its sign. */
export interface Line {
  /** A sum over groups, by which those that are left out can be taken together. */
  readonly isSum: boolean;
  readonly cells: readonly { readonly at: number; readonly sign: 1 | -1 }[];
}

/** Just below 2^26, so that a product is exact. */
const PRIME = 67_108_859;

/**
 * The unknown numbers that the lines leave no choice for: each that some combination of lines has alone. By Gauss-Jordan elimination
 * in the integers modulo a prime, in which nothing is rounded.
 */
export function determinedCells(unknown: readonly number[], lines: readonly Line[]): readonly number[] {
  const columnOf = new Map(unknown.map((at, column) => [at, column]));
  const rows: number[][] = lines.flatMap(({ cells }) => {
    const row = Array<number>(unknown.length).fill(0);
    for (const { at, sign } of cells) {
      const column = columnOf.get(at);
      if (column !== undefined) row[column] = sign === 1 ? 1 : PRIME - 1;
    }
    return row.some((value) => value !== 0) ? [row] : [];
  });
  let rank = 0;
  for (let column = 0; column < unknown.length && rank < rows.length; column += 1) {
    const found = rows.findIndex((row, index) => index >= rank && row[column] !== 0);
    if (found < 0) continue;
    const pivot = rows[found] ?? [];
    rows[found] = rows[rank] ?? [];
    rows[rank] = pivot;
    const inverse = inverseOf(pivot[column] ?? 1);
    for (let at = column; at < pivot.length; at += 1) pivot[at] = ((pivot[at] ?? 0) * inverse) % PRIME;
    for (const row of rows) {
      const factor = row === pivot ? 0 : (row[column] ?? 0);
      if (factor === 0) continue;
      for (let at = column; at < row.length; at += 1) {
        const product = (factor * (pivot[at] ?? 0)) % PRIME;
        row[at] = ((row[at] ?? 0) - product + PRIME) % PRIME;
      }
    }
    rank += 1;
  }
  return rows.slice(0, rank).flatMap((row) => {
    const columns = row.flatMap((value, column) => (value === 0 ? [] : [column]));
    return columns.length === 1 ? (unknown[columns[0] ?? 0] ?? []) : [];
  });
}

/** By Fermat's little theorem. */
function inverseOf(value: number): number {
  let [result, base] = [1, value];
  for (let exponent = PRIME - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}
