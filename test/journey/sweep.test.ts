import { expect, inject, test } from 'vitest';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { patch, reserve } from '../support/buyer.ts';
import { mailsTo, until } from '../support/inbox.ts';
import { LEAD_STORE_ID, OTHER_LEAD_STORE_ID } from '../support/locator.ts';
import { invoke } from '../support/operator.ts';
import { ageRow, awaitLeadsDelivered, scanTables } from '../support/stack-tables.ts';

/** As a try that failed leaves a delivery: due again, and no longer the stream's, which takes what nobody has tried yet. */
const PUT_OFF = { status: 'pending', due: 'due', dueAtSeconds: 1, attempts: 1 };

test('the sweep sends what the stream has missed: to the store, to the store that lost the lead, to the buyer', async () => {
  const stays = await reserve({ dealerId: OTHER_LEAD_STORE_ID });
  const moves = await reserve({ dealerId: LEAD_STORE_ID });
  await Promise.all([stays, moves].map(({ receipt }) => awaitLeadsDelivered(receipt.number)));
  expect((await patch(moves.receipt.manageToken, { dealerId: OTHER_LEAD_STORE_ID })).status).toBe(200);
  await awaitLeadsDelivered(moves.receipt.number);
  const toBuyer = async () =>
    (await mailsTo(stays.email)).filter(({ subject }) => subject.includes(stays.receipt.number)).length;
  const toStore = async () =>
    (await mailsTo('sales@other-store.example')).filter(({ text }) => text.includes(stays.email)).length;
  const ofClosing = async () =>
    (await mailsTo('sales@store.example')).filter(
      ({ subject, text }) => subject.includes(moves.receipt.number) && !text.includes(moves.email),
    ).length;
  await until('the receipt', async () => ((await toBuyer()) === 1 ? true : undefined));
  expect([await toBuyer(), await toStore(), await ofClosing()]).toEqual([1, 1, 1]);

  const [stayed, closed] = await Promise.all([leadOf(stays.receipt.number), leadOf(moves.receipt.number)]);
  const { environmentVariable } = OUTBOX_TABLE;
  await ageRow(environmentVariable, ({ group, channel }) => group === stayed.group && channel === 'lead-mail', PUT_OFF);
  await ageRow(
    environmentVariable,
    ({ reservationId, channel }) => reservationId === stayed.reservationId && channel === 'receipt-mail',
    PUT_OFF,
  );
  await ageRow(
    environmentVariable,
    ({ group, channel }) => group === closed.group && channel === 'lead-closed-mail',
    PUT_OFF,
  );
  await invoke('sweep-outbox');
  // The schedule may have come first by a moment; then what it sends is on its way.
  await until('all that was due', async () =>
    (await toBuyer()) + (await toStore()) + (await ofClosing()) >= 6 ? true : undefined,
  );
  expect([await toBuyer(), await toStore(), await ofClosing()]).toEqual([2, 2, 2]);
});

/** The group of the first lead of a reservation. */
async function leadOf(reservationNumber: string): Promise<{ group: string; reservationId: unknown }> {
  const rows = (await scanTables(inject('locator'))).get(OUTBOX_TABLE.environmentVariable) ?? [];
  const [lead] = rows
    .filter((row) => row['reservationNumber'] === reservationNumber)
    .toSorted((a, b) => String(a['createdAt']).localeCompare(String(b['createdAt'])));
  return { group: String(lead?.['pk']), reservationId: lead?.['reservationId'] };
}
