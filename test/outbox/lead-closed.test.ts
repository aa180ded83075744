import { beforeEach, describe, expect, test } from 'vitest';
import type { ClaimedDelivery, DeliveryChannel } from '../../shared/outbox/delivery.ts';
import type { DispatchDesk } from '../../shared/outbox/dispatch-desk.ts';
import { dispatch } from '../../shared/outbox/send-delivery.ts';
import { sweep } from '../reservations/test-desk.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { busy, CLOSED, confirmedBuyer, fatesOf, LEAD, mailsTo } from './outbox-desk.ts';

const SECOND = 1_000;

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
});

const sent = { status: 'delivered', why: undefined };

async function claimOf(desk: DispatchDesk, channel: DeliveryChannel): Promise<ClaimedDelivery> {
  const due = await desk.outbox.listDue(desk.nowMilliseconds(), 100);
  const key = due.find((delivery) => delivery.channel === channel);
  const claimed = key && (await desk.outbox.claim(key, desk.nowMilliseconds()));
  if (claimed === undefined) throw new Error(`no ${channel} is due`);
  return claimed;
}

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
    const buyer = await confirmedBuyer(tables);
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
    expect(await fatesOf('lead-closed-mail', tables)).toEqual([sent]);
  });

  test('through the fallback address when it has a CRM alone, or is withdrawn itself', async () => {
    const { desk, inbox, change, withdraw } = await confirmedBuyer(tables);
    await change({ dealerId: 'south' });
    await sweep(desk);
    await withdraw();
    await sweep(desk);
    expect(mailsTo(inbox, 'leads@fallback.example', CLOSED)).toHaveLength(1);

    const other = await confirmedBuyer(tables);
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
    const { desk, inbox, withdraw } = await confirmedBuyer(tables);
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
      const { desk, inbox, clock, change } = await confirmedBuyer(tables);
      if (before === 'refused') await sweep(busy(desk));
      await change({ dealerId: 'west' });
      await sweep(desk);
      clock.now += 86_400 * SECOND;
      await sweep(desk);
      expect(inbox.filter(({ to }) => /north/.test(to))).toEqual([]);
    }
    const never = { status: 'cancelled', why: 'the store was never sent the lead' };
    expect(await fatesOf('lead-closed-mail', tables)).toEqual([never, never]);
  });

  test('only after a lead that is being sent at that moment', async () => {
    const { desk, inbox, clock, withdraw } = await confirmedBuyer(tables);
    const leadMail = await claimOf(desk, 'lead-mail');
    await withdraw();
    await sweep(desk);
    expect(await fatesOf('lead-closed-mail', tables)).toEqual([
      { status: 'pending', why: 'the lead itself is being sent' },
    ]);
    expect(await desk.outbox.settle(leadMail, { kind: 'delivered' }, clock.now)).toBe('delivered');
    clock.now += 5 * SECOND;
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', CLOSED)).toHaveLength(1);
  });

  test('when the sender of the lead died, as nobody knows how far it came', async () => {
    const { desk, inbox, clock, withdraw } = await confirmedBuyer(tables);
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
    const { desk, inbox, clock, change } = await confirmedBuyer(tables);
    await sweep(desk);
    await change({ dealerId: 'south' });
    await change({ dealerId: 'north' });
    inbox.length = 0;
    await sweep(desk);
    clock.now += 5 * SECOND;
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', CLOSED)).toEqual([]);
    expect(mailsTo(inbox, 'sales@north.example', LEAD)).toHaveLength(1);

    const lost = await confirmedBuyer(tables);
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
    const { desk, inbox, withdraw } = await confirmedBuyer(tables);
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
    const { desk, inbox, clock, change, withdraw } = await confirmedBuyer(tables);
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
