import type { LimitTable } from '../../shared/limits/limit-table.ts';

/** Counts as the table does, at once. */
export function countingLimits(): Pick<LimitTable, 'take'> & { asked: number } {
  const hits = new Map<string, number>();
  const limits = {
    asked: 0,
    async take(...[{ most, windowSeconds }, subject, now]: Parameters<LimitTable['take']>) {
      limits.asked += 1;
      const window = `${subject}#${Math.floor(now / 1000 / windowSeconds)}`;
      const before = hits.get(window) ?? 0;
      if (before >= most) return 1;
      hits.set(window, before + 1);
      return undefined;
    },
  };
  return limits;
}
