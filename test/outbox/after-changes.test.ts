import { beforeEach, describe, expect, test } from 'vitest';
import { currentWording } from '../../shared/launch/launch.ts';
import { type DispatchDesk, MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { verifyToken } from '../../shared/reservations/signed-token.ts';
import { unsubscribe } from '../../shared/reservations/unsubscribe.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { sweep } from '../reservations/test-desk.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { busy, CLOSED, confirmedBuyer, fatesOf, LEAD, mailsTo, someone } from './outbox-desk.ts';

const SECOND = 1_000;

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
});

/** One whose mails are sent, and nobody learns whether they were taken. */
const unheard = (desk: DispatchDesk): DispatchDesk => ({
  ...desk,
  sendMail: () => Promise.reject(new MailRefused('TimeoutError', false, undefined, false)),
});

const sent = { status: 'delivered', why: undefined };

describe('the mail of a change', () => {
  test('tells the buyer how the reservation stands now, with a link and one click to end the news', async () => {
    const { desk, inbox, email, change, number, held } = await confirmedBuyer(tables);
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
    const { desk, inbox, email, change, clock } = await confirmedBuyer(tables);
    await sweep(desk);
    inbox.length = 0;
    for (const model of ['undecided', 'crossover-compact', 'a110']) {
      await change({ model });
      clock.now += SECOND;
    }
    await sweep(desk);
    const cancelled = { status: 'cancelled', why: 'the reservation has changed since' };
    expect(await fatesOf('change-mail', tables)).toEqual([cancelled, cancelled, sent]);
    expect(mailsTo(inbox, email, /has changed/)).toHaveLength(1);
    expect(mailsTo(inbox, email, /has changed/)[0]?.content.text).toContain('Model: A110');
  });

  test('still goes out when the buyer has ended the news since: that has no mail of its own', async () => {
    const { desk, inbox, email, change } = await confirmedBuyer(tables);
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
    const { desk, inbox, email, change, withdraw } = await confirmedBuyer(tables);
    await sweep(desk);
    inbox.length = 0;
    await change({ model: 'undecided' });
    await withdraw();
    await sweep(desk);
    expect(mailsTo(inbox, email, /./)).toEqual([]);
    expect(await fatesOf('change-mail', tables)).toEqual([{ status: 'cancelled', why: 'the reservation is gone' }]);
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
    const { desk, inbox, change, held } = await confirmedBuyer(tables);
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
    const { desk, inbox, change, clock } = await confirmedBuyer(tables);
    await sweep(busy(desk));
    clock.now += SECOND;
    await change({ model: 'undecided' });
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', LEAD)[0]?.content.subject).toMatch(/^Alpine lead/);
    expect(inbox.find(({ to }) => to === 'adf@north.example')?.content.text).toContain('<prospect status="new">');
  });

  test('marks a lead as sent again when a try before may have got through, though nobody knows', async () => {
    const { desk, inbox, change, clock } = await confirmedBuyer(tables);
    await sweep(unheard(desk));
    clock.now += SECOND;
    await change({ model: 'undecided' });
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', LEAD)[0]?.content.subject).toMatch(/^Sent again: /);
    expect(inbox.find(({ to }) => to === 'adf@north.example')?.content.text).toContain('<prospect status="resend">');
  });

  test('sends what it was, and not as sent again, when only the answer to the first try was lost', async () => {
    const { desk, inbox, clock } = await confirmedBuyer(tables);
    await sweep(unheard(desk));
    clock.now += 10 * SECOND;
    await sweep(desk);
    expect(mailsTo(inbox, 'sales@north.example', LEAD)[0]?.content.subject).toMatch(/^Alpine lead/);
    expect(inbox.find(({ to }) => to === 'adf@north.example')?.content.text).toContain('<prospect status="new">');
  });
});

test('a lead says when the buyer asked for its store, not when the reservation was confirmed', async () => {
  const { desk, inbox, change, clock } = await confirmedBuyer(tables);
  await sweep(desk);
  clock.now += 86_400 * SECOND;
  await change({ dealerId: 'south' });
  await sweep(desk);
  const dates = (address: string) =>
    inbox.filter(({ to }) => to === address).map(({ content }) => /<requestdate>(\S+)</.exec(content.text)?.[1]);
  expect(dates('adf@north.example')).toEqual(['2026-11-23T14:05:09+00:00']);
  expect(dates('adf@south.example')).toEqual(['2026-11-24T14:05:09+00:00']);
});
