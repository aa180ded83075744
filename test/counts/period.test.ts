import { expect, test } from 'vitest';
import { hoursOfDays } from '../../shared/counts/period.ts';

test('the hours of days are those and no other, up to the last day that can be written', () => {
  const isWithin = (
    hour: string,
    { from = '', until = '~' }: { from?: string | undefined; until?: string | undefined },
  ) => hour >= from && hour < until;
  for (const to of ['0000-02-29', '1999-12-31', '2026-11-25', '9998-12-31', '9999-12-30', '9999-12-31']) {
    const range = hoursOfDays({ from: to, to });
    const inside = [`${to}T00`, `${to}T23`].map((hour) => isWithin(hour, range));
    expect(inside, to).toEqual([true, true]);
    expect(isWithin('2026-11-26T00', hoursOfDays({ from: '2026-11-01', to })), to).toBe(to > '2026-11-25');
  }
});
