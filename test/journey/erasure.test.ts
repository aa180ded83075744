import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { DEALER_TABLE } from '../../shared/dealers/dealer-table.ts';
import type { ConfirmedReservation } from '../../shared/reservations/reservation.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { call } from '../support/api-call.ts';
import { interestBody, newAddress, patch, post, type Receipt, reserve, submit, withToken } from '../support/buyer.ts';
import { awaitMail, mailsTo, tokenIn, until } from '../support/inbox.ts';
import { LEAD_STORE_ID, OTHER_LEAD_STORE_ID } from '../support/locator.ts';
import { repetitionsIn, type SentDatum } from '../support/sent-data.ts';
import { awaitLeadsDelivered, scanTables } from '../support/stack-tables.ts';

const textOf = (rows: unknown) =>
  JSON.stringify(rows, (_, value: unknown) => (value instanceof Set ? [...value] : value));

/** Every table as text: a row a line. */
async function tablesAsText(): Promise<string> {
  const tables = await scanTables(inject('locator'));
  expect(tables.size).toBe(7);
  return [...tables].flatMap(([table, rows]) => rows.map((row) => `${table} ${textOf(row)}`)).join('\n');
}

const fourLetters = () => Array.from({ length: 4 }, () => 'bcdfghjklmnpqrstvwxz'[randomInt(20)]).join('');

test('a withdrawal erases the person from every table and leaves no trace in the log, after a whole life', async () => {
  const [campaign, key] = [`erasure-${Date.now()}`, `key-${newAddress()}`];
  const { consents } = await interestBody();
  const { version } = consents as { version: string };
  const person = {
    email: newAddress(),
    givenName: `Zoë-${fourLetters()}`,
    familyName: `O’Neil “${fourLetters()}” 李`,
    phone: `+1305555${randomInt(1000, 10_000)}`,
  };
  const changedPhone = `+1786555${randomInt(1000, 10_000)}`;
  const form = {
    ...person,
    zip: '90621-3456',
    dealerId: LEAD_STORE_ID,
    consents: { email: true, phone: true, version },
    source: { campaign },
  };
  // Asked for twice, the second time under a key; confirmed, asked for again, changed twice, sent to two stores.
  await submit({ ...form, model: 'crossover-compact' });
  const first = tokenIn(await awaitMail(person.email), 'confirm');
  await submit(form, { 'idempotency-key': key });
  const second = tokenIn(await awaitMail(person.email, (mail) => tokenIn(mail, 'confirm') !== first), 'confirm');
  const receipt = (await post('/v1/interests/confirm', { token: second })).json as Receipt;
  await submit(form);
  await awaitLeadsDelivered(receipt.number);
  expect((await patch(receipt.manageToken, { phone: changedPhone })).status).toBe(200);
  await awaitLeadsDelivered(receipt.number);
  expect((await patch(receipt.manageToken, { dealerId: OTHER_LEAD_STORE_ID })).status).toBe(200);
  await awaitLeadsDelivered(receipt.number);

  const rows = (await scanTables(inject('locator'))).get(RESERVATION_TABLE.environmentVariable) ?? [];
  const held = rows.find((row) => textOf(row).includes(person.email))?.['reservation'] as ConfirmedReservation;
  const data: SentDatum[] = [
    { kind: 'e-mail', value: person.email },
    { kind: 'name', value: person.givenName },
    { kind: 'name', value: person.familyName },
    { kind: 'ZIP+4', value: form.zip },
    { kind: 'phone', value: person.phone },
    { kind: 'phone', value: changedPhone },
    { kind: 'person key', value: held.personKey },
    { kind: 'idempotency key', value: key },
    { kind: 'token', value: receipt.manageToken },
  ];
  // Before, the scan finds all that the reservation holds: it would see what is left.
  const kindsIn = (text: string) => new Set(repetitionsIn(text, data).map(({ kind }) => kind));
  expect(kindsIn(await tablesAsText())).toEqual(new Set(['e-mail', 'name', 'phone', 'person key']));

  expect((await call('DELETE', '/v1/reservation', withToken(receipt.manageToken))).status).toBe(204);
  const after = await tablesAsText();
  expect(repetitionsIn(after, data)).toEqual([]);

  // What stays: a tombstone, its id in the journal of erasures, facts without a person, the ledger of the two leads.
  const lines = after.split('\n').filter((line) => !line.startsWith(DEALER_TABLE.environmentVariable));
  const tombstone = lines.find((line) => line.includes(`"reservation#${held.id}"`)) ?? '';
  expect(JSON.parse(tombstone.slice(tombstone.indexOf('{')))).toMatchObject({
    status: 'withdrawn',
    reservation: { id: held.id, version: expect.any(Number) },
  });
  expect(lines.filter((line) => line.includes('"erasures#') && line.includes(`"${held.id}"`))).toHaveLength(1);
  expect(lines.filter((line) => line.includes(`"campaign":"${campaign}"`)).length).toBeGreaterThanOrEqual(4);

  // Both stores are told, and nothing of the person goes out after that.
  const closed = await until('the mails that close both leads', async () => {
    const mails = await Promise.all(['sales@store.example', 'sales@other-store.example'].map(mailsTo));
    const closing = mails.map((all) =>
      all.filter(({ subject }) => subject.startsWith(`Closed: Alpine lead ${receipt.number}`)),
    );
    return closing.every(({ length }) => length > 0) ? closing.flat() : undefined;
  });
  for (const { subject, text, html } of closed) {
    expect(repetitionsIn(`${subject}\n${text}\n${html}`, data)).toEqual([]);
  }
  expect(repetitionsIn(await tablesAsText(), data)).toEqual([]);
  expect(repetitionsIn(readFileSync(inject('locator').logFile, 'utf8'), data)).toEqual([]);
});

test('a person who has withdrawn can begin again, as someone new', async () => {
  const { email, confirmToken, receipt } = await reserve();
  await call('DELETE', '/v1/reservation', withToken(receipt.manageToken));
  expect((await post('/v1/interests/confirm', { token: confirmToken })).status).toBe(404);
  await submit({ email });
  const mail = await awaitMail(email, ({ text }) => text.includes('#confirm=') && !text.includes(confirmToken));
  const { json } = await post('/v1/interests/confirm', { token: tokenIn(mail, 'confirm') });
  expect(json).not.toMatchObject({ number: receipt.number });
  expect((await call('GET', '/v1/reservation', withToken(receipt.manageToken))).status).toBe(401);
});
