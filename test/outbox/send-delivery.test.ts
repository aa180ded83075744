import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Delivery, leadDeliveries, MOST_TRIES } from '../../shared/outbox/delivery.ts';
import { type DispatchDesk, MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { dispatch } from '../../shared/outbox/send-delivery.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { PENDING_SECONDS } from '../../shared/reservations/reservation-life.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { sweep, tokensIn } from '../reservations/test-desk.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { someone } from './outbox-desk.ts';

const SECOND = 1_000;

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
});

/** All rows but leads, by channel. */
async function statuses(): Promise<Record<string, unknown>> {
  const rows = (await tables.scan('outbox')).filter((row) => row['sk'] !== 'lead');
  return Object.fromEntries(rows.map((row) => [String(row['channel']), row['status']]));
}

async function onlyDue(desk: DispatchDesk) {
  const due = await desk.outbox.listDue(desk.nowMilliseconds(), 100);
  const [key] = due;
  if (key === undefined || due.length > 1) throw new Error(`must be one, not ${due.length}`);
  return key;
}

describe('a mailer that refuses', () => {
  test('lastingly ends the delivery, with its reason', async () => {
    const { submit, desk } = someone(tables);
    await submit();
    const key = await onlyDue(desk);
    const refusing = {
      ...desk,
      sendMail: () => Promise.reject(new MailRefused('MessageRejected', true, undefined)),
    };
    expect(await dispatch(key, refusing)).toBe('failed');
    expect(await tables.scan('outbox')).toMatchObject([{ status: 'failed', lastError: 'MessageRejected' }]);
    expect(await dispatch(key, desk)).toBe('not-due');
  });

  test('for the moment puts it off, and it goes out later', async () => {
    const { submit, desk, clock, inbox, email } = someone(tables);
    await submit();
    const key = await onlyDue(desk);
    const busy = { ...desk, sendMail: () => Promise.reject(new MailRefused('TooManyRequests', false, undefined)) };
    expect(await dispatch(key, busy)).toBe('pending');
    expect(await dispatch(key, desk)).toBe('not-due');
    clock.now += 5 * SECOND;
    expect(await dispatch(key, desk)).toBe('delivered');
    expect(tokensIn(inbox, email, 'confirm')).toHaveLength(1);
  });

  test.each([
    ['an error', new TypeError('marie@example.com is not a function')],
    ['text', 'marie@example.com'],
    ['nothing', undefined],
  ])('by throwing %s is reported and put off, without a word of it in the row', async (_, thrown) => {
    const { submit, desk } = someone(tables);
    await submit();
    const reported: [unknown, Delivery['channel']][] = [];
    const broken: DispatchDesk = {
      ...desk,
      sendMail: () => Promise.reject(thrown),
      reportFault: (error, { channel }) => reported.push([error, channel]),
    };
    expect(await dispatch(await onlyDue(desk), broken)).toBe('pending');
    expect(reported).toEqual([[thrown, 'confirmation-mail']]);
    const [row] = await tables.scan('outbox');
    expect(row).toMatchObject({ status: 'pending', lastError: 'internal fault' });
    expect(JSON.stringify(row)).not.toContain('marie');
  });
});

test('a sender that dies after claiming is followed by the sweep once its lease has ended', async () => {
  const { submit, desk, clock, inbox } = someone(tables);
  await submit();
  const key = await onlyDue(desk);
  expect(await desk.outbox.claim(key, clock.now)).toBeDefined();
  clock.now += 119 * SECOND;
  expect(await sweep(desk)).toEqual([]);
  clock.now += SECOND;
  expect(await sweep(desk)).toEqual(['delivered']);
  expect(inbox).toHaveLength(1);
  expect(await sweep(desk)).toEqual([]);
});

test('a row that ends every sender is given up after the last try', async () => {
  const { submit, desk, clock, inbox } = someone(tables);
  await submit();
  const key = await onlyDue(desk);
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    expect(await desk.outbox.claim(key, clock.now)).toBeDefined();
    clock.now += 120 * SECOND;
  }
  expect(await sweep(desk)).toEqual(['failed']);
  expect(await sweep(desk)).toEqual([]);
  expect(inbox).toEqual([]);
});

test('twenty dispatches at the same moment send once', async () => {
  const { submit, desk, inbox } = someone(tables);
  await submit();
  const key = await onlyDue(desk);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => dispatch(key, desk)));
  expect(outcomes.toSorted()).toEqual(['delivered', ...Array(19).fill('not-due')]);
  expect(inbox).toHaveLength(1);
});

test('a store withdrawn after someone chose it gets nobody’s data: the fallback address does', async () => {
  const { submit, confirmToken, desk, inbox, email } = someone(tables);
  await submit();
  await confirmInterest(await confirmToken(), desk);
  inbox.length = 0;
  const withdrawn: DispatchDesk = {
    ...desk,
    dealers: {
      getDealer: async (id) => {
        const store = await desk.dealers.getDealer(id);
        return store && { ...store, status: 'withdrawn' };
      },
      getLeadRouting: desk.dealers.getLeadRouting,
    },
  };
  expect((await sweep(withdrawn)).toSorted()).toEqual(['cancelled', 'delivered', 'delivered']);
  expect(inbox.map(({ to }) => to).toSorted()).toEqual([email, 'leads@fallback.example'].toSorted());
});

test('a store that is missing is a fault to be seen, and keeps nothing else back', async () => {
  const { submit, confirmToken, desk } = someone(tables);
  await submit();
  await confirmInterest(await confirmToken(), desk);
  const faults: unknown[] = [];
  const emptied: DispatchDesk = {
    ...desk,
    dealers: { getDealer: async () => undefined, getLeadRouting: async () => undefined },
    reportFault: (error) => faults.push(error),
  };
  expect(await sweep(emptied)).toEqual(['pending', 'pending', 'pending']);
  expect(faults).toEqual(Array(3).fill(new Error('the store north of a delivery is missing')));
});

describe('what is no longer asked for is cancelled:', () => {
  test('the mail of a form that another has replaced', async () => {
    const { submit, desk, inbox, email } = someone(tables);
    await submit();
    await submit({ model: 'undecided' });
    expect((await sweep(desk)).toSorted()).toEqual(['cancelled', 'delivered']);
    const [token = ''] = tokensIn(inbox, email, 'confirm');
    expect(await confirmInterest(token, desk)).toMatchObject({ model: 'undecided' });
  });

  test('the mail of a form whose seven days are over', async () => {
    const { submit, desk, clock, inbox } = someone(tables);
    await submit();
    clock.now += PENDING_SECONDS * SECOND;
    expect(await sweep(desk)).toEqual(['cancelled']);
    expect(inbox).toEqual([]);
  });

  test('a lead that another has taken the place of', async () => {
    const { confirmed, desk, held, inbox } = someone(tables);
    const { number } = await confirmed();
    await sweep(desk);
    inbox.length = 0;
    const { id = '' } = (await held()) ?? {};
    const lead = {
      id: 'an-earlier-lead',
      reservationId: id,
      reservationNumber: number,
      dealerId: 'north',
      createdAt: new Date(desk.nowMilliseconds()).toISOString(),
    };
    const deliveries = leadDeliveries(lead, ['lead-mail', 'adf-mail'], 2, desk.nowMilliseconds());
    await tables.client.send(new TransactWriteCommand({ TransactItems: desk.outbox.additions(lead, deliveries) }));
    expect(await sweep(desk)).toEqual(['cancelled', 'cancelled']);
    expect(inbox).toEqual([]);
  });

  test('all that is left of a withdrawn one', async () => {
    const { submit, confirmToken, desk, inbox } = someone(tables);
    await submit();
    const receipt = await confirmInterest(await confirmToken(), desk);
    await withdrawReservation(receipt?.manageToken ?? '', desk);
    inbox.length = 0;
    expect(await sweep(desk)).toEqual(Array(5).fill('cancelled'));
    expect(inbox).toEqual([]);
    expect(await statuses()).toEqual({
      'confirmation-mail': 'delivered',
      'receipt-mail': 'cancelled',
      'lead-mail': 'cancelled',
      'adf-mail': 'cancelled',
      // The store was never sent what it would be asked to delete.
      'lead-closed-mail': 'cancelled',
      'lead-closed-webhook': 'cancelled',
      // Due when their time comes.
      'reminder-mail': 'pending',
      'escalation-mail': 'pending',
    });
  });
});

test('the lead goes out under one id, to the store that was chosen', async () => {
  const { submit, confirmToken, desk, inbox, clock, held } = someone(tables);
  await submit();
  await confirmInterest(await confirmToken(), desk);
  const busy = {
    ...desk,
    sendMail: () => Promise.reject(new MailRefused('TooManyRequests', false, undefined)),
  };
  await sweep(busy);
  clock.now += 5 * SECOND;
  await sweep(desk);
  const reservation = await held();
  const leadId = reservation?.status === 'confirmed' ? reservation.leadId : null;
  const adf = inbox.filter(({ to }) => to === 'adf@north.example');
  expect(adf).toHaveLength(1);
  expect(adf[0]?.content.text).toContain(leadId ?? 'no lead');
  expect(inbox.filter(({ to }) => to === 'sales@north.example')).toHaveLength(1);
});
