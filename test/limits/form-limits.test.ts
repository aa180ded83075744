import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { submitInterest } from '../../shared/reservations/submit-interest.ts';
import { deskAt, formOf, someone, sweep } from '../reservations/test-desk.ts';
import { faultyClient } from '../support/faulty-client.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

const ACCEPTED = { kind: 'accepted' };
const HOUR = 3600_000;

/** Everything but the counters. */
async function everything(): Promise<string> {
  const names = (['reservations', 'facts', 'outbox'] as const).map((name) => tables.scan(name));
  return JSON.stringify(
    (await Promise.all(names))
      .flat()
      .map((item) => JSON.stringify(item))
      .sort(),
  );
}

describe("a sender's address", () => {
  const fromOneHousehold = (at: number) => `2001:db8:${Math.floor(at)}::${at.toString(16)}`;

  test('sends thirty forms an hour, whoever they are for, and is then told how long to wait', async () => {
    const sender = () => `2001:db8:1:2:${randomUUID().slice(0, 4)}::1`;
    const { clock } = someone(tables);
    for (let sent = 0; sent < 30; sent += 1) {
      expect(await someone(tables).submit({}, undefined, sender())).toEqual(ACCEPTED);
    }
    const before = await everything();
    const secondsLeft = 3600 - (Math.floor(clock.now / 1000) % 3600);
    expect(await someone(tables).submit({}, undefined, sender())).toEqual({
      kind: 'too-many',
      retryAfterSeconds: secondsLeft,
    });
    expect(await everything()).toBe(before);

    const later = someone(tables);
    expect(await later.submit({}, undefined, '2001:db8:1:3::1')).toEqual(ACCEPTED);
    later.clock.now += secondsLeft * 1000 - 1_000;
    expect(await later.submit({}, undefined, sender())).toMatchObject({ kind: 'too-many', retryAfterSeconds: 1 });
    later.clock.now += 1_000;
    expect(await later.submit({}, undefined, sender())).toEqual(ACCEPTED);
  });

  test('is counted for what a robot fills in, and for what is wrong', async () => {
    const sender = '203.0.113.9';
    for (let sent = 0; sent < 15; sent += 1) {
      expect(await someone(tables).submit({ company: 'Robots, Inc.' }, undefined, sender)).toEqual(ACCEPTED);
      expect(await someone(tables).submit({ zip: '00000' }, undefined, sender)).toMatchObject({ kind: 'invalid' });
    }
    expect(await someone(tables).submit({}, undefined, `::ffff:${sender}`)).toMatchObject({ kind: 'too-many' });
  });

  test.each([undefined, '', 'unknown', '203.0.113'])('is not counted when it is %j', async (address) => {
    const before = await tables.scan('limits');
    expect(await someone(tables).submit({ company: 'Robots, Inc.' }, undefined, address)).toEqual(ACCEPTED);
    expect(await tables.scan('limits')).toEqual(before);
  });

  test('is nowhere to be read', async () => {
    const [address, other] = ['198.51.100.77', fromOneHousehold(9)];
    const buyer = someone(tables);
    await buyer.submit({}, undefined, address);
    await buyer.submit({}, undefined, other);
    for (const table of Object.keys(tables.names) as (keyof typeof tables.names)[]) {
      const text = JSON.stringify(await tables.scan(table));
      expect(text).not.toContain(address);
      expect(text).not.toContain('2001:db8:9');
      if (table === 'limits') expect(text).not.toContain(buyer.email.split('@')[0]);
    }
  });
});

describe('a mailbox', () => {
  test('is mailed five times an hour; a sixth form is answered alike, and nothing comes of it', async () => {
    const { submit, desk, inbox, held, clock, email } = someone(tables);
    for (let sent = 0; sent < 5; sent += 1) expect(await submit({ givenName: `Marie ${sent}` })).toEqual(ACCEPTED);
    const before = await everything();
    expect(await submit({ givenName: 'Marie 5' })).toEqual(ACCEPTED);
    expect(await submit({ givenName: 'Marie 6' }, randomUUID())).toEqual(ACCEPTED);
    expect(await everything()).toBe(before);
    expect(await held()).toMatchObject({ version: 5, person: { givenName: 'Marie 4' } });
    expect((await tables.scan('outbox')).filter((row) => row['reservationVersion'] === 6)).toEqual([]);
    clock.now += HOUR;
    expect(await submit({ givenName: 'Marie 7' })).toEqual(ACCEPTED);
    await sweep(desk);
    expect(inbox.filter(({ to }) => to === email)).toHaveLength(1);
    expect(await held()).toMatchObject({ version: 6, person: { givenName: 'Marie 7' } });
  });

  test('is mailed ten times a day', async () => {
    const { submit, clock, held } = someone(tables);
    clock.now = Date.UTC(2026, 10, 24);
    for (let hour = 0; hour < 12; hour += 1) {
      expect(await submit({ givenName: `Marie ${hour}` })).toEqual(ACCEPTED);
      clock.now += HOUR;
    }
    expect(await held()).toMatchObject({ version: 10 });
    clock.now = Date.UTC(2026, 10, 25);
    await submit({ givenName: 'Marie tomorrow' });
    expect(await held()).toMatchObject({ version: 11 });
  });

  test('of Gmail is one for all its spellings, and the people are several', async () => {
    const name = randomUUID().replaceAll('-', '');
    const spellings = [
      `${name}@gmail.com`,
      `${name.slice(0, 3)}.${name.slice(3)}@gmail.com`,
      `${name}+alpine@googlemail.com`,
      `${name.toUpperCase()}+a@gmail.com`,
      `${name}+b@gmail.com`,
      `${name}+c@gmail.com`,
    ];
    const people = spellings.map((email) => someone(tables, email));
    for (const person of people) expect(await person.submit()).toEqual(ACCEPTED);
    const held = await Promise.all(people.map((person) => person.held()));
    expect(held.map((reservation) => reservation?.person.email)).toEqual([...spellings.slice(0, 5), undefined]);
    expect(new Set(held.slice(0, 5).map((reservation) => reservation?.id)).size).toBe(5);
  });

  test('is not counted for a mail that was never made: who tried in vain is heard', async () => {
    const { email, clock, held } = someone(tables);
    const broken = deskAt(
      clock,
      tables.open(faultyClient((command) => (command === 'TransactWriteItemsCommand' ? 'never-sent' : undefined))),
    );
    const request = {
      body: formOf(email, clock.now),
      idempotencyKey: undefined,
      globalPrivacyControl: false,
      senderAddress: undefined,
    };
    for (let tries = 0; tries < 6; tries += 1) await expect(submitInterest(request, broken)).rejects.toThrow();
    expect(await submitInterest(request, deskAt(clock, tables))).toEqual(ACCEPTED);
    expect(await held()).toMatchObject({ status: 'pending' });
  });

  test('is counted once for a request that is sent again', async () => {
    const { submit, held } = someone(tables);
    const key = randomUUID();
    for (let again = 0; again < 8; again += 1) expect(await submit({}, key)).toEqual(ACCEPTED);
    await Promise.all(Array.from({ length: 50 }, () => submit({}, key)));
    for (let sent = 0; sent < 4; sent += 1) await submit({ givenName: `Marie ${sent}` });
    expect(await held()).toMatchObject({ version: 5, person: { givenName: 'Marie 3' } });
    // What was taken before is not over the limit; another body under its key is still refused.
    expect(await submit({}, key)).toEqual(ACCEPTED);
    expect(await submit({ model: 'undecided' }, key)).toEqual({ kind: 'key-reused' });
  });

  test('that is confirmed is not filled either', async () => {
    const { confirmed, submit, desk, inbox, email } = someone(tables);
    await confirmed();
    await sweep(desk);
    inbox.length = 0;
    for (let sent = 0; sent < 9; sent += 1) expect(await submit()).toEqual(ACCEPTED);
    await sweep(desk);
    expect(inbox.filter(({ to }) => to === email)).toHaveLength(4);
  });
});
