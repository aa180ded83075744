import { expect, test } from 'vitest';
import { monthsOnTurn } from '../../shared/counts/audit-counts.ts';
import { dayAfter } from '../../shared/counts/period.ts';

test.each([0, 1, 2, 12, 31, 40, 61])('of %i closed months each has its turn in as many nights', (count) => {
  const months = Array.from({ length: count }, (_, at) => `month ${at}`);
  const seen: string[] = [];
  let day = '2027-01-29';
  for (let night = 0; night < count; night += 1) {
    seen.push(...monthsOnTurn(months, day));
    day = dayAfter(day);
  }
  expect(seen.toSorted()).toEqual(months.toSorted());
});
