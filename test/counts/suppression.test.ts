import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNT_NAMES, type Counted, type Counts, type Group, type GroupKey } from '../../shared/counts/grouping.ts';
import { type Shown, suppressSmall } from '../../shared/counts/suppression.ts';

const SMALLEST = 5;

const anyCounts: fc.Arbitrary<Counts> = fc
  .record({
    submitted: fc.nat(12),
    confirmed: fc.nat(30),
    withdrawn: fc.nat(7),
    movedIn: fc.nat(6),
    movedOut: fc.nat(6),
  })
  .map((counts) => ({
    ...counts,
    active: counts.confirmed - counts.withdrawn + counts.movedIn - counts.movedOut,
  }));

function counted(groups: readonly Group[]): Counted {
  const sum = (name: keyof Counts) => groups.reduce((all, group) => all + group[name], 0);
  return { total: Object.fromEntries(COUNT_NAMES.map((name) => [name, sum(name)])) as Counts, groups: [...groups] };
}

const byOne = fc
  .array(anyCounts, { minLength: 1, maxLength: 6 })
  .map((rows) => counted(rows.map((row, at) => ({ state: `S${at}`, ...row }))));
const byTwo = fc
  .array(fc.array(fc.option(anyCounts), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 3 })
  .map((table) =>
    counted(
      table.flatMap((row, state) =>
        row.flatMap((cell, model) => (cell === null ? [] : [{ state: `S${state}`, model: `M${model}`, ...cell }])),
      ),
    ),
  )
  .filter(({ groups }) => groups.length > 0);

const isSmall = (value: number) => value !== 0 && Math.abs(value) < SMALLEST;

/**
 * Whether the equations of an answer, solved over the fractions, leave one value alone for a number that is left out. Another way than the code's: each
 * number in turn is asked whether it is a combination of the equations, by the rank of them with and without it.
 */
function derivable({ total, groups }: Counted, by: readonly GroupKey[], shown: Shown): string[] {
  const rows = new Map<string, Readonly<Record<string, number | string | null | undefined>>>();
  rows.set('total', shown.total);
  const equations: (readonly (readonly [string, number])[])[] = [];
  const addRow = (name: string) => {
    equations.push([
      [`${name}.confirmed`, 1],
      [`${name}.withdrawn`, -1],
      [`${name}.movedIn`, 1],
      [`${name}.movedOut`, -1],
      [`${name}.active`, -1],
    ]);
  };
  addRow('total');
  const groupName = (group: Group) => by.map((key) => group[key]).join('/');
  groups.forEach((group, at) => {
    rows.set(groupName(group), shown.groups[at] ?? {});
    addRow(groupName(group));
  });
  const addSum = (sum: string, parts: readonly string[]) => {
    for (const name of COUNT_NAMES) {
      equations.push([[`${sum}.${name}`, -1], ...parts.map((part) => [`${part}.${name}`, 1] as const)]);
    }
  };
  if (by.length === 1) addSum('total', groups.map(groupName));
  if (by.length === 2) {
    for (const key of by) {
      const margins = [...Map.groupBy(groups, (group) => group[key] ?? '')];
      const sums = margins.map(([value, own]): Group => ({ [key]: value, ...counted(own).total }));
      const alone = suppressSmall({ total, groups: sums }, [key], SMALLEST) ?? { groups: [] };
      margins.forEach(([value, own], at) => {
        rows.set(`${key}=${value}`, alone.groups[at] ?? {});
        addRow(`${key}=${value}`);
        addSum(`${key}=${value}`, own.map(groupName));
      });
      addSum(
        'total',
        margins.map(([value]) => `${key}=${value}`),
      );
    }
  }
  const unknown = [...rows].flatMap(([row, counts]) =>
    COUNT_NAMES.filter((name) => counts[name] === null).map((name) => `${row}.${name}`),
  );
  const matrix = equations.map((equation) => {
    const of = new Map(equation);
    return unknown.map((name) => of.get(name) ?? 0);
  });
  const rank = rankOf(matrix);
  return unknown.filter((_, at) => rankOf([...matrix, unknown.map((__, other) => (other === at ? 1 : 0))]) === rank);
}

function rankOf(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map((row) => [...row]);
  let rank = 0;
  const width = rows[0]?.length ?? 0;
  for (let column = 0; column < width; column += 1) {
    const pivot = rows.slice(rank).toSorted((a, b) => Math.abs(b[column] ?? 0) - Math.abs(a[column] ?? 0))[0];
    if (pivot === undefined || Math.abs(pivot[column] ?? 0) < 1e-9) continue;
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(rank, 0, pivot);
    for (const row of rows.slice(rank + 1)) {
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (const [at, value] of pivot.entries()) row[at] = (row[at] ?? 0) - factor * value;
    }
    rank += 1;
  }
  return rank;
}

function smallOnes({ total, groups }: Counted, by: readonly GroupKey[]): string[] {
  const named = [
    ['total', total] as const,
    ...groups.map((group) => [by.map((key) => group[key]).join('/'), group] as const),
  ];
  return named.flatMap(([name, counts]) =>
    COUNT_NAMES.filter((count) => isSmall(counts[count])).map((count) => `${name}.${count}`),
  );
}

describe.each([
  [
    'no key',
    fc.array(anyCounts, { minLength: 1, maxLength: 3 }).map((rows) => ({ total: counted(rows).total, groups: [] })),
    [],
  ],
  ['one key', byOne, ['state']],
  ['two keys', byTwo, ['state', 'model']],
] as const)('with %s', (_, answers, by) => {
  test('no small count is shown, and none can be worked out from what is shown', () => {
    let answered = 0;
    fc.assert(
      fc.property(answers, (answer) => {
        const shown = suppressSmall(answer, by, SMALLEST);
        // By one key or none there is always an answer.
        if (shown === undefined) {
          expect(by).toHaveLength(2);
          return;
        }
        answered += 1;
        for (const counts of [shown.total, ...shown.groups]) {
          for (const name of COUNT_NAMES) expect(isSmall(counts[name] ?? 0)).toBe(false);
        }
        const small = new Set(smallOnes(answer, by));
        expect(derivable(answer, by, shown).filter((name) => small.has(name))).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(answered).toBeGreaterThan(30);
  });

  test('what is shown is what was counted, and all of it when nothing is small', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const shown = suppressSmall(answer, by, SMALLEST);
        if (shown === undefined) {
          expect(smallOnes(answer, by)).not.toEqual([]);
          return;
        }
        [shown.total, ...shown.groups].forEach((counts, at) => {
          const truth = at === 0 ? answer.total : answer.groups[at - 1];
          expect({
            ...truth,
            ...Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== null)),
          }).toEqual(truth);
        });
        if (smallOnes(answer, by).length === 0) expect(shown).toEqual(answer);
      }),
    );
  });
});
