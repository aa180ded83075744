import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { PENDING_SECONDS } from '../../shared/reservations/reservation-life.ts';
import { isReservationNumber } from '../../shared/reservations/reservation-number.ts';
import { submitInterest } from '../../shared/reservations/submit-interest.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { type Item, type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { deskAt, formOf, START, someone, sweep, tokensIn } from './test-desk.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

// What one test left to be sent must not reach the mailbox of the next.
afterEach(() => sweep(deskAt({ now: START + 30 * 24 * 3600_000 }, tables)));

async function rowsOf(table: 'outbox' | 'facts' | 'reservations', test: (item: Item) => boolean) {
  return (await tables.scan(table)).filter(test);
}

describe('from the form to the receipt', () => {
  test('keeps what was asked for, and the evidence of what was consented to', async () => {
    const { submit, held, email, personKey } = someone(tables);
    expect(await submit()).toEqual({ kind: 'accepted' });
    expect(await held()).toMatchObject({
      version: 1,
      status: 'pending',
      person: { email, givenName: 'Marie-Ève', familyName: 'Laurent', phone: '+13055550123', zip: '33324' },
      personKey,
      model: 'a110',
      dealerId: 'north',
      expiresAtSeconds: Math.floor(START / 1000) + PENDING_SECONDS,
      dimensions: {
        state: 'FL',
        county: '12011',
        zip3: '333',
        dealer: 'north',
        distanceBand: '0-10',
        campaign: 'spring',
      },
      consents: [
        { id: 'email', granted: true, page: 'https://alpine.example/reserve', at: '2026-11-23T14:05:09Z' },
        { id: 'phone', granted: false, text: expect.stringContaining('Alpine and Store north may call') },
      ],
    });
  });

  test('knows throw-away mailboxes, and refuses none', async () => {
    const throwAway = someone(tables, `${randomUUID()}@MailInator.com`);
    expect(await throwAway.submit()).toEqual({ kind: 'accepted' });
    expect(await throwAway.held()).toMatchObject({ disposableAddress: true });
    const kept = someone(tables);
    await kept.submit();
    expect(await kept.held()).toMatchObject({ disposableAddress: false });
  });

  test('heeds a browser that asks not to be shared: it says so, and not where it came from', async () => {
    const { email, clock, desk, held } = someone(tables);
    const body = formOf(email, clock.now, {
      source: { page: 'https://alpine.example/reserve?x=1', campaign: 'spring' },
    });
    const request = { body, idempotencyKey: undefined, globalPrivacyControl: true, senderAddress: undefined };
    expect(await submitInterest(request, desk)).toEqual({ kind: 'accepted' });
    expect(await held()).toMatchObject({
      dimensions: { campaign: 'none' },
      consents: [{ globalPrivacyControl: true }, { globalPrivacyControl: true }],
    });
  });

  test('the mailed link gives the receipt, and the same one ever after', async () => {
    const { confirmToken, desk, clock, submit } = someone(tables);
    await submit();
    const token = await confirmToken();
    clock.now += 5_000;
    const receipt = await confirmInterest(token, desk);
    expect(receipt).toMatchObject({
      status: 'confirmed',
      confirmedAt: new Date(START + 5_000).toISOString(),
      model: 'a110',
      dealer: { id: 'north', name: 'Store north' },
    });
    expect(isReservationNumber(receipt?.number ?? '')).toBe(true);
    expect(await confirmInterest(token, desk)).toEqual(receipt);
    expect((await someone(tables).confirmed()).number).not.toBe(receipt?.number);
  });

  test.each([
    ['north', ['adf-mail', 'lead-mail'], ['adf@north.example', 'sales@north.example']],
    ['south', ['adf-mail'], ['adf@south.example']],
    ['west', ['lead-mail'], ['leads@fallback.example']],
  ])('hands the lead to store %s once on every channel', async (dealerId, channels, addresses) => {
    const { confirmed, held, inbox, desk } = someone(tables);
    await confirmed({ dealerId });
    const reservation = await held();
    const leadId = reservation?.status === 'confirmed' ? reservation.leadId : null;
    const deliveries = await tables.outbox.listDeliveries(leadId ?? 'none');
    const now = deliveries.filter(({ dueAtSeconds }) => dueAtSeconds * 1000 <= desk.nowMilliseconds());
    expect(now.map(({ channel }) => channel)).toEqual(channels);
    expect(await rowsOf('outbox', (row) => row['pk'] === `lead#${leadId}` && row['sk'] === 'lead')).toMatchObject([
      { id: leadId, dealerId, reservationId: reservation?.id },
    ]);
    await sweep(desk);
    expect(inbox.flatMap(({ to }) => (addresses.includes(to) ? [to] : [])).sort()).toEqual(addresses);
  });

  test('without a store there is no lead and no place in line', async () => {
    const { confirmed, held } = someone(tables);
    expect(await confirmed({ dealerId: null })).toMatchObject({ dealer: null, placeInLine: null });
    const id = (await held())?.id;
    expect(await rowsOf('outbox', (row) => row['reservationId'] === id && row['leadId'] !== null)).toEqual([]);
  });

  test('what is confirmed is what its mail said: a later form ends the earlier link', async () => {
    const { submit, confirmToken, desk, held } = someone(tables);
    await submit();
    const first = await confirmToken();
    await submit({ model: 'undecided' });
    expect(await confirmInterest(first, desk)).toBeUndefined();
    expect(await held()).toMatchObject({ status: 'pending', version: 2 });
    expect(await confirmInterest(await confirmToken(), desk)).toMatchObject({ model: 'undecided' });
    expect(await confirmInterest(first, desk)).toBeUndefined();
  });

  test('a known address is mailed the link to manage it, and nothing changes', async () => {
    const { confirmed, submit, desk, email, inbox, held } = someone(tables);
    await confirmed();
    await sweep(desk);
    const before = await held();
    inbox.length = 0;
    expect(await submit({ model: 'undecided', dealerId: 'south' })).toEqual({ kind: 'accepted' });
    await sweep(desk);
    expect(inbox.map(({ to }) => to)).toEqual([email]);
    expect(tokensIn(inbox, email, 'manage')).toHaveLength(1);
    expect(await held()).toEqual(before);
  });
});

describe('the idempotency key', () => {
  test('makes a retry one effect, and another body under it is refused', async () => {
    const { submit, held, clock } = someone(tables);
    const [key, body] = [randomUUID(), { formToken: formOf('x@example.com', START).formToken }];
    expect(await submit(body, key)).toEqual({ kind: 'accepted' });
    clock.now += 60_000;
    expect(await submit(body, key)).toEqual({ kind: 'accepted' });
    expect(await submit({ ...body, model: 'undecided' }, key)).toEqual({ kind: 'key-reused' });
    const reservation = await held();
    expect(reservation).toMatchObject({ version: 1, model: 'a110' });
    expect(await rowsOf('outbox', (row) => row['reservationId'] === reservation?.id)).toHaveLength(1);
  });

  test('is free again after a day, deleted or not', async () => {
    const { submit, held, clock } = someone(tables);
    const key = randomUUID();
    await submit({}, key);
    clock.now = START + 24 * 3600_000 - 1_000;
    expect(await submit({ model: 'undecided' }, key)).toEqual({ kind: 'key-reused' });
    clock.now = START + 24 * 3600_000;
    expect(await submit({ model: 'undecided' }, key)).toEqual({ kind: 'accepted' });
    expect(await held()).toMatchObject({ model: 'undecided', version: 2 });
  });
});

describe('a pending one past its seven days', () => {
  const pass = PENDING_SECONDS * 1000;

  test.each([
    ['nothing yet', []],
    ['only the pointer', ['person#']],
    ['only the state', ['reservation#']],
    ['both', ['person#', 'reservation#']],
  ])('is as if it had never been, when time to live has deleted %s', async (_, deleted) => {
    const { submit, held, personKey, confirmToken, desk, clock } = someone(tables);
    await submit();
    const stale = await confirmToken();
    const old = await held();
    clock.now += pass;
    const keys = {
      'person#': { pk: `person#${personKey}`, sk: 'pointer' },
      'reservation#': { pk: `reservation#${old?.id}`, sk: 'state' },
    };
    for (const [prefix, Key] of Object.entries(keys)) {
      if (!deleted.includes(prefix)) continue;
      const { Attributes } = await tables.client.send(
        new DeleteCommand({ TableName: tables.names.reservations, Key, ReturnValues: 'ALL_OLD' }),
      );
      // The pointer outlives what it leads to, so that an erasure finds all there is.
      const outlives = prefix === 'person#' ? 30 * 24 * 3600 : 0;
      expect(Attributes?.['expiresAtSeconds']).toBe(Math.floor(clock.now / 1000) + outlives);
    }
    expect(await confirmInterest(stale, desk)).toBeUndefined();

    expect(await submit({ model: 'undecided' })).toEqual({ kind: 'accepted' });
    const renewed = await held();
    expect(renewed).toMatchObject({ status: 'pending', version: 1, model: 'undecided' });
    expect(renewed?.id).not.toBe(old?.id);
    expect(await confirmInterest(await confirmToken(), desk)).toMatchObject({ model: 'undecided' });
    expect(await confirmInterest(stale, desk)).toBeUndefined();
  });

  test('is not in the way of time to live once it is confirmed', async () => {
    const { confirmed, held, personKey } = someone(tables);
    await confirmed();
    const id = (await held())?.id;
    const mine = [`person#${personKey}`, `reservation#${id}`];
    const items = await rowsOf('reservations', (item) => mine.includes(String(item['pk'])));
    expect(items).toHaveLength(2);
    for (const item of items) expect(item).not.toHaveProperty('expiresAtSeconds');
  });
});

describe('withdrawing', () => {
  test('leaves a tombstone and no trace of the person in any table', async () => {
    const { confirmed, submit, held, desk, email, personKey, clock } = someone(tables);
    const name = randomUUID();
    const person = { givenName: `G${name}`, familyName: `F${name}`, phone: '+13055559876' };
    // One that nobody confirmed in time goes too, although nothing has deleted it yet.
    await submit({ ...person, dealerId: null });
    const expired = (await held())?.id ?? 'none';
    clock.now += PENDING_SECONDS * 1000;
    await submit({ ...person, model: 'undecided' }, `key ${name}`, '2001:db8::1');
    clock.now += 1_000;
    const { manageToken } = await confirmed(person);
    const body = { dealerId: 'south', phone: '+13055559877', zip: '33325' };
    await changeReservation(manageToken, { body, globalPrivacyControl: false }, desk);
    await submit(person);
    const { id = 'none', version = 0 } = (await held()) ?? {};
    expect(await withdrawReservation(manageToken, desk)).toBe(true);
    await sweep(desk);

    expect(await tables.reservations.find(id)).toEqual({ id, version: version + 1, status: 'withdrawn' });
    expect(await tables.reservations.find(expired)).toBeUndefined();
    const traces = [
      email,
      email.split('@')[0] ?? '',
      personKey,
      personKey.slice(2),
      ...Object.values(person),
      body.phone,
    ];
    for (const table of Object.keys(tables.names) as (keyof typeof tables.names)[]) {
      const text = JSON.stringify(await tables.scan(table));
      for (const trace of traces) expect(text).not.toContain(trace);
    }
  });

  test('tells a store that was sent the lead once that it is over, and never who it was', async () => {
    const { confirmed, desk, inbox, email } = someone(tables);
    const { manageToken, number } = await confirmed({ dealerId: 'north' });
    await sweep(desk);
    inbox.length = 0;
    await withdrawReservation(manageToken, desk);
    expect(await withdrawReservation(manageToken, desk)).toBe(false);
    await sweep(desk);
    await sweep(desk);
    expect(inbox.map(({ to }) => to)).toEqual(['sales@north.example']);
    const text = JSON.stringify(inbox);
    expect(text).toContain(number);
    for (const trace of [email, 'Laurent', 'Marie', '3055550123']) expect(text).not.toContain(trace);
  });

  test('cancels what had not been sent yet', async () => {
    const { confirmed, desk, inbox, held } = someone(tables);
    const { manageToken } = await confirmed();
    const id = (await held())?.id;
    inbox.length = 0;
    await withdrawReservation(manageToken, desk);
    await sweep(desk);
    expect(inbox).toEqual([]);
    const rows = await rowsOf('outbox', (row) => row['reservationId'] === id && row['sk'] !== 'lead');
    expect(rows.map((row) => [row['channel'], row['status']]).sort()).toEqual([
      ['adf-mail', 'cancelled'],
      ['confirmation-mail', 'delivered'],
      ['escalation-mail', 'pending'],
      // Nobody had been told anything.
      ['lead-closed-mail', 'cancelled'],
      ['lead-closed-webhook', 'cancelled'],
      ['lead-mail', 'cancelled'],
      ['receipt-mail', 'cancelled'],
      // Not due yet; then it finds the lead closed.
      ['reminder-mail', 'pending'],
    ]);
  });

  test('ends every link, and the person may begin anew with another number', async () => {
    const { confirmed, submit, confirmToken, desk, inbox, email, held } = someone(tables);
    const before = await confirmed();
    const id = (await held())?.id;
    await withdrawReservation(before.manageToken, desk);
    const [stale = ''] = tokensIn(inbox, email, 'confirm');
    expect(await confirmInterest(stale, desk)).toBeUndefined();
    expect(await withdrawReservation(before.manageToken, desk)).toBe(false);

    await submit();
    const receipt = await confirmInterest(await confirmToken(), desk);
    expect(receipt?.number).not.toBe(before.number);
    expect((await held())?.id).not.toBe(id);
    expect(await withdrawReservation(before.manageToken, desk)).toBe(false);
  });
});
