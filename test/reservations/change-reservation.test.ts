import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChangeBody } from '../../shared/contract/interests.ts';
import { currentWording } from '../../shared/launch/launch.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { receiptOf, unsubscribeTokenOf } from '../../shared/reservations/reservation-desk.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { type LocatorTables, localDocumentClient, makeLocatorTables } from '../support/locator-tables.ts';
import { holder } from './holder.ts';
import { deskAt, SIGNING_KEYS, someone } from './test-desk.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

const { version } = currentWording();
const PHONE = '+13055550123';

describe('a change of store', () => {
  test('keeps number, time of confirmation and the place in line that the time gives, there and back', async () => {
    const first = await holder(tables, { dealerId: 'north' });
    for (const dealerId of ['south', 'south', 'north']) {
      const later = someone(tables);
      later.clock.now += 60_000;
      await later.confirmed({ dealerId });
    }
    /** Those before this one in a store's line, by time of confirmation, and this one. */
    const rankAt = async (store: string) => {
      const { id } = await first.now();
      const line = (await tables.scan('reservations')).filter(({ pk }) => pk === `line#${store}`);
      return 1 + line.filter(({ sk }) => String(sk) < `${first.confirmedAt}#${id}`).length;
    };
    for (const store of ['south', 'north', 'south', 'north']) {
      const moved = await first.changed({ dealerId: store });
      const { number, confirmedAt, placeInLine, dealer } = await receiptOf(moved, first.desk);
      expect({ number, confirmedAt }).toEqual({ number: first.number, confirmedAt: first.confirmedAt });
      expect({ dealer, placeInLine }).toEqual({
        dealer: { id: store, name: `Store ${store}` },
        placeInLine: { store: await rankAt(store) },
      });
      // Whoever confirmed later stands behind.
      const { id } = await first.now();
      const line = (await tables.scan('reservations')).filter(({ pk }) => pk === `line#${store}`);
      expect(line.filter(({ sk }) => String(sk) > `${first.confirmedAt}#${id}`).length).toBeGreaterThan(0);
      const entries = (await tables.scan('reservations')).filter(({ sk }) => String(sk).endsWith(`#${id}`));
      expect(entries).toMatchObject([{ pk: `line#${store}`, sk: `${first.confirmedAt}#${id}` }]);
    }
  });

  test('to none leaves every line, and the lead is over', async () => {
    const { changed, desk } = await holder(tables, { dealerId: 'north' });
    const without = await changed({ dealerId: null });
    expect(without).toMatchObject({ dealerId: null, leadId: null });
    expect(await receiptOf(without, desk)).toMatchObject({ dealer: null, placeInLine: null });
    const entries = (await tables.scan('reservations')).filter(({ sk }) => String(sk).endsWith(`#${without.id}`));
    expect(entries).toEqual([]);
  });

  test('gives every store a lead of its own, and the same store the same one', async () => {
    const { changed, now } = await holder(tables, { dealerId: 'north' });
    const { leadId } = await now();
    expect((await changed({ model: 'undecided' })).leadId).toBe(leadId);
    const moved = await changed({ dealerId: 'south' });
    expect(moved.leadId).not.toBe(leadId);
    const back = await changed({ dealerId: 'north' });
    expect(new Set([leadId, moved.leadId, back.leadId]).size).toBe(3);
    expect(await tables.outbox.findLead(back.leadId ?? '')).toMatchObject({
      dealerId: 'north',
      reservationId: back.id,
    });
  });

  test('is possible to keep a store that was withdrawn since, not to choose one', async () => {
    const { changed, change, now, desk } = await holder(tables, { dealerId: 'west' });
    const getDealer = async (id: string) => {
      const dealer = await desk.dealers.getDealer(id);
      return dealer && { ...dealer, status: 'withdrawn' as const };
    };
    const withdrawn = { ...desk, dealers: { ...desk.dealers, getDealer } };
    expect(await change({ model: 'undecided' }, withdrawn)).toMatchObject({
      kind: 'changed',
      reservation: { dealerId: 'west', model: 'undecided' },
    });
    const before = await now();
    expect(await change({ dealerId: 'south' }, withdrawn)).toMatchObject({
      kind: 'invalid',
      errors: [{ pointer: '#/dealerId' }],
    });
    expect(await now()).toEqual(before);
    expect((await changed({ dealerId: 'south' })).dealerId).toBe('south');
  });
});

describe('a change', () => {
  test('to what stands already commits nothing', async () => {
    const { change, now } = await holder(tables);
    const before = await now();
    const counted = async () =>
      (await Promise.all((['facts', 'outbox'] as const).map((name) => tables.scan(name)))).flat().length;
    const rows = await counted();
    const same: ChangeBody[] = [
      { model: 'a110' },
      { dealerId: 'north', zip: '33324-1234', phone: PHONE, timeframe: '0-6-months', locale: 'en-US' },
      { consents: { email: true, phone: false, version } },
    ];
    for (const body of same) expect(await change(body)).toEqual({ kind: 'changed', reservation: before });
    expect(await now()).toEqual(before);
    expect(await counted()).toBe(rows);
  });

  test('names everything that is wrong at once, and changes nothing', async () => {
    const { change, now } = await holder(tables, { phone: undefined });
    const before = await now();
    const body = { zip: '00000', dealerId: 'nowhere', model: 'undecided', consents: { phone: true, version: 'none' } };
    const result = await change(body);
    expect(result.kind === 'invalid' && result.errors.map(({ pointer }) => pointer).sort()).toEqual([
      '#/consents/version',
      '#/dealerId',
      '#/phone',
      '#/zip',
    ]);
    expect(await now()).toEqual(before);
  });

  test('is counted where the buyer is now, and where they were stays as it was', async () => {
    const campaign = randomUUID();
    const { changed } = await holder(tables, { source: { campaign } });
    await changed({ zip: '90210', timeframe: null, locale: 'es-US' });
    const facts = (await tables.facts.readFacts({})).filter(({ dimensions }) => dimensions.campaign === campaign);
    const of = (event: string) => facts.find((fact) => fact.event === event)?.dimensions;
    expect(facts).toHaveLength(4);
    expect(of('movedOut')).toEqual(of('confirmed'));
    expect(of('movedIn')).toMatchObject({
      ...{ state: 'CA', zip3: '902', county: '06037', dealer: 'north', model: 'a110', distanceBand: '250+' },
      ...{ timeframe: 'unknown', locale: 'es-US', campaign },
    });
  });

  test.each([
    ['of two members', { model: 'undecided' }, { timeframe: null }],
    ['of one member', { dealerId: 'south' }, { dealerId: null }],
  ])('and another %s at the same moment: neither is lost', async (_, one, other) => {
    const { manageToken, clock, now } = await holder(tables);
    const before = await now();
    const results = await Promise.all(
      [one, other].map((body) => {
        // Each from an instance of its own.
        const desk = deskAt(clock, tables.open(localDocumentClient()));
        return changeReservation(manageToken, { body, globalPrivacyControl: false }, desk);
      }),
    );
    expect(results).toMatchObject([
      { kind: 'changed', reservation: one },
      { kind: 'changed', reservation: other },
    ]);
    const after = await now();
    expect(after.version).toBe(before.version + 2);
    expect(after.history.slice(-2).map(({ event }) => event)).toEqual(['changed', 'changed']);
    const last = results.find((result) => result.kind === 'changed' && result.reservation.version === after.version);
    expect(last).toEqual({ kind: 'changed', reservation: after });
    if ('model' in one) expect(after).toMatchObject({ ...one, ...other });
  });

  test('needs a token that is good: none of a withdrawn one, of another purpose or forged', async () => {
    const { change, manageToken, desk, now } = await holder(tables);
    const reservation = await now();
    const request = { body: { model: 'undecided' }, globalPrivacyControl: false };
    const unsubscribeToken = unsubscribeTokenOf(reservation, SIGNING_KEYS, desk.nowMilliseconds());
    for (const token of [unsubscribeToken, `${manageToken}x`, '']) {
      expect(await changeReservation(token, request, desk)).toEqual({ kind: 'unauthorized' });
    }
    expect(await now()).toEqual(reservation);
    await withdrawReservation(manageToken, desk);
    expect(await change(request.body)).toEqual({ kind: 'unauthorized' });
  });
});
