import { beforeAll, describe, expect, test } from 'vitest';
import { consentText, currentWording, launch } from '../../shared/launch/launch.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { unsubscribeTokenOf } from '../../shared/reservations/reservation-desk.ts';
import { unsubscribe } from '../../shared/reservations/unsubscribe.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { allowed, holder } from './holder.ts';
import { SIGNING_KEYS } from './test-desk.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

const { version } = currentWording();
const [PHONE, OTHER_PHONE] = ['+13055550123', '+13055550199'];

describe('consent to calls', () => {
  const calls = { consents: { email: true, phone: true, version }, phone: PHONE };

  test('is for one store and one number: another of either ends it, as the store sees it', async () => {
    const { changed, now } = await holder(tables, { ...calls, dealerId: 'north' });
    expect(allowed('phone', await now())).toMatchObject({ phone: PHONE });
    expect(allowed('phone', await changed({ phone: OTHER_PHONE }))).toBeUndefined();
    const renewed = await changed({ consents: { phone: true, version } });
    expect(allowed('phone', renewed)).toMatchObject({ phone: OTHER_PHONE });
    const moved = await changed({ dealerId: 'south' });
    expect(allowed('phone', moved)).toBeUndefined();
    expect(allowed('email', moved)).toMatchObject({ granted: true });
    expect(allowed('phone', await changed({ consents: { phone: true, version } }))).toMatchObject({
      phone: OTHER_PHONE,
    });
    expect(allowed('phone', await changed({ phone: null }))).toBeUndefined();
  });

  test('cannot be given without a number, nor as the number goes', async () => {
    const { change, changed } = await holder(tables, calls);
    const grants = { consents: { phone: true, version } };
    expect(await change({ ...grants, phone: null })).toMatchObject({
      kind: 'invalid',
      errors: [{ pointer: '#/phone' }],
    });
    await changed({ phone: null });
    expect(await change(grants)).toMatchObject({ kind: 'invalid', errors: [{ pointer: '#/phone' }] });
  });

  test('is kept as evidence in the exact words of each time, the oldest first', async () => {
    const { changed, clock, desk, manageToken, now } = await holder(tables, { ...calls, dealerId: 'north' });
    clock.now += 60_000;
    await changed({ dealerId: 'south', locale: 'es-US', consents: { phone: true, version } });
    clock.now += 60_000;
    await changeReservation(
      manageToken,
      { body: { consents: { email: false, phone: false, version } }, globalPrivacyControl: true },
      desk,
    );
    const { consents } = await now();
    const words = (id: 'email' | 'phone', locale: 'en-US' | 'es-US', store: string) =>
      consentText(currentWording(), id, locale, store);
    expect(consents).toEqual([
      { ...consents[0], id: 'email', granted: true },
      { ...consents[1], id: 'phone', granted: true, phone: PHONE, text: words('phone', 'en-US', 'Store north') },
      {
        ...{ id: 'phone', granted: true, phone: PHONE, text: words('phone', 'es-US', 'Store south'), version },
        ...{ locale: 'es-US', at: '2026-11-23T14:06:09Z', globalPrivacyControl: false },
      },
      {
        ...{ id: 'email', granted: false, text: words('email', 'es-US', 'Store south'), version },
        ...{ locale: 'es-US', at: '2026-11-23T14:07:09Z', globalPrivacyControl: true },
      },
      {
        ...{ id: 'phone', granted: false, phone: PHONE, text: words('phone', 'es-US', 'Store south'), version },
        ...{ locale: 'es-US', at: '2026-11-23T14:07:09Z', globalPrivacyControl: true },
      },
    ]);
  });

  test('given without a store names the one that is chosen, and allows none to call', async () => {
    const { now, changed } = await holder(tables, { ...calls, dealerId: null });
    expect((await now()).consents[1]?.text).toContain(launch.anyStore['en-US']);
    expect(allowed('phone', await changed({ dealerId: 'north' }))).toBeUndefined();
  });
});

describe('unsubscribing', () => {
  test('ends the consent to news and nothing else, however often it is asked', async () => {
    const { desk, now } = await holder(tables, { phone: PHONE, consents: { email: true, phone: true, version } });
    const before = await now();
    const token = unsubscribeTokenOf(before, SIGNING_KEYS, desk.nowMilliseconds());
    expect(await unsubscribe(token, desk)).toBe(true);
    const after = await now();
    expect(allowed('email', after)).toBeUndefined();
    expect(allowed('phone', after)).toMatchObject({ granted: true });
    const { consents, history, version: at, ...rest } = before;
    expect(after).toMatchObject({ ...rest, version: at + 1 });
    expect(after.consents.slice(0, -1)).toEqual(consents);
    expect(after.history).toEqual([...history, { at: expect.any(String), event: 'unsubscribed' }]);
    expect(await unsubscribe(token, desk)).toBe(true);
    expect(await Promise.all([unsubscribe(token, desk), unsubscribe(token, desk)])).toEqual([true, true]);
    expect(await now()).toEqual(after);
  });

  test('holds until the buyer says otherwise', async () => {
    const { desk, now, changed } = await holder(tables);
    await unsubscribe(unsubscribeTokenOf(await now(), SIGNING_KEYS, desk.nowMilliseconds()), desk);
    expect(allowed('email', await changed({ model: 'undecided' }))).toBeUndefined();
    expect(allowed('email', await changed({ consents: { email: true, version } }))).toMatchObject({ granted: true });
  });

  test('takes the token of a mail alone: none that manages, none of one withdrawn', async () => {
    const { desk, now, manageToken } = await holder(tables);
    const token = unsubscribeTokenOf(await now(), SIGNING_KEYS, desk.nowMilliseconds());
    expect(await unsubscribe(manageToken, desk)).toBe(false);
    expect(allowed('email', await now())).toBeDefined();
    await withdrawReservation(manageToken, desk);
    expect(await unsubscribe(token, desk)).toBe(false);
  });
});
