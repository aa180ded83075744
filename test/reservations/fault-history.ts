import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { DealerTable } from '../../shared/dealers/dealer-table.ts';
import type { DeliveryKey } from '../../shared/outbox/delivery.ts';
import { MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { type Dispatched, dispatch } from '../../shared/outbox/send-delivery.ts';
import { type ChangeResult, changeReservation } from '../../shared/reservations/change-reservation.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { unsubscribeTokenOf } from '../../shared/reservations/reservation-desk.ts';
import { CommitRefused, type Transition } from '../../shared/reservations/reservation-life.ts';
import type { ReservationTable } from '../../shared/reservations/reservation-table.ts';
import { verifyToken } from '../../shared/reservations/signed-token.ts';
import { submitInterest } from '../../shared/reservations/submit-interest.ts';
import { unsubscribe } from '../../shared/reservations/unsubscribe.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import type { Fault } from '../support/faulty-client.ts';
import type { OpenTables } from '../support/locator-tables.ts';
import type { Act, MailFault, Plan, Step, Wanted } from './history-plan.ts';
import {
  dealersOf,
  deskAt,
  formOf,
  type SentMail,
  SIGNING_KEYS,
  START,
  storesOf,
  type TestDesk,
  tokensIn,
} from './test-desk.ts';
import { isTold, unlessTold } from './told-faults.ts';

const MINUTE = 60_000;
const DAY = 24 * 3600_000;

/** A step that was asked to be committed, and what its caller was told of it. */
export interface Attempt {
  readonly transition: Transition;
  readonly counts: NonNullable<Parameters<ReservationTable['commit']>[2]>;
  /** The request that it was for: one that is sent again under a key is the same one. */
  readonly request: string;
  told: 'committed' | 'refused' | 'unknown';
}

/** A mail that left, and the delivery that it was. */
export interface KeyedMail extends SentMail {
  readonly key: string;
}

export type Occurrence = Fault | MailFault | 'delivered-twice' | 'clock-ahead' | 'clock-behind';

/** One history: two people, what they were told, and what was mailed. */
export class History {
  now = START;
  readonly suffix = `-${randomUUID()}`;
  readonly campaign = randomUUID();
  readonly emails = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`];
  readonly inbox: KeyedMail[] = [];
  readonly attempts: Attempt[] = [];
  readonly accepted: { readonly email: string; readonly request: string }[] = [];
  readonly numberByToken = new Map<string, string>();
  readonly changed: Extract<ChangeResult, { kind: 'changed' }>['reservation'][] = [];
  readonly unsubscribed = new Set<string>();
  readonly withdrawn = new Set<string>();
  /** How often nobody can tell what a try to send came to, by delivery. */
  readonly uncleanTries = new Map<string, number>();
  readonly occurrences = new Map<Occurrence, number>();
  readonly dealers: DealerTable;
  readonly #plan: Plan;
  readonly #faulty: OpenTables;
  readonly #sound: OpenTables;
  /** Deliveries that may be there and unsettled, each with the number of its latest renewal. */
  readonly #open = new Map<string, { readonly key: DeliveryKey; readonly renewal: number }>();
  readonly #requests = new Map<Act, string>();
  readonly #late: (() => Promise<unknown>)[] = [];
  #isOver = false;

  /** @param faulty tables whose client asks `nextFault` before each request */
  constructor(plan: Plan, faulty: OpenTables, sound: OpenTables) {
    this.#plan = plan;
    this.#faulty = faulty;
    this.#sound = sound;
    this.dealers = dealersOf(storesOf(this.suffix));
  }

  nextFault(commandName: string): Fault | undefined {
    if (this.#isOver) return undefined;
    const fault: Fault | undefined = this.#plan.requests.next().value;
    if (fault === undefined || (fault === 'conflict' && commandName !== 'TransactWriteItemsCommand')) return undefined;
    this.#occurs(fault);
    return fault;
  }

  /** Takes a request that its sender has given up. */
  later(send: () => Promise<unknown>): void {
    this.#late.push(send);
  }

  async run(): Promise<void> {
    for (const { afterMs, steps, sendsMeanwhile } of this.#plan.rounds) {
      this.now += afterMs;
      const send = () => this.#send(this.#faulty);
      const taken = steps.map((step) => unlessTold(this.#take(step)));
      if (sendsMeanwhile) taken.push(unlessTold(send()));
      await Promise.all(taken);
      if (!sendsMeanwhile) await unlessTold(send());
    }
    // The faults are over: the longest wait for another try is a day.
    this.#isOver = true;
    await this.#doLate();
    for (let again = true, rounds = 0; again; rounds += 1) {
      assert.ok(rounds < 5, 'some deliveries are never settled');
      this.now += 3 * DAY + 20 * MINUTE;
      const outcomes = await this.#send(this.#sound);
      again = outcomes.some((outcome) => outcome === 'pending' || outcome === 'superseded');
    }
  }

  /** A desk without faults, at the right time. */
  get quietDesk(): TestDesk {
    return { ...deskAt(this, this.#sound), dealers: this.dealers };
  }

  #occurs(occurrence: Occurrence): void {
    this.occurrences.set(occurrence, (this.occurrences.get(occurrence) ?? 0) + 1);
  }

  #desk(request: string, skewMs: number): TestDesk {
    if (skewMs !== 0) this.#occurs(skewMs > 0 ? 'clock-ahead' : 'clock-behind');
    const { reservations } = this.#faulty;
    return {
      ...deskAt({ now: this.now + skewMs }, this.#faulty),
      dealers: this.dealers,
      reservations: {
        ...reservations,
        commit: async (transition, idempotency, counts = []) => {
          const attempt: Attempt = { transition, counts, request, told: 'unknown' };
          this.attempts.push(attempt);
          try {
            await reservations.commit(transition, idempotency, counts);
            attempt.told = 'committed';
          } catch (error) {
            if (error instanceof CommitRefused) attempt.told = 'refused';
            throw error;
          } finally {
            if (attempt.told !== 'refused') this.#mayBeDue(transition);
          }
        },
      },
    };
  }

  #mayBeDue({ deliveries, renewals }: Transition): void {
    for (const key of [...deliveries, ...renewals]) {
      const renewal = (this.#open.get(keyText(key))?.renewal ?? 0) + 1;
      this.#open.set(keyText(key), { key, renewal });
    }
  }

  async #take({ person, act, skewMs }: Step): Promise<void> {
    const email = this.emails[person] ?? '';
    const request = this.#requestOf(act);
    const desk = this.#desk(request, skewMs);
    if (act.is === 'submit') {
      const changes = { model: act.model, dealerId: this.#store(act.store), source: { campaign: this.campaign } };
      const form = {
        body: formOf(email, this.now + skewMs, changes),
        idempotencyKey: act.keyed ? request : undefined,
        globalPrivacyControl: false,
        senderAddress: undefined,
      };
      const send = () => submitInterest(form, desk);
      const result = await send().catch((error: unknown) => {
        if (!act.keyed) throw error;
        return send();
      });
      assert.ok(['accepted', 'in-flight'].includes(result.kind), result.kind);
      if (result.kind === 'accepted') this.accepted.push({ email, request });
      return;
    }
    const tokens = tokensIn(this.inbox, email, act.is === 'confirm' ? 'confirm' : 'manage');
    const token = tokens.at(-1 - (act.token % tokens.length));
    if (token === undefined) return;
    if (act.is === 'confirm') {
      const receipt = await confirmInterest(token, desk);
      if (receipt === undefined) return;
      assert.equal(receipt.number, this.numberByToken.get(token) ?? receipt.number);
      this.numberByToken.set(token, receipt.number);
      return;
    }
    const subject = verifyToken('manage', token, SIGNING_KEYS, this.now)?.subject ?? 'none';
    switch (act.is) {
      case 'change':
        return this.#change(token, act.wanted, desk);
      case 'unsubscribe': {
        const unsubscribeToken = unsubscribeTokenOf({ id: subject, version: 1 }, SIGNING_KEYS, this.now);
        if (await unsubscribe(unsubscribeToken, desk)) this.unsubscribed.add(subject);
        return;
      }
      case 'withdraw':
        if (await withdrawReservation(token, desk)) this.withdrawn.add(subject);
    }
  }

  async #change(token: string, { store, ...wanted }: Wanted, desk: TestDesk): Promise<void> {
    const body = { ...wanted, ...(store !== undefined && { dealerId: this.#store(store) }) };
    const result = await changeReservation(token, { body, globalPrivacyControl: false }, desk);
    if (result.kind === 'invalid') {
      assert.equal(wanted.consents?.phone, true, 'only calls without a number are refused');
      return;
    }
    if (result.kind === 'changed') {
      const { consents: _, phone, zip, ...asked } = body;
      const { person } = result.reservation;
      assert.deepEqual({ ...result.reservation, ...asked }, result.reservation);
      if (phone !== undefined) assert.equal(person.phone ?? null, phone);
      if (zip !== undefined) assert.equal(person.zip, zip);
      this.changed.push(result.reservation);
    }
  }

  /** Under a key, the same act is the same request. */
  #requestOf(act: Act): string {
    if (act.is !== 'submit' || !act.keyed) return randomUUID();
    const known = this.#requests.get(act) ?? randomUUID();
    this.#requests.set(act, known);
    return known;
  }

  #store(store: string | null): string | null {
    return store === null ? null : `${store}${this.suffix}`;
  }

  /** Sends what may be due, as stream and sweep do. */
  async #send(through: OpenTables): Promise<readonly Dispatched[]> {
    const late = this.#doLate();
    const outcomes = await Promise.all(
      [...this.#open.values()].flatMap((open) => {
        const isDouble = !this.#isOver && this.#plan.doubles.next().value === true;
        if (isDouble) this.#occurs('delivered-twice');
        return Array.from({ length: isDouble ? 2 : 1 }, () => this.#dispatch(open, through));
      }),
    );
    await late;
    return outcomes;
  }

  /** Does what its senders have given up. They were told that it failed; what it comes to is seen in the tables alone. */
  async #doLate(): Promise<void> {
    await Promise.all(this.#late.splice(0).map((send) => send().catch(() => undefined)));
  }

  async #dispatch(open: { key: DeliveryKey; renewal: number }, through: OpenTables): Promise<Dispatched> {
    const { key, renewal } = open;
    const text = keyText(key);
    const noted = async <T>(request: Promise<T>): Promise<T> => {
      try {
        return await request;
      } catch (error) {
        this.uncleanTries.set(text, (this.uncleanTries.get(text) ?? 0) + 1);
        throw error;
      }
    };
    const { outbox } = through;
    const desk: TestDesk = {
      ...deskAt(this, through),
      dealers: this.dealers,
      outbox: {
        ...outbox,
        claim: (...about) => noted(outbox.claim(...about)),
        settle: (...about) => noted(outbox.settle(...about)),
      },
      sendMail: async (to, content) => {
        const fault = this.#isOver ? undefined : (this.#plan.mails.next().value as MailFault | undefined);
        if (fault !== undefined) this.#occurs(fault);
        if (fault === 'mail-refused') throw new MailRefused('Throttled', false, undefined);
        this.inbox.push({ to, content, key: text });
        if (fault === 'mail-answer-lost') await noted(Promise.reject(new MailRefused('Lost', false, undefined, false)));
      },
      // It is put off; that a request failed is no news here.
      reportFault: () => undefined,
    };
    const outcome = await dispatch(key, desk).catch((error: unknown): Dispatched => {
      if (!isTold(error)) throw error;
      return 'pending';
    });
    const isSettled = outcome === 'delivered' || outcome === 'cancelled' || outcome === 'failed';
    if (isSettled && this.#open.get(text)?.renewal === renewal) this.#open.delete(text);
    return outcome;
  }
}

export function keyText({ group, channel }: DeliveryKey): string {
  return `${group}/${channel}`;
}
