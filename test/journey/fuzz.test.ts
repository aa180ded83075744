import { expect, inject, test } from 'vitest';
import { OPERATIONS } from '../../shared/contract/operations.ts';
import { CATALOGUE } from '../fuzz/catalogue.ts';
import { type FuzzReport, runFuzz } from '../fuzz/fuzz-run.ts';
import { openWorld } from '../fuzz/fuzz-world.ts';
import { noteSent } from '../support/api-call.ts';
import { LEAD_STORE_ID } from '../support/locator.ts';
import { dataOfRequest } from '../support/sent-data.ts';
import { scanTables } from '../support/stack-tables.ts';

const SEED = 20_261_125;

test('whatever is sent is answered as the contract says, and nothing of what is refused is kept', async () => {
  const stack = inject('locator');
  const world = await openWorld({ ...stack, leadStoreId: LEAD_STORE_ID }, String(SEED));
  const report = await runFuzz(world, {
    seed: SEED,
    generated: 96,
    mostPerItem: 6,
    lanes: 4,
    note: ({ target, headers, body }, from) => {
      const query = new URLSearchParams(target.split('?')[1]);
      const sent = dataOfRequest({ query, headers: Object.fromEntries(headers), body: body?.toString(), from });
      // A made-up name such as `true` stands in every log, and one as short as the stem alone in a random id.
      noteSent(sent.filter(({ kind, value }) => kind !== 'name' || /^Zq9.{4}/.test(value)));
    },
    holdings: async () => JSON.stringify([...(await scanTables(stack)).values()]),
  });
  expect(report.failures).toEqual([]);
  expectComplete(report);
}, 120_000);

/** Every item of the catalogue found a place, every operation was met in several ways. */
function expectComplete({ catalogue, statuses, generated }: FuzzReport): void {
  const places = (name: string): number =>
    [...(catalogue.get(name)?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  // Only a stack whose keys can be had has tokens whose time is over; the bench has one.
  const idle = CATALOGUE.filter(({ name }) => places(name) === 0 && name !== 'expired tokens');
  expect(idle.map(({ name }) => name)).toEqual([]);
  for (const [route, { success }] of Object.entries(OPERATIONS)) {
    expect([...(statuses.get(route)?.keys() ?? [])], route).toContain(success.status);
    expect(generated.get(route)?.all, route).toBeGreaterThan(0);
  }
}
