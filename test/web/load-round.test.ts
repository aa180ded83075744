import { describe, expect, test } from 'vitest';
import { DEFINITIONS } from '../../shared/counts/grouping.ts';
import { type CountsSource, LoadRound } from '../../web/dashboard/load-round.ts';
import { readView } from '../../web/dashboard/view.ts';

const total = { submitted: 0, confirmed: 0, withdrawn: 0, movedIn: 0, movedOut: 0, active: 0 };

/** A round whose API answers at the times given, one after the other. */
function round(search: string, times: string[] = []) {
  const asked: string[] = [];
  const answer = (query: URLSearchParams) => {
    asked.push(query.toString());
    return { asOf: times.shift() ?? '2026-11-25T14:00:00Z', definitions: DEFINITIONS, groups: [], names: {} };
  };
  const source: CountsSource = {
    countInterests: async (query) => ({ ...answer(query), complete: true, suppressedBelow: null, total }),
    countSearches: async (query) => ({ ...answer(query), total: { searches: 0 } }),
    summarizeLeads: async () => ({ since: '2026-10-26T00:00:00Z', stores: [] }),
  };
  return { asked, round: new LoadRound(readView(search), '2026-11-25', new AbortController().signal, source) };
}

describe('a round', () => {
  test('is of the earliest time that any of its answers is of', async () => {
    const times = ['2026-11-25T14:05:09Z', '2026-11-25T14:05:07Z', '2026-11-25T14:05:08Z'];
    const { round: one } = round('', times);
    expect(one.asOf).toBeUndefined();
    await one.countInterests(['state'], 'standing');
    await one.countInterests(['model'], 'standing');
    await one.countSearches(['state']);
    expect(one.asOf).toBe('2026-11-25T14:05:07Z');
  });

  test('asks once for what two pictures show, and anew after a fault', async () => {
    const { round: one, asked } = round('');
    await Promise.all([one.countInterests([], 'standing'), one.countInterests([], 'standing')]);
    expect(asked).toHaveLength(1);
    await one.again().countInterests([], 'standing');
    expect(asked).toHaveLength(2);
  });

  test('asks for all days up to the last for what stands, and for the range’s days for what happened', async () => {
    const { round: one, asked } = round('?from=2026-05-01&to=2026-05-31&state=FL&dealerId=2590');
    await one.countInterests(['model'], 'standing');
    await one.countInterests(['model'], 'during');
    expect(asked).toEqual([
      'by=model&to=2026-05-31&state=FL&dealerId=2590',
      'by=model&from=2026-05-01&to=2026-05-31&state=FL&dealerId=2590',
    ]);
    expect(one.countsPath(['model'], 'during')).toBe(`/v1/interest-counts?${asked[1]}`);
  });

  test('asks for searches by nothing that they do not know', async () => {
    const { round: one, asked } = round('?range=7d&state=FL&model=a110&metro=33100&campaign=spring');
    await one.countSearches(['state', 'distance-band']);
    expect(asked).toEqual(['by=state%2Cdistance-band&from=2026-11-19&state=FL']);
  });
});
