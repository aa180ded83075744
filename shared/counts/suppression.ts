import { COUNT_NAMES, type Counted, type CountName, type Counts, type Group, type GroupKey } from './grouping.ts';
import { determinedCells, type Line } from './suppressed-cells.ts';

/** Counts as they are shown: `null` where one is left out. */
export type ShownCounts = Record<CountName, number | null>;
export type ShownGroup = ShownCounts & Partial<Record<GroupKey, string>>;
export interface Shown {
  readonly total: ShownCounts;
  readonly groups: readonly ShownGroup[];
}

/** The terms of `active = confirmed - withdrawn + movedIn - movedOut`. */
const TERMS: readonly (readonly [CountName, 1 | -1])[] = [
  ['confirmed', 1],
  ['withdrawn', -1],
  ['movedIn', 1],
  ['movedOut', -1],
  ['active', -1],
];

/** More unknown numbers than this are not solved for: it would take too long. */
const SOLVED_AT_MOST = 400;

/** A number of the table: a row's count, shown or left out. */
interface Cell {
  readonly value: number;
  /** Whether it is this answer's to leave out; another answer's is as that one has it. */
  readonly isOurs: boolean;
  isHidden: boolean;
}

/**
 * Leaves out every count from 1 up to, and without, the smallest (and the same below zero), and as many others as it takes that these cannot be told
 * from sums: in each sum that is published none is left out alone, and those that are make up the smallest count at least. Sums are a count over all
 * groups; of two keys, over those with the same one, as an answer by that key alone has them; and the terms of `active` in a row.
 * @returns `undefined` when they could be told all the same, from answers by one of the two keys: then nothing is shown
 */
export function suppressSmall(
  { total, groups }: Counted,
  by: readonly GroupKey[],
  smallest: number,
): Shown | undefined {
  const table = new CellTable(smallest);
  const totalRow = table.addRow(total, totalAsShown(total, smallest));
  const rows = groups.map((group) => table.addRow(group));
  const [first, second] = by;
  if (first !== undefined && second === undefined) table.addSums(totalRow, rows);
  if (first !== undefined && second !== undefined) {
    for (const key of [first, second]) {
      const sums = sumsBy(groups, key);
      // What the answer by this key alone shows.
      const shown = suppressSmall({ total, groups: sums }, [key], smallest)?.groups ?? [];
      const sumRows = sums.map((sum, at) => table.addRow(sum, shown[at]));
      table.addSums(totalRow, sumRows);
      sumRows.forEach((row, at) => {
        table.addSums(
          row,
          rows.filter((_, index) => groups[index]?.[key] === sums[at]?.[key]),
        );
      });
    }
  }
  if (!table.protect()) return undefined;
  return {
    total: { ...total, ...table.shown(totalRow) },
    groups: groups.map((group, at) => ({ ...group, ...table.shown(rows[at]) })),
  };
}

/** The total is left out alike in every answer: by itself alone, never to protect a group. */
function totalAsShown(total: Counts, smallest: number): ShownCounts {
  const table = new CellTable(smallest);
  const row = table.addRow(total);
  table.protect();
  return { ...total, ...table.shown(row) };
}

function sumsBy(groups: readonly Group[], key: GroupKey): Group[] {
  return [...Map.groupBy(groups, (group) => group[key] ?? '')].map(([value, own]): Group => {
    const sum = (name: CountName) => own.reduce((all, group) => all + group[name], 0);
    const counts = Object.fromEntries(COUNT_NAMES.map((name) => [name, sum(name)])) as Counts;
    return { [key]: value, ...counts };
  });
}

/** Positions of a row's cells. */
type Row = Readonly<Record<CountName, number>>;

class CellTable {
  readonly #smallest: number;
  readonly #cells: Cell[] = [];
  readonly #lines: Line[] = [];

  constructor(smallest: number) {
    this.#smallest = smallest;
  }

  /** @param shown as another answer has it; this answer's own to decide unless told */
  addRow(counts: Counts, shown?: ShownCounts): Row {
    const row = Object.fromEntries(
      COUNT_NAMES.map((name) => {
        const value = counts[name];
        const isHidden = shown === undefined ? this.#isSmall(value) : shown[name] === null;
        return [name, this.#cells.push({ value, isOurs: shown === undefined, isHidden }) - 1];
      }),
    ) as Row;
    this.#lines.push({ isSum: false, cells: TERMS.map(([name, sign]) => ({ at: row[name], sign })) });
    return row;
  }

  /** Each count of a row is the sum of that count of others. */
  addSums(sum: Row, rows: readonly Row[]): void {
    for (const name of COUNT_NAMES) {
      const parts = rows.map((row) => ({ at: row[name], sign: 1 as const }));
      this.#lines.push({ isSum: true, cells: [{ at: sum[name], sign: -1 }, ...parts] });
    }
  }

  /** @returns whether no small number can be told */
  protect(): boolean {
    do {
      while (this.#lines.map((line) => this.#protectLine(line)).some(Boolean));
    } while (this.#hideBesideDetermined());
    return !this.#determined().some((at) => this.#isSmall(this.#cells[at]?.value ?? 0));
  }

  shown(row: Row | undefined): Partial<ShownCounts> {
    return Object.fromEntries(
      COUNT_NAMES.flatMap((name) => {
        const cell = row && this.#cells[row[name]];
        return cell?.isHidden ? [[name, null]] : [];
      }),
    );
  }

  /** @returns whether one more is left out */
  #protectLine(line: Line): boolean {
    const hidden = line.cells.map(({ at }) => this.#cells[at]).filter((cell) => cell?.isHidden);
    const together = hidden.reduce((sum, cell) => sum + Math.abs(cell?.value ?? 0), 0);
    const isSafe = hidden.length === 0 || (hidden.length > 1 && (!line.isSum || together >= this.#smallest));
    return !isSafe && this.#hideOneMore(line);
  }

  /** Where the sums leave no choice for one that is left out, another one has to go with it. @returns whether one more is left out */
  #hideBesideDetermined(): boolean {
    for (const at of this.#determined()) {
      const own = this.#lines.filter((line) => line.cells.some((cell) => cell.at === at));
      if (own.some((line) => this.#hideOneMore(line))) return true;
    }
    return false;
  }

  #determined(): readonly number[] {
    const unknown = this.#cells.flatMap(({ isHidden }, at) => (isHidden ? [at] : []));
    return unknown.length > SOLVED_AT_MOST ? [] : determinedCells(unknown, this.#lines);
  }

  #isSmall(value: number): boolean {
    return value !== 0 && Math.abs(value) < this.#smallest;
  }

  /** The least of a line that is still shown; a zero when there is nothing else. */
  #hideOneMore(line: Line): boolean {
    const [least] = line.cells
      .flatMap(({ at }) => this.#cells[at] ?? [])
      .filter(({ isOurs, isHidden }) => isOurs && !isHidden)
      .toSorted((a, b) => Math.abs(a.value || Number.MAX_SAFE_INTEGER) - Math.abs(b.value || Number.MAX_SAFE_INTEGER));
    if (least !== undefined) least.isHidden = true;
    return least !== undefined;
  }
}
