import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ChangeBody, InterestBody } from '../../shared/contract/interests.ts';
import { currentWording } from '../../shared/launch/launch.ts';
import { MAILBOX_LIMITS, SENDER_LIMIT } from '../../shared/limits/limit.ts';
import { dispatch, MailRefused } from '../../shared/outbox/send-delivery.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { YOUNGEST_FORM_MS } from '../../shared/reservations/form-age.ts';
import { personKey } from '../../shared/reservations/person-key.ts';
import type { ActiveReservation } from '../../shared/reservations/reservation.ts';
import {
  manageTokenOf,
  reservationAnswer,
  reservationOfToken,
  unsubscribeTokenOf,
} from '../../shared/reservations/reservation-desk.ts';
import { PENDING_SECONDS } from '../../shared/reservations/reservation-life.ts';
import { signToken } from '../../shared/reservations/signed-token.ts';
import { type SubmitResult, submitInterest } from '../../shared/reservations/submit-interest.ts';
import { unsubscribe } from '../../shared/reservations/unsubscribe.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { clusteredDealers } from '../search/places.ts';
import { type BenchDesk, openBenchDesk } from './bench-desk.ts';
import { formOf } from './form.ts';
import { makeLocatorTables } from './locator-tables.ts';
import { type MeteredClient, meteredClient, type UnitCost } from './unit-meter.ts';

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
const HOUR_MS = 3_600_000;
/** About as many as the locator has. */
const STORES = 300;
const SENDER = '203.0.113.7';

/** Takes every step of a reservation's life through the functions' own code on the emulator, and what each cost. */
export async function measureUnits(endpoint: string, seed: number): Promise<MeasuredUnits> {
  const open = (): DynamoDBClient =>
    new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
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
  const deliver = async (suffix = ''): Promise<void> => {
    for (const { channel, cost } of await life.deliverAll()) {
      const name = `${channel}${suffix}`;
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
  await deliver(', once more after a change');
  await life.change(email, { dealerId: null });
  await deliver();
  await life.submit(life.newAddress(), { dealerId });
  life.refuseMails = true;
  await deliver(', put off');
  life.refuseMails = false;
  const renamed = (name: string): string => (name.startsWith('change-mail') ? 'change-mail' : name);
  return steps
    .map((step) => ({ ...step, name: renamed(step.name) }))
    .filter(({ name }, at, all) => all.findIndex((other) => other.name === name) === at);
}

/** People on one instance of the functions, which is warm. */
class MeteredLife {
  readonly desk: BenchDesk;
  readonly clock: { now: number };
  refuseMails = false;
  readonly #metered: MeteredClient;
  #people = 0;
  #senders = 0;

  constructor(metered: MeteredClient, desk: BenchDesk, clock: { now: number }) {
    this.#metered = metered;
    this.clock = clock;
    this.desk = {
      ...desk,
      sendMail: async () => {
        if (this.refuseMails) throw new MailRefused('TooManyRequestsException', false, undefined);
      },
    };
  }

  /** The index is read and the day announced, which happens once an instance and once a day. */
  async warmUp(): Promise<void> {
    await this.submit(this.newAddress(), {});
    this.#metered.takeCost();
  }

  async costOf(act: () => Promise<unknown>): Promise<UnitCost> {
    this.#metered.takeCost();
    await act();
    return this.#metered.takeCost();
  }

  newAddress(): string {
    this.#people++;
    return `marie-claire.laurent.${String(this.#people).padStart(5, '0')}@mail.example.com`;
  }

  async submit(
    email: string,
    changes: Partial<InterestBody>,
    idempotencyKey?: string,
    senderAddress = this.#nextSender(),
  ): Promise<SubmitResult> {
    const issuedAt = Math.floor(this.clock.now / HOUR_MS) * HOUR_MS - YOUNGEST_FORM_MS;
    const claims = { subject: '', version: issuedAt, expiresAtSeconds: Math.floor(issuedAt / 1000) + 24 * 3600 };
    const formToken = signToken('form', claims, this.desk.signingKeys);
    const body = formOf(email, { formToken, wordingVersion: currentWording().version }, changes);
    const result = await submitInterest(
      { body, idempotencyKey, globalPrivacyControl: false, senderAddress },
      this.desk,
    );
    if (result.kind !== 'accepted' && result.kind !== 'too-many')
      throw new Error(`a form was ${JSON.stringify(result)}`);
    return result;
  }

  async costOfRefusal(): Promise<UnitCost> {
    for (let form = 0; form < SENDER_LIMIT.most; form++) await this.submit(this.newAddress(), {}, undefined, SENDER);
    return this.costOf(async () => {
      const { kind } = await this.submit(this.newAddress(), {}, undefined, SENDER);
      if (kind !== 'too-many') throw new Error('the sender may send still more');
    });
  }

  /** Confirmed, and everything about it delivered. */
  async confirmed(changes: Partial<InterestBody>, email = this.newAddress()): Promise<string> {
    await this.submit(email, changes);
    await confirmInterest(await this.confirmToken(email), this.desk);
    await this.deliverAll();
    return email;
  }

  async change(email: string, body: ChangeBody): Promise<void> {
    const { kind } = await changeReservation(
      await this.manageToken(email),
      { body, globalPrivacyControl: false },
      this.desk,
    );
    if (kind !== 'changed') throw new Error(`a change was ${kind}`);
  }

  /** What `GET /v1/reservation` does. */
  async see(token: string): Promise<void> {
    const reservation = await reservationOfToken(token, this.desk);
    if (reservation === undefined) throw new Error('there is nothing to see');
    await reservationAnswer(reservation, this.desk);
  }

  async confirmToken(email: string): Promise<string> {
    const held = await this.#held(email);
    if (held.status !== 'pending') throw new Error('it is confirmed already');
    const { id: subject, version, expiresAtSeconds } = held;
    return signToken('confirm', { subject, version, expiresAtSeconds }, this.desk.signingKeys);
  }

  async manageToken(email: string): Promise<string> {
    return manageTokenOf(await this.#held(email), this.desk.signingKeys, this.clock.now);
  }

  async unsubscribeToken(email: string): Promise<string> {
    return unsubscribeTokenOf(await this.#held(email), this.desk.signingKeys, this.clock.now);
  }

  listDue() {
    return this.desk.outbox.listDue(this.clock.now, 100);
  }

  /** Sends all that is due, and gives what each cost. */
  async deliverAll(): Promise<readonly { readonly channel: string; readonly cost: UnitCost }[]> {
    const sent: { channel: string; cost: UnitCost }[] = [];
    for (let due = await this.listDue(); due.length > 0; due = await this.listDue()) {
      for (const key of due) {
        sent.push({ channel: key.channel, cost: await this.costOf(() => dispatch(key, this.desk)) });
      }
    }
    return sent;
  }

  async #held(email: string): Promise<ActiveReservation> {
    const held = await this.desk.reservations.findByPerson(personKey(email, this.desk.pepper));
    if (held === undefined) throw new Error('the person has no reservation');
    return held;
  }

  /** Another one for each form, so that none has sent too many. */
  #nextSender(): string {
    this.#senders++;
    return `198.51.${this.#senders >> 8}.${this.#senders & 255}`;
  }
}
