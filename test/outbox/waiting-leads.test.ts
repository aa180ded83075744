import { beforeEach, describe, expect, test } from 'vitest';
import type { LeadRouting } from '../../shared/dealers/dealer.ts';
import { type DispatchDesk, MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { leadLedger } from '../../shared/outbox/lead-ledger-table.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { verifyToken } from '../../shared/reservations/signed-token.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { dealersOf, storesOf, sweep } from '../reservations/test-desk.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { fatesOf, someone } from './outbox-desk.ts';
import { ESCALATION_EMAIL } from './sending-parts.ts';

const HOUR = 3_600_000;
const PEOPLE = 'sales@north.example';

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
});

async function confirmedBuyer() {
  const buyer = someone(tables);
  const { manageToken, number } = await buyer.confirmed();
  const held = await buyer.held();
  const leadId = (held?.status === 'confirmed' && held.leadId) || 'none';
  const hoursLater = async (hours: number) => {
    buyer.clock.now += hours * HOUR;
    buyer.inbox.length = 0;
    await sweep(buyer.desk);
    return buyer.inbox;
  };
  return { ...buyer, manageToken, number, leadId, hoursLater };
}

const acknowledge = (leadId: string, at: number) =>
  leadLedger(tables.client, tables.names.outbox).acknowledge(leadId, new Date(at).toISOString());

function tokenIn(text = ''): string {
  return /\/lead\/#acknowledge=(\S+)/.exec(text)?.[1] ?? 'none';
}

describe('a lead that nobody takes on', () => {
  test('is reminded of after a day, told to the store group after two, each once, without a word of the buyer', async () => {
    const { hoursLater, number, email, desk, leadId, clock } = await confirmedBuyer();
    await hoursLater(0);
    expect(await hoursLater(23.9)).toEqual([]);
    const [reminder, ...more] = [...(await hoursLater(0.2))];
    expect(more).toEqual([]);
    expect(reminder?.to).toBe(PEOPLE);
    expect(reminder?.content.subject).toContain(number);
    expect(reminder?.content.text.replace(/\s+/g, ' ')).toContain('waited since November 23, 2026 at 2:05 PM UTC');
    const claims = verifyToken('acknowledge', tokenIn(reminder?.content.text), desk.signingKeys, clock.now);
    expect(claims?.subject).toBe(leadId);
    const [escalation, ...others] = [...(await hoursLater(24))];
    expect(others).toEqual([]);
    expect(escalation?.to).toBe(ESCALATION_EMAIL);
    for (const said of [number, 'Store north', 'November 23, 2026 at 2:05 PM UTC']) {
      expect(escalation?.content.text).toContain(said);
    }
    for (const { content } of [reminder, escalation].filter((mail) => mail !== undefined)) {
      for (const data of ['Marie', 'Laurent', email, '3055550123', '33324', 'A110']) {
        expect(`${content.subject}${content.text}${content.html}`).not.toContain(data);
      }
    }
    expect(escalation?.content.text).not.toContain('acknowledge=');
    expect(await hoursLater(1000)).toEqual([]);
  });

  test('has a button in its first mail, too, which works for 90 days', async () => {
    const { hoursLater, desk, leadId, clock } = await confirmedBuyer();
    const mail = (await hoursLater(0)).find(({ to }) => to === PEOPLE);
    const token = tokenIn(mail?.content.text);
    const days = (count: number) => clock.now + count * 24 * HOUR;
    expect(verifyToken('acknowledge', token, desk.signingKeys, days(89.9))?.subject).toBe(leadId);
    expect(verifyToken('acknowledge', token, desk.signingKeys, days(90.1))).toBeUndefined();
    expect(verifyToken('manage', token, desk.signingKeys, clock.now)).toBeUndefined();
  });
});

describe('nobody is reminded of a lead', () => {
  test('that is taken on, before or after the reminder', async () => {
    const early = await confirmedBuyer();
    await early.hoursLater(0);
    await acknowledge(early.leadId, early.clock.now);
    expect([...(await early.hoursLater(25)), ...(await early.hoursLater(48))]).toEqual([]);
    const late = await confirmedBuyer();
    await late.hoursLater(0);
    expect(await late.hoursLater(25)).toHaveLength(1);
    await acknowledge(late.leadId, late.clock.now);
    expect(await late.hoursLater(48)).toEqual([]);
    expect(await fatesOf('escalation-mail', tables)).toEqual(
      Array(2).fill({ status: 'cancelled', why: 'the store has taken on the lead' }),
    );
  });

  test.each(['withdrawn', 'moved'] as const)('that is closed: %s', async (how) => {
    const { hoursLater, desk, manageToken } = await confirmedBuyer();
    await hoursLater(0);
    if (how === 'withdrawn') await withdrawReservation(manageToken, desk);
    else await changeReservation(manageToken, { body: { dealerId: null }, globalPrivacyControl: false }, desk);
    await hoursLater(1);
    expect([...(await hoursLater(24)), ...(await hoursLater(24))]).toEqual([]);
    expect(await fatesOf('reminder-mail', tables)).toMatchObject([{ status: 'cancelled' }]);
  });

  test('that never reached its store', async () => {
    const { hoursLater, desk } = await confirmedBuyer();
    const { sendMail } = desk;
    const refuse: DispatchDesk['sendMail'] = () => Promise.reject(new MailRefused('MessageRejected', true, undefined));
    Object.assign(desk, { sendMail: refuse });
    await hoursLater(0);
    Object.assign(desk, { sendMail });
    expect([...(await hoursLater(25)), ...(await hoursLater(48))]).toEqual([]);
    const never = { status: 'cancelled', why: 'the store was never sent the lead' };
    expect([...(await fatesOf('reminder-mail', tables)), ...(await fatesOf('escalation-mail', tables))]).toEqual([
      never,
      never,
    ]);
  });
});

describe('an address that bounced', () => {
  const route = (desk: DispatchDesk, routing: LeadRouting) =>
    Object.assign(desk, {
      dealers: dealersOf(storesOf().map((store) => (store.id === 'north' ? { ...store, routing } : store))),
    });

  test('of a store’s people has their mails sent to the fallback address, until there is another', async () => {
    const { hoursLater, desk, clock } = await confirmedBuyer();
    const endpoint = { dealerId: 'north', channel: 'lead-mail', address: 'Sales@North.example' } as const;
    await desk.outbox.block(endpoint, 'bounced', clock.now);
    const to = (await hoursLater(0)).map((mail) => mail.to);
    expect(to).toContain('leads@fallback.example');
    expect(to).not.toContain(PEOPLE);
    expect((await hoursLater(25)).map((mail) => mail.to)).toEqual(['leads@fallback.example']);

    const other = await confirmedBuyer();
    route(other.desk, { leadEmail: 'new@north.example', adfEmail: 'adf@north.example' });
    expect((await other.hoursLater(0)).map((mail) => mail.to)).toContain('new@north.example');
  });

  test('of a CRM ends its mail, with a reason, and no other', async () => {
    const { hoursLater, desk, clock } = await confirmedBuyer();
    const endpoint = { dealerId: 'north', channel: 'adf-mail', address: 'adf@north.example' } as const;
    await desk.outbox.block(endpoint, 'bounced', clock.now);
    await desk.outbox.block(endpoint, 'gone', clock.now + HOUR);
    expect(await desk.outbox.blockOf(endpoint)).toMatchObject({
      reason: 'bounced',
      since: new Date(clock.now).toISOString(),
    });
    expect((await hoursLater(0)).map((mail) => mail.to)).toContain(PEOPLE);
    expect(await fatesOf('adf-mail', tables)).toEqual([{ status: 'failed', why: 'the CRM address has bounced' }]);
    expect(JSON.stringify(await tables.scan('outbox'))).not.toContain('adf@north');
  });
});

test('a buyer who complained gets no mail any more, and the store still gets the lead', async () => {
  const { desk, inbox, email } = await confirmedBuyer();
  const { find } = desk.reservations;
  inbox.length = 0;
  const reservations: DispatchDesk['reservations'] = {
    ...desk.reservations,
    find: async (id) => {
      const held = await find(id);
      return held?.status === 'confirmed' ? { ...held, mailStopped: true } : held;
    },
  };
  await sweep({ ...desk, reservations });
  const to = inbox.map((mail) => mail.to);
  expect(to).not.toContain(email);
  expect(to).toContain(PEOPLE);
  expect(await fatesOf('receipt-mail', tables)).toEqual([{ status: 'cancelled', why: 'the buyer wants no mail' }]);
});
