import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';
import type { ChangeBody, InterestBody } from '../../shared/contract/interests.ts';
import { currentWording } from '../../shared/launch/launch.ts';
import { MAILBOX_LIMITS } from '../../shared/limits/limit.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { PENDING_SECONDS } from '../../shared/reservations/reservation-life.ts';
import { unsubscribe } from '../../shared/reservations/unsubscribe.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { clusteredDealers } from '../search/places.ts';
import { openBenchDesk } from './bench-desk.ts';
import { makeLocatorTables } from './locator-tables.ts';
import { MeteredLife } from './metered-life.ts';
import { meteredClient, type UnitCost } from './unit-meter.ts';

/** One thing that a person, a store or the outbox does. */
export interface MeasuredStep {
  readonly name: string;
  readonly cost: UnitCost;
  /** The same request with an `Idempotency-Key`, where it takes one. */
  readonly withKey?: UnitCost;
}

export interface MeasuredUnits {
  readonly requests: readonly MeasuredStep[];
  readonly deliveries: readonly MeasuredStep[];
}

const START = Date.UTC(2026, 10, 23, 14, 5, 9, 120);
/** About as many as the locator has. */
const STORES = 300;

/** Takes every step of a reservation's life through the functions' own code on the emulator, and what each cost. */
export async function measureUnits(endpoint: string, seed: number): Promise<MeasuredUnits> {
  const open = (): DynamoDBClient =>
    new DynamoDBClient({
      endpoint,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
    });
  const observer = open();
  const [twoAddresses, oneAddress, ...others] = clusteredDealers(STORES, seed);
  if (twoAddresses === undefined || oneAddress === undefined) throw new Error('there are no stores');
  const routed = [
    { ...twoAddresses, routing: { leadEmail: 'internet.sales@store.example', adfEmail: 'leads@crm.example' } },
    { ...oneAddress, routing: { adfEmail: 'leads@other-crm.example' } },
    ...others,
  ];
  await makeLocatorTables(observer, routed);
  const clock = { now: START };
  const metered = meteredClient(open(), observer);
  const life = new MeteredLife(metered, openBenchDesk(metered.client, clock), clock);
  await life.warmUp();
  const requests = await measureRequests(life, { both: twoAddresses.id, adfOnly: oneAddress.id });
  return { requests, deliveries: await measureDeliveries(life, twoAddresses.id) };
}

async function measureRequests(
  life: MeteredLife,
  stores: { readonly both: string; readonly adfOnly: string },
): Promise<readonly MeasuredStep[]> {
  const atStore = { dealerId: stores.both };
  const submit = async (name: string, changes: Partial<InterestBody>, before: (email: string) => Promise<unknown>) => {
    const costs: UnitCost[] = [];
    for (const key of [undefined, randomUUID()]) {
      const email = life.newAddress();
      await before(email);
      costs.push(await life.costOf(() => life.submit(email, { ...atStore, ...changes }, key)));
    }
    const [cost, withKey] = costs;
    if (cost === undefined || withKey === undefined) throw new Error('nothing was measured');
    return { name, cost, withKey };
  };
  const confirm = async (name: string, dealerId: string | null) => {
    const email = life.newAddress();
    await life.submit(email, { dealerId });
    const token = await life.confirmToken(email);
    return { name, cost: await life.costOf(() => confirmInterest(token, life.desk)), token };
  };
  const change = async (name: string, dealerId: string | null, body: ChangeBody) => {
    const email = await life.confirmed({ dealerId });
    const token = await life.manageToken(email);
    const request = { body, globalPrivacyControl: false };
    return { name, cost: await life.costOf(() => changeReservation(token, request, life.desk)) };
  };
  const withdraw = async (name: string, dealerId: string | null) => {
    const token = await life.manageToken(await life.confirmed({ dealerId }));
    return { name, cost: await life.costOf(() => withdrawReservation(token, life.desk)) };
  };

  const nothing = async (): Promise<void> => undefined;
  const pending = (email: string) => life.submit(email, atStore);
  const steps: MeasuredStep[] = [
    await submit('form: new address', {}, nothing),
    await submit('form: pending, the same again', {}, pending),
    await submit('form: pending, changed', { model: 'undecided' }, pending),
    await submit('form: pending, its seven days over', {}, async (email) => {
      await pending(email);
      life.clock.now += PENDING_SECONDS * 1_000;
      await life.warmUp();
    }),
    await submit('form: confirmed', {}, (email) => life.confirmed(atStore, email)),
    await submit('form: mailbox full', {}, async (email) => {
      for (let form = 0; form < (MAILBOX_LIMITS[0]?.most ?? 0); form++) await pending(email);
    }),
  ];
  const [email, key] = [life.newAddress(), randomUUID()];
  await life.submit(email, atStore, key);
  steps.push({ name: 'form: retried under its key', cost: await life.costOf(() => life.submit(email, atStore, key)) });
  steps.push({ name: 'form: too many of one sender (429)', cost: await life.costOfRefusal() });

  const withBoth = await confirm('confirm: store with two addresses', stores.both);
  steps.push(
    withBoth,
    await confirm('confirm: store with one address', stores.adfOnly),
    await confirm('confirm: no store', null),
    { name: 'confirm: link followed again', cost: await life.costOf(() => confirmInterest(withBoth.token, life.desk)) },
  );
  const seen = await life.manageToken(await life.confirmed(atStore));
  steps.push({ name: 'see', cost: await life.costOf(() => life.see(seen)) });
  const { version } = currentWording();
  steps.push(
    await change('change: to another store', stores.both, { dealerId: stores.adfOnly }),
    await change('change: to a store, from none', null, { dealerId: stores.both }),
    await change('change: to no store', stores.both, { dealerId: null }),
    await change('change: model, with a store', stores.both, { model: 'undecided' }),
    await change('change: model, no store', null, { model: 'undecided' }),
    await change('change: phone, with a store', stores.both, {
      phone: '+13055550199',
      consents: { phone: true, version },
    }),
    await change('change: nothing new', stores.both, { model: 'a110' }),
  );
  for (const [name, dealerId] of [
    ['unsubscribe: with a store', stores.both],
    ['unsubscribe: no store', null],
  ] as const) {
    const token = await life.unsubscribeToken(await life.confirmed({ dealerId }));
    steps.push({ name, cost: await life.costOf(() => unsubscribe(token, life.desk)) });
  }
  steps.push(await withdraw('withdraw: with a store', stores.both), await withdraw('withdraw: no store', null));
  return steps.map(({ name, cost, withKey }) => ({ name, cost, ...(withKey && { withKey }) }));
}

/** Claim, read and settle; the mail itself costs nothing here. */
async function measureDeliveries(life: MeteredLife, dealerId: string): Promise<readonly MeasuredStep[]> {
  await life.deliverAll();
  const steps: MeasuredStep[] = [
    { name: 'sweep that finds nothing due', cost: await life.costOf(() => life.listDue()) },
  ];
  const seen = new Set<string>();
  const deliver = async (suffix = ''): Promise<void> => {
    for (const { key, cost } of await life.deliverAll()) {
      const text = `${key.group}/${key.channel}`;
      const name = `${key.channel}${seen.has(text) ? ', once more' : suffix}`;
      seen.add(text);
      if (!steps.some((step) => step.name === name)) steps.push({ name, cost });
    }
  };
  const email = life.newAddress();
  await life.submit(email, { dealerId });
  await deliver();
  await confirmInterest(await life.confirmToken(email), life.desk);
  await deliver();
  await life.submit(email, { dealerId });
  await deliver();
  await life.change(email, { model: 'undecided' });
  await deliver();
  await life.change(email, { dealerId: null });
  await deliver();
  await life.submit(life.newAddress(), { dealerId });
  life.refuseMails = true;
  await deliver(', put off');
  life.refuseMails = false;
  // What is due at the same moment comes in any order.
  return steps.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
