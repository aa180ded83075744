import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { countFacts } from '../../shared/counts/grouping.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { CommitRefused, PENDING_SECONDS } from '../../shared/reservations/reservation-life.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { type Item, type LocatorTables, localDocumentClient, makeLocatorTables } from '../support/locator-tables.ts';
import { deskAt, someone, sweep } from './test-desk.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

function times<T>(count: number, act: (at: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => act(at)));
}

async function rowsOf(reservationId: string | undefined): Promise<readonly Item[]> {
  return (await tables.scan('outbox')).filter((row) => row['reservationId'] === reservationId);
}

/** What was counted of one campaign. */
async function counted(campaign: string) {
  return countFacts(await tables.facts.readFacts({}), [], { campaign }, () => undefined).total;
}

describe('at the same moment', () => {
  // A thousand are sent by `npm run bench reservations`, also over HTTP.
  test('two hundred times one request under one key make one reservation and one mail', async () => {
    const { submit, held, email, desk, inbox } = someone(tables);
    const [key, campaign] = [randomUUID(), randomUUID()];
    const results = await times(200, () => submit({ source: { campaign } }, key));
    // In flight is what a caller is told when the others are too many; none of it is an effect.
    expect(results.filter(({ kind }) => kind !== 'accepted' && kind !== 'in-flight')).toEqual([]);
    expect(await submit({ source: { campaign } }, key)).toEqual({ kind: 'accepted' });
    const reservation = await held();
    expect(reservation).toMatchObject({ version: 1, person: { email } });
    expect(await rowsOf(reservation?.id)).toHaveLength(1);
    await sweep(desk);
    expect(inbox.filter(({ to }) => to === email)).toHaveLength(1);
    expect(await counted(campaign)).toMatchObject({ submitted: 1 });
    const own = (await tables.scan('reservations')).filter((item) => JSON.stringify(item).includes(email));
    expect(own).toHaveLength(1);
  }, 60_000);

  test('fifty different requests under one key: one is taken, the others are refused', async () => {
    const [key, campaign] = [randomUUID(), randomUUID()];
    const results = await times(50, () => someone(tables).submit({ source: { campaign } }, key));
    expect(results.map(({ kind }) => kind).sort()).toEqual(['accepted', ...Array(49).fill('key-reused')]);
    expect(await counted(campaign)).toMatchObject({ submitted: 1 });
  });

  test('fifty different forms of one person make one reservation, and a mail for each that changed it', async () => {
    const { submit, held } = someone(tables);
    const campaign = randomUUID();
    const results = await times(50, async (at) => {
      try {
        return await submit({ givenName: `Marie ${at}`, source: { campaign } });
      } catch (error) {
        // Too many came first, and nothing was promised.
        if (error instanceof CommitRefused) return { kind: 'refused' };
        throw error;
      }
    });
    const accepted = results.filter(({ kind }) => kind === 'accepted').length;
    const reservation = await held();
    // Five mails are all that an hour has for one mailbox.
    expect(reservation?.version).toBe(Math.min(accepted, 5));
    expect(await rowsOf(reservation?.id)).toHaveLength(reservation?.version ?? 0);
    expect(await counted(campaign)).toMatchObject({ submitted: 1 });
  });

  test('twenty forms after the seven days of another begin one reservation', async () => {
    const { submit, held, clock, email } = someone(tables);
    await submit();
    const old = await held();
    clock.now += PENDING_SECONDS * 1000;
    await times(20, () => submit({}, randomUUID()));
    const renewed = await held();
    expect(renewed?.id).not.toBe(old?.id);
    const own = (await tables.scan('reservations')).filter((item) => JSON.stringify(item).includes(email));
    expect(own).toMatchObject([{ status: 'pending', reservation: { id: renewed?.id } }]);
  });

  test('twenty clicks on one link confirm once, and all are given the same receipt', async () => {
    const { submit, confirmToken, clock, held } = someone(tables);
    const campaign = randomUUID();
    await submit({ source: { campaign } });
    const token = await confirmToken();
    const receipts = await times(20, () => {
      // Each from an instance of its own.
      const desk = deskAt(clock, tables.open(localDocumentClient()));
      return confirmInterest(token, desk);
    });
    expect(receipts[0]).toMatchObject({ status: 'confirmed', number: expect.stringMatching(/^ALP-/) });
    for (const receipt of receipts) expect(receipt).toEqual(receipts[0]);

    const reservation = await held();
    const numbers = await tables.scan('reservations');
    expect(
      numbers.filter((item) => item['reservationId'] === reservation?.id && String(item['pk']).startsWith('number#')),
    ).toHaveLength(1);
    expect((await rowsOf(reservation?.id)).map((row) => row['channel'] ?? row['sk']).sort()).toEqual([
      'adf-mail',
      'confirmation-mail',
      'escalation-mail',
      'lead',
      'lead-mail',
      'receipt-mail',
      'reminder-mail',
    ]);
    expect(await counted(campaign)).toMatchObject({ submitted: 1, confirmed: 1, active: 1 });
  });

  test('ten withdrawals and ten clicks on the old link withdraw once and revive nothing', async () => {
    const { submit, confirmToken, desk, held } = someone(tables);
    const campaign = randomUUID();
    await submit({ source: { campaign } });
    const token = await confirmToken();
    const manageToken = (await confirmInterest(token, desk))?.manageToken ?? '';
    const [withdrawn] = await Promise.all([
      times(10, () => withdrawReservation(manageToken, desk)),
      times(10, () => confirmInterest(token, desk)),
    ]);
    expect(withdrawn.filter((done) => done)).toHaveLength(1);
    expect(await held()).toBeUndefined();
    expect(await counted(campaign)).toMatchObject({ confirmed: 1, withdrawn: 1, active: 0 });
  });
});
