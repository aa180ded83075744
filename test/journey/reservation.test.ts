import { XMLParser } from 'fast-xml-parser';
import { describe, expect, inject, test } from 'vitest';
import { isReservationNumber } from '../../shared/reservations/reservation-number.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { adfFaults } from '../leads/adf-validator.ts';
import { call } from '../support/api-call.ts';
import { newAddress, post, type Receipt, reserve, submit, withToken } from '../support/buyer.ts';
import { countsOf } from '../support/counts.ts';
import { awaitMail, mailsTo, tokenIn } from '../support/inbox.ts';
import { LEAD_STORE_ID } from '../support/locator.ts';
import { ageRow, scanTables } from '../support/stack-tables.ts';

interface HeldReservation {
  readonly person?: { readonly email: string };
}

const reservationIn = (row: Record<string, unknown>) => row['reservation'] as HeldReservation | undefined;

describe('a buyer who reserves', () => {
  test('goes the whole way: form, mail, confirmation, receipt, lead, count, withdrawal', async () => {
    const campaign = `journey-${Date.now()}`;
    const { email, confirmToken, receipt } = await reserve({
      dealerId: LEAD_STORE_ID,
      phone: '+13055551234',
      consents: { email: true, phone: true, version: '2026-11-23' },
      source: { campaign, page: 'https://www.example.com/models?visitor=42#top' },
    });
    expect(isReservationNumber(receipt.number)).toBe(true);
    expect(receipt).toMatchObject({
      status: 'confirmed',
      model: 'a110',
      dealer: { id: LEAD_STORE_ID, name: 'BMW of Buena Park' },
    });
    const again = await post('/v1/interests/confirm', { token: confirmToken });
    expect(again.status).toBe(200);
    expect(again.json).toMatchObject({ number: receipt.number, confirmedAt: receipt.confirmedAt });

    const receiptMail = await awaitMail(email, ({ subject }) => subject.includes(receipt.number));
    expect(tokenIn(receiptMail, 'manage')).toMatch(/^[\w.-]+$/);

    const leadMail = await awaitMail('sales@store.example', ({ subject }) => subject.includes(receipt.number));
    expect(leadMail.text).toContain(email);
    const adfMail = await awaitMail('adf@crm.example', ({ text }) => text.includes(email));
    expect(adfMail.html).toBeFalsy();
    expect(adfFaults([adfMail.text])).toEqual([]);
    const { adf } = new XMLParser({ htmlEntities: true }).parse(adfMail.text);
    expect(adf.prospect.vehicle).toMatchObject({ make: 'Alpine', year: 2027 });
    expect(adf.prospect.customer.contact.name).toEqual(['Zoë', 'O’Neil-李']);

    const held = await call('GET', '/v1/reservation', withToken(receipt.manageToken));
    expect(held.status).toBe(200);
    expect(held.headers.get('cache-control')).toBe('no-store');
    expect(held.json).toMatchObject({
      number: receipt.number,
      person: { email, givenName: 'Zoë', familyName: 'O’Neil-李', phone: '+13055551234', zip: '90621' },
      consents: [
        { id: 'email', granted: true, page: 'https://www.example.com/models' },
        { id: 'phone', granted: true, text: expect.stringContaining('BMW of Buena Park') },
      ],
    });

    for (const by of ['state', 'dealer', 'model', 'day']) {
      const { total, groups } = await countsOf(`?by=${by}&campaign=${campaign}`);
      expect(total).toMatchObject({ submitted: 1, confirmed: 1, withdrawn: 0, active: 1 });
      expect(groups).toHaveLength(1);
    }
    expect((await countsOf(`?by=state,dealer&campaign=${campaign}`)).groups[0]).toMatchObject({
      state: 'CA',
      dealer: LEAD_STORE_ID,
    });

    expect((await call('DELETE', '/v1/reservation', withToken(receipt.manageToken))).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      expect((await call(method, '/v1/reservation', withToken(receipt.manageToken))).status).toBe(401);
    }
    expect((await post('/v1/interests/confirm', { token: confirmToken })).status).toBe(404);
    expect((await countsOf(`?campaign=${campaign}`)).total).toMatchObject({ confirmed: 1, withdrawn: 1, active: 0 });
  });

  test('with a known address is mailed the number and the link to manage it', async () => {
    const { email, receipt } = await reserve();
    await submit({ email });
    const mail = await awaitMail(email, ({ subject, text }) => /already/i.test(`${subject} ${text}`));
    expect(mail.text).toContain(receipt.number);
    const { status } = await call('GET', '/v1/reservation', withToken(tokenIn(mail, 'manage')));
    expect(status).toBe(200);
  });

  test('and sends the form again before confirming confirms what the last mail said', async () => {
    const email = newAddress();
    await submit({ email, model: 'a110' });
    const first = tokenIn(await awaitMail(email), 'confirm');
    await submit({ email, model: 'crossover-compact' });
    const second = tokenIn(await awaitMail(email, (mail) => tokenIn(mail, 'confirm') !== first), 'confirm');
    expect((await post('/v1/interests/confirm', { token: first })).status).toBe(404);
    expect((await post('/v1/interests/confirm', { token: second })).json).toMatchObject({
      model: 'crossover-compact',
      dealer: null,
    });
  });

  test('and repeats a request under its key gets the same answer and one mail', async () => {
    const email = newAddress();
    const key = { 'idempotency-key': `key-${email}` };
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit({ email }, key)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect((await submit({ email, zip: '33324' }, key)).status).toBe(422);
    await awaitMail(email);
    // A mail to someone else, asked for later, has passed by then.
    const later = newAddress();
    await submit({ email: later });
    await awaitMail(later);
    expect(await mailsTo(email)).toHaveLength(1);
  });

  test('stands in line at the store by the time of confirmation', async () => {
    const dealerId = '2590';
    const receipts: Receipt[] = [];
    for (let i = 0; i < 3; i += 1) receipts.push((await reserve({ dealerId })).receipt);
    const places = await Promise.all(
      receipts.map(async ({ manageToken }) => {
        const { json } = await call('GET', '/v1/reservation', withToken(manageToken));
        return (json as Receipt).placeInLine?.store ?? 0;
      }),
    );
    expect(places).toEqual([places[0], (places[0] ?? 0) + 1, (places[0] ?? 0) + 2]);
    const [first, second] = receipts;
    if (first === undefined || second === undefined) throw new Error('no receipts');
    await call('DELETE', '/v1/reservation', withToken(first.manageToken));
    const { json } = await call('GET', '/v1/reservation', withToken(second.manageToken));
    expect((json as Receipt).placeInLine?.store).toBe(places[0]);
  });

  test('and comes back after the link’s time is over begins anew: the old one leaves nothing but what was counted', async () => {
    const [email, campaign] = [newAddress(), `late-${Date.now()}`];
    await submit({ email, source: { campaign } });
    const late = tokenIn(await awaitMail(email), 'confirm');
    const isTheirs = (row: Record<string, unknown>) => reservationIn(row)?.person?.email === email;
    const { environmentVariable } = RESERVATION_TABLE;
    const stateRows = async () =>
      ((await scanTables(inject('locator'))).get(environmentVariable) ?? []).filter(isTheirs);
    const [pending] = (await stateRows()).map(reservationIn);
    await ageRow(environmentVariable, isTheirs, { reservation: { ...pending, expiresAtSeconds: 1 } });
    expect((await post('/v1/interests/confirm', { token: late })).status).toBe(404);

    await submit({ email, source: { campaign } });
    const fresh = tokenIn(await awaitMail(email, (mail) => tokenIn(mail, 'confirm') !== late), 'confirm');
    expect(await stateRows()).toHaveLength(1);
    expect((await post('/v1/interests/confirm', { token: fresh })).status).toBe(200);
    expect((await countsOf(`?campaign=${campaign}`)).total).toMatchObject({ submitted: 2, confirmed: 1, active: 1 });
  });

  test('in Spanish is mailed in Spanish', async () => {
    const email = newAddress();
    await submit({ email, locale: 'es-US' });
    expect((await awaitMail(email)).subject).toMatch(/confirme|confirma/i);
  });

  test('is a robot when the hidden field is filled: the same answer, and nothing happens', async () => {
    const robot = newAddress();
    expect(await submit({ email: robot, company: 'ACME' })).toMatchObject({
      status: 202,
      json: { status: 'confirmation-sent' },
    });
    const later = newAddress();
    await submit({ email: later });
    await awaitMail(later);
    expect(await mailsTo(robot)).toEqual([]);
  });
});

describe('tokens', () => {
  test('of another kind, forged or cut are all refused alike', async () => {
    const { confirmToken, receipt } = await reserve();
    const { manageToken } = receipt;
    const bad = [confirmToken, `${manageToken}x`, manageToken.slice(0, -1), `x${manageToken}`, 'x', 'a.b.c'];
    const held = await Promise.all(bad.map((token) => call('GET', '/v1/reservation', withToken(token))));
    expect(
      new Set(held.map(({ status, json }) => JSON.stringify([status, { ...(json as object), instance: '' }]))),
    ).toHaveLength(1);
    expect(held[0]?.status).toBe(401);
    const confirmed = await Promise.all(
      [manageToken, `${confirmToken}x`, confirmToken.slice(1), 'x', ''].map((token) =>
        post('/v1/interests/confirm', { token }),
      ),
    );
    expect(
      new Set(confirmed.map(({ status, json }) => JSON.stringify([status, { ...(json as object), instance: '' }]))),
    ).toHaveLength(1);
    expect(confirmed[0]?.status).toBe(404);
  });

  test('for marketing are asked for, and their scope', async () => {
    const { tokens } = inject('locator');
    const status = async (token?: string) =>
      (
        await call(
          'GET',
          '/v1/interest-counts',
          token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
        )
      ).status;
    expect(await status()).toBe(401);
    expect(await status('x.y.z')).toBe(401);
    expect(await status(tokens.leads)).toBe(403);
    expect(await status(tokens.none)).toBe(403);
    expect(await status(tokens.counts)).toBe(200);
  });
});
