import { beforeEach, describe, expect, test } from 'vitest';
import type { ChangeBody } from '../../shared/contract/interests.ts';
import { currentWording } from '../../shared/launch/launch.ts';
import type { ClaimedDelivery, DeliveryChannel } from '../../shared/outbox/delivery.ts';
import { type DispatchDesk, MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { dispatch } from '../../shared/outbox/send-delivery.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { verifyToken } from '../../shared/reservations/signed-token.ts';
import { unsubscribe } from '../../shared/reservations/unsubscribe.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { type SentMail, sweep } from '../reservations/test-desk.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { someone } from './outbox-desk.ts';

const SECOND = 1_000;

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
});

/** Somebody with a confirmed reservation at the store `north`; what that causes is still to be sent. */
async function confirmedBuyer() {
  const buyer = someone(tables);
  const { manageToken, number } = await buyer.confirmed();
  buyer.inbox.length = 0;
  const change = (body: ChangeBody) =>
    changeReservation(manageToken, { body, globalPrivacyControl: false }, buyer.desk);
  const withdraw = () => withdrawReservation(manageToken, buyer.desk);
  return { ...buyer, manageToken, number, change, withdraw };
}

const busy = (desk: DispatchDesk): DispatchDesk => ({
  ...desk,
  sendMail: () => Promise.reject(new MailRefused('TooManyRequests', false, undefined)),
});

/** What became of the deliveries of a channel, the oldest first. */
async function fates(channel: DeliveryChannel): Promise<unknown[]> {
  const rows = (await tables.scan('outbox')).filter((row) => row['channel'] === channel);
  return rows
    .toSorted((a, b) => String(a['createdAt']).localeCompare(String(b['createdAt'])))
    .map((row) => ({ status: row['status'], why: row['lastError'] }));
}

const sent = { status: 'delivered', why: undefined };

function mailsTo(inbox: readonly SentMail[], address: string, subject: RegExp): SentMail[] {
  return inbox.filter(({ to, content }) => to === address && subject.test(content.subject));
}

async function claimOf(desk: DispatchDesk, channel: DeliveryChannel): Promise<ClaimedDelivery> {
  const due = await desk.outbox.listDue(desk.nowMilliseconds(), 100);
  const key = due.find((delivery) => delivery.channel === channel);
  const claimed = key && (await desk.outbox.claim(key, desk.nowMilliseconds()));
  if (claimed === undefined) throw new Error(`no ${channel} is due`);
  return claimed;
}

const CLOSED = /^Closed: /;
const LEAD = /^(Sent again: )?Alpine lead/;

describe('the mail of a change', () => {
  test('tells the buyer how the reservation stands now, with a link and one click to end the news', async () => {
    const { desk, inbox, email, change, number, held } = await confirmedBuyer();
    await sweep(desk);
    inbox.length = 0;
    await change({ dealerId: 'west', locale: 'es-US' });
    await sweep(desk);
    const [mail] = mailsTo(inbox, email, /ha cambiado/);
    expect(mailsTo(inbox, email, /./)).toHaveLength(1);
    expect(mail?.content.subject).toContain(number);
    expect(mail?.content.text).toContain('Su lugar en la fila de Store west: 1');
    const token = /unsubscribe\?token=([^>]+)>/.exec(mail?.content.headers?.['List-Unsubscribe'] ?? '')?.[1] ?? '';
    const { id } = (await held()) ?? {};
    expect(verifyToken('unsubscribe', token, desk.signingKeys, desk.nowMilliseconds())?.subject).toBe(id);
    expect(verifyToken('manage', token, desk.signingKeys, desk.nowMilliseconds())).toBeUndefined();
    expect(await unsubscribe(token, desk)).toBe(true);
  });

  test('goes out once for the last of several changes', async () => {
    const { desk, inbox, email, change, clock } = await confirmedBuyer();
    await sweep(desk);
    inbox.length = 0;
    for (const model of ['undecided', 'crossover-compact', 'a110']) {
      await change({ model });
      clock.now += SECOND;
    }
    await sweep(desk);
    const cancelled = { status: 'cancelled', why: 'the reservation has changed since' };
    expect(await fates('change-mail')).toEqual([cancelled, cancelled, sent]);
    expect(mailsTo(inbox, email, /has changed/)).toHaveLength(1);
    expect(mailsTo(inbox, email, /has changed/)[0]?.content.text).toContain('Model: A110');
  });

  test('still goes out when the buyer has ended the news since: that has no mail of its own', async () => {
    const { desk, inbox, email, change } = await confirmedBuyer();
    await sweep(desk);
    const [receipt] = mailsTo(inbox, email, /./);
    const token = /token=([^>]+)>/.exec(receipt?.content.headers?.['List-Unsubscribe'] ?? '')?.[1] ?? '';
    inbox.length = 0;
    await change({ model: 'undecided' });
    expect(await unsubscribe(token, desk)).toBe(true);
    await sweep(desk);
    expect(mailsTo(inbox, email, /has changed/)).toHaveLength(1);
  });

  test('does not go out once the reservation is withdrawn', async () => {
    const { desk, inbox, email, change, withdraw } = await confirmedBuyer();
    await sweep(desk);
    inbox.length = 0;
    await change({ model: 'undecided' });
    await withdraw();
    await sweep(desk);
    expect(mailsTo(inbox, email, /./)).toEqual([]);
    expect(await fates('change-mail')).toEqual([{ status: 'cancelled', why: 'the reservation is gone' }]);
  });
});

test('the place in line in a mail is the one at its sending', async () => {
  const [first, second] = [someone(tables), someone(tables)];
  second.clock.now += SECOND;
  const { manageToken } = await first.confirmed();
  await second.confirmed();
  const receipt = () => mailsTo(second.inbox, second.email, /^Your Alpine reservation/).at(-1)?.content.text ?? '';
  await sweep({ ...busy(second.desk) });
  await withdrawReservation(manageToken, first.desk);
  second.clock.now += 5 * SECOND;
  await sweep(second.desk);
  expect(receipt()).toContain('Your place in line at Store north: 1\n');
});

describe('a change that stays with the store', () => {
  test('sends the lead again under its id, marked as sent again, as it stands now', async () => {
    const { desk, inbox, change, held } = await confirmedBuyer();
    await sweep(desk);
    const reservation = await held();
    const leadId = (reservation?.status === 'confirmed' && reservation.leadId) || 'none';
    expect(mailsTo(inbox, 'sales@north.example', LEAD).map(({ content }) => content.subject)).toEqual([
      expect.stringMatching(/^Alpine lead/),
    ]);
    inbox.length = 0;
    await change({ phone: '+13055550199', consents: { phone: true, version: currentWording().version } });
    await sweep(desk);
    const [mail] = mailsTo(inbox, 'sales@north.example', LEAD);
    expect(mail?.content.subject).toMatch(/^Sent again: /);
    expect(mail?.content.text).toContain('Phone: +13055550199');
    expect(mail?.content.html).toContain('tel:+13055550199');
    const [adf] = inbox.filter(({ to }) => to === 'adf@north.example');
    expect(adf?.content.text).toContain('<prospect status="resend">');
    expect(adf?.content.text).toContain(leadId);
    expect(mailsTo(inbox, 'sales@north.example', CLOSED)).toEqual([]);
  });

  test('sends a lead as new that never got through before', async () => {
    const { desk, inbox, change, clock } = await confirmedBuyer();
    await sweep(busy(desk));
    clock.now += SECOND;
    await change({ model: 'undecided' });
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', LEAD)[0]?.content.subject).toMatch(/^Alpine lead/);
    expect(inbox.find(({ to }) => to === 'adf@north.example')?.content.text).toContain('<prospect status="new">');
  });
});

test('a lead says when the buyer asked for its store, not when the reservation was confirmed', async () => {
  const { desk, inbox, change, clock } = await confirmedBuyer();
  await sweep(desk);
  clock.now += 86_400 * SECOND;
  await change({ dealerId: 'south' });
  await sweep(desk);
  const dates = (address: string) =>
    inbox.filter(({ to }) => to === address).map(({ content }) => /<requestdate>(\S+)</.exec(content.text)?.[1]);
  expect(dates('adf@north.example')).toEqual(['2026-11-23T14:05:09+00:00']);
  expect(dates('adf@south.example')).toEqual(['2026-11-24T14:05:09+00:00']);
});

describe('a store that was sent a lead is told that it is closed', () => {
  test.each([
    [
      'another store is chosen',
      (b: Awaited<ReturnType<typeof confirmedBuyer>>) => b.change({ dealerId: 'south' }),
      /chosen another store/,
    ],
    [
      'none is chosen any more',
      (b: Awaited<ReturnType<typeof confirmedBuyer>>) => b.change({ dealerId: null }),
      /chosen another store, or none/,
    ],
    [
      'the reservation is withdrawn',
      (b: Awaited<ReturnType<typeof confirmedBuyer>>) => b.withdraw(),
      /withdrawn the reservation/,
    ],
  ])('when %s, without a word of the buyer', async (_, close, reason) => {
    const buyer = await confirmedBuyer();
    const { desk, inbox, number, email } = buyer;
    await sweep(desk);
    inbox.length = 0;
    await close(buyer);
    await sweep(desk);
    const [mail, ...more] = mailsTo(inbox, 'sales@north.example', /./);
    expect(more).toEqual([]);
    const said = mail?.content.text.replace(/\s+/g, ' ') ?? '';
    expect(mail?.content.subject).toBe(`Closed: Alpine lead ${number}`);
    expect(said).toMatch(reason);
    for (const part of [number, 'Store north', 'delete']) expect(said).toContain(part);
    for (const data of ['Marie', 'Laurent', email, '3055550123', '33324', 'A110']) {
      expect(`${mail?.content.subject}${mail?.content.text}${mail?.content.html}`).not.toContain(data);
    }
    // A CRM could only misread it.
    expect(inbox.filter(({ to }) => to === 'adf@north.example')).toEqual([]);
    expect(await fates('lead-closed-mail')).toEqual([sent]);
  });

  test('through the fallback address when it has a CRM alone, or is withdrawn itself', async () => {
    const { desk, inbox, change, withdraw } = await confirmedBuyer();
    await change({ dealerId: 'south' });
    await sweep(desk);
    await withdraw();
    await sweep(desk);
    expect(mailsTo(inbox, 'leads@fallback.example', CLOSED)).toHaveLength(1);

    const other = await confirmedBuyer();
    await sweep(other.desk);
    await other.withdraw();
    other.inbox.length = 0;
    const getDealer: DispatchDesk['dealers']['getDealer'] = async (id) => {
      const store = await other.desk.dealers.getDealer(id);
      return store && { ...store, status: 'withdrawn' };
    };
    await sweep({ ...other.desk, dealers: { ...other.desk.dealers, getDealer } });
    expect(other.inbox.map(({ to }) => to)).toEqual(['leads@fallback.example']);
  });

  test('also when one way to it worked and the other did not', async () => {
    const { desk, inbox, withdraw } = await confirmedBuyer();
    const crmIsDown: DispatchDesk = {
      ...desk,
      sendMail: (to, content, tags) =>
        to === 'adf@north.example' ? busy(desk).sendMail(to, content, tags) : desk.sendMail(to, content, tags),
    };
    await sweep(crmIsDown);
    await withdraw();
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', CLOSED)).toHaveLength(1);
  });

  test('not when it was never sent the lead', async () => {
    for (const before of ['nothing', 'refused'] as const) {
      const { desk, inbox, clock, change } = await confirmedBuyer();
      if (before === 'refused') await sweep(busy(desk));
      await change({ dealerId: 'west' });
      await sweep(desk);
      clock.now += 86_400 * SECOND;
      await sweep(desk);
      expect(inbox.filter(({ to }) => /north/.test(to))).toEqual([]);
    }
    const never = { status: 'cancelled', why: 'the store was never sent the lead' };
    expect(await fates('lead-closed-mail')).toEqual([never, never]);
  });

  test('only after a lead that is being sent at that moment', async () => {
    const { desk, inbox, clock, withdraw } = await confirmedBuyer();
    const leadMail = await claimOf(desk, 'lead-mail');
    await withdraw();
    await sweep(desk);
    expect(await fates('lead-closed-mail')).toEqual([{ status: 'pending', why: 'the lead itself is being sent' }]);
    expect(await desk.outbox.settle(leadMail, { kind: 'delivered' }, clock.now)).toBe('delivered');
    clock.now += 5 * SECOND;
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', CLOSED)).toHaveLength(1);
  });

  test('when the sender of the lead died, as nobody knows how far it came', async () => {
    const { desk, inbox, clock, withdraw } = await confirmedBuyer();
    await claimOf(desk, 'lead-mail');
    await withdraw();
    for (let hours = 0; hours < 2; hours += 1) {
      await sweep(desk);
      clock.now += 3_600 * SECOND;
    }
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', LEAD)).toEqual([]);
    expect(mailsTo(inbox, 'sales@north.example', CLOSED)).toHaveLength(1);
  });

  test('not while the buyer is back with another lead, unless that one never comes through', async () => {
    const { desk, inbox, clock, change } = await confirmedBuyer();
    await sweep(desk);
    await change({ dealerId: 'south' });
    await change({ dealerId: 'north' });
    inbox.length = 0;
    await sweep(desk);
    clock.now += 5 * SECOND;
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', CLOSED)).toEqual([]);
    expect(mailsTo(inbox, 'sales@north.example', LEAD)).toHaveLength(1);

    const lost = await confirmedBuyer();
    await sweep(lost.desk);
    await lost.change({ dealerId: 'south' });
    await lost.change({ dealerId: 'north' });
    await sweep(busy(lost.desk));
    await lost.change({ dealerId: null });
    lost.inbox.length = 0;
    for (let hours = 0; hours < 3; hours += 1) {
      lost.clock.now += 3_600 * SECOND;
      await sweep(lost.desk);
    }
    expect(mailsTo(lost.inbox, 'sales@north.example', CLOSED)).toHaveLength(1);
  });

  test('once, however many send at the same moment', async () => {
    const { desk, inbox, withdraw } = await confirmedBuyer();
    await sweep(desk);
    await withdraw();
    const due = await desk.outbox.listDue(desk.nowMilliseconds(), 10);
    const key = due.find(({ channel }) => channel === 'lead-closed-mail');
    if (key === undefined) throw new Error('must be due');
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => dispatch(key, desk)));
    expect(outcomes.toSorted()).toEqual(['delivered', ...Array(19).fill('not-due')]);
    expect(mailsTo(inbox, 'sales@north.example', CLOSED)).toHaveLength(1);
  });
});

test('whatever the order of sending, a store that was sent anything of a buyer hears last that it is closed', async () => {
  // Every store's last mail, after changes of store with sending in between, stopped and resumed at random places.
  for (let seed = 0; seed < 12; seed += 1) {
    const { desk, inbox, clock, change, withdraw } = await confirmedBuyer();
    const stores = ['south', 'west', null, 'north', 'south'];
    for (const [index, dealerId] of stores.entries()) {
      const bits = (seed * 7 + index * 3) % 4;
      if (bits === 0) await sweep(desk);
      if (bits === 1) await sweep(busy(desk));
      if (bits === 2) await change({ model: index % 2 === 0 ? 'undecided' : 'a110' });
      await change({ dealerId });
      clock.now += SECOND;
    }
    await withdraw();
    for (let hours = 0; hours < 8; hours += 1) {
      await sweep(desk);
      clock.now += 3_600 * SECOND;
    }
    expect(await desk.outbox.listDue(clock.now, 10)).toEqual([]);
    const had = inbox.filter(({ to }) => to === 'sales@north.example');
    if (had.some(({ content }) => LEAD.test(content.subject))) expect(had.at(-1)?.content.subject).toMatch(CLOSED);
    else expect(had).toEqual([]);
  }
});
