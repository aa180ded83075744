import type { ChangeBody, InterestBody } from '../../shared/contract/interests.ts';
import { currentWording } from '../../shared/launch/launch.ts';
import { SENDER_LIMIT } from '../../shared/limits/limit.ts';
import type { DeliveryKey } from '../../shared/outbox/delivery.ts';
import { MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { dispatch } from '../../shared/outbox/send-delivery.ts';
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
import { signToken } from '../../shared/reservations/signed-token.ts';
import { type SubmitResult, submitInterest } from '../../shared/reservations/submit-interest.ts';
import { formOf } from '../stack/form.ts';
import type { BenchDesk } from './bench-desk.ts';
import type { MeteredClient, UnitCost } from './unit-meter.ts';

const HOUR_MS = 3_600_000;
/** Sends more forms than it may. */
const SENDER = '203.0.113.7';

/** People on one instance of the functions, which is warm. */
export class MeteredLife {
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
  async deliverAll(): Promise<readonly { readonly key: DeliveryKey; readonly cost: UnitCost }[]> {
    const sent: { key: DeliveryKey; cost: UnitCost }[] = [];
    for (let due = await this.listDue(); due.length > 0; due = await this.listDue()) {
      for (const key of due) {
        sent.push({ key, cost: await this.costOf(() => dispatch(key, this.desk)) });
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
