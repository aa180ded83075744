import { describe, expect, test } from 'vitest';
import type { LeadRouting, PublicDealer } from '../../shared/dealers/dealer.ts';
import type { DealerTable } from '../../shared/dealers/dealer-table.ts';
import { channelsTo, untilCommitted } from '../../shared/reservations/reservation-desk.ts';
import { CommitRefused } from '../../shared/reservations/reservation-life.ts';

describe('trying until it is committed', () => {
  /** Fails as the list says, then succeeds. Gives how often it tried, and after which tries it paused. */
  async function run(failures: readonly unknown[]) {
    const pauses: number[] = [];
    let tries = 0;
    const desk = {
      nowMilliseconds: () => 1_000 + tries,
      newId: () => 'id',
      pause: async (after: number) => {
        pauses.push(after);
      },
    };
    const moments: number[] = [];
    const outcome = await untilCommitted(desk, async ({ nowMilliseconds }) => {
      moments.push(nowMilliseconds);
      tries += 1;
      if (tries <= failures.length) throw failures[tries - 1];
      return 'committed';
    }).catch((error: unknown) => error);
    return { outcome, tries, pauses, moments };
  }

  const refused = (reason: CommitRefused['reason']) => new CommitRefused(reason, undefined);

  test('pauses longer and longer, but for another number, and asks the clock anew', async () => {
    expect(await run([refused('conflict'), refused('number-taken'), refused('changed')])).toEqual({
      outcome: 'committed',
      tries: 4,
      pauses: [1, 3],
      moments: [1_000, 1_001, 1_002, 1_003],
    });
  });

  test('gives up after six tries', async () => {
    const failures = Array.from({ length: 7 }, () => refused('changed'));
    expect(await run(failures)).toMatchObject({ outcome: failures[5], tries: 6 });
  });

  test('does not try again what a limit forbids', async () => {
    const failure = refused('limit-reached');
    expect(await run([failure])).toMatchObject({ outcome: failure, tries: 1, pauses: [] });
  });

  test('throws any other error at once', async () => {
    const failure = new Error('throttled');
    expect(await run([failure])).toMatchObject({ outcome: failure, tries: 1, pauses: [] });
  });
});

describe('how leads reach a store', () => {
  const [leadEmail, adfEmail] = ['sales@store.example', 'adf@store.example'];
  const channels = (status: PublicDealer['status'] | undefined, routing: LeadRouting | undefined) => {
    const dealer = status && ({ id: 'store', status } as PublicDealer);
    const dealers = { getDealer: async () => dealer, getLeadRouting: async () => routing } as unknown as DealerTable;
    return channelsTo('store', { dealers });
  };

  test('by each address of its own, and by one mail to people when it has none', async () => {
    expect(await channels('expected', { leadEmail, adfEmail })).toEqual(['lead-mail', 'adf-mail']);
    expect(await channels('confirmed', { leadEmail })).toEqual(['lead-mail']);
    expect(await channels('open', { adfEmail })).toEqual(['adf-mail']);
    expect(await channels('expected', {})).toEqual(['lead-mail']);
    expect(await channels('expected', undefined)).toEqual(['lead-mail']);
  });

  test('by mail to people alone once it is withdrawn or gone, whatever its addresses', async () => {
    expect(await channels('withdrawn', { leadEmail, adfEmail })).toEqual(['lead-mail']);
    expect(await channels(undefined, { adfEmail })).toEqual(['lead-mail']);
  });
});
