import { dispatch } from '../../shared/outbox/send-delivery.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { reservationOfToken } from '../../shared/reservations/reservation-desk.ts';
import { submitInterest } from '../../shared/reservations/submit-interest.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { deskAt, formOf, type SentMail, type TestDesk } from '../../test/reservations/test-desk.ts';
import type { OpenTables } from '../../test/support/locator-tables.ts';

export interface Person {
  readonly email: string;
  readonly manageToken: string;
}

const AT_ONCE = 16;
const STORES = ['north', 'south', 'west', null] as const;
const MODELS = ['a110', 'crossover-compact', 'crossover-midsize', 'undecided'] as const;
const ZIPS = ['33324', '90621', '10001', '60601', '77002', '98101'] as const;

/** People and what they do, through the code that the functions run. */
export class Town {
  readonly withdrawn: Person[] = [];
  /** Who holds a confirmed reservation, as far as they know. */
  people: Person[] = [];
  readonly #desk: TestDesk;
  readonly #clock: { now: number };
  readonly #random: () => number;
  readonly #inbox: SentMail[] = [];
  readonly #pending = new Set<string>();
  #asked = 0;

  constructor(tables: OpenTables, clock: { now: number }, random: () => number) {
    this.#clock = clock;
    this.#desk = deskAt(clock, tables, this.#inbox);
    this.#random = random;
  }

  get standing(): number {
    return this.people.length;
  }

  tokens(): readonly string[] {
    return this.people.map(({ manageToken }) => manageToken);
  }

  /** New people ask; a share of them follows the link of their mail. */
  async reserve(count: number, { confirm }: { readonly confirm: number }): Promise<void> {
    const emails = Array.from({ length: count }, (_, index) => `buyer.${this.#asked + index}@example.com`);
    this.#asked += count;
    await eachOf(emails, (email) => this.#submit(email));
    await this.#confirm(this.#shareOf(emails, confirm));
    await this.deliverAll();
  }

  async confirmPending(share: number): Promise<void> {
    await this.#confirm(this.#shareOf([...this.#pending], share));
    await this.deliverAll();
  }

  async change(share: number, { deliver = true } = {}): Promise<void> {
    await eachOf(this.#shareOf(this.people, share), async (person) => {
      if (!(await this.#change(person))) throw new Error('a reservation could not be changed');
    });
    if (deliver) await this.deliverAll();
  }

  async withdraw(share: number, { deliver = true } = {}): Promise<void> {
    const leaving = this.#shareOf(this.people, share);
    await eachOf(leaving, async ({ manageToken }) => {
      if (!(await withdrawReservation(manageToken, this.#desk)))
        throw new Error('a reservation could not be withdrawn');
    });
    this.people = this.people.filter((person) => !leaving.includes(person));
    this.withdrawn.push(...leaving);
    if (deliver) await this.deliverAll();
  }

  /** Sends all that is due. @returns how much that was */
  async deliverAll(): Promise<number> {
    const { outbox } = this.#desk;
    let sent = 0;
    for (;;) {
      const due = await outbox.listDue(this.#clock.now, 1_000);
      if (due.length === 0) return sent;
      await eachOf(due, (key) => dispatch(key, this.#desk));
      sent += due.length;
      // Someone was at another delivery of the same lead: a little later.
      this.#clock.now += 5_000;
    }
  }

  forgetMails(): void {
    this.#inbox.length = 0;
  }

  mailsTo(addresses: readonly string[]): number {
    const wanted = new Set(addresses);
    return this.#inbox.filter(({ to }) => wanted.has(to)).length;
  }

  /** As `GET /v1/reservation` answers 200, and 401 to the others. */
  async linksThatWork(people: readonly Person[]): Promise<number> {
    let working = 0;
    await eachOf(people, async ({ manageToken }) => {
      if ((await reservationOfToken(manageToken, this.#desk)) !== undefined) working += 1;
    });
    return working;
  }

  /**
   * Everyone whose link works changes something, a tenth of them leaves; everyone else asks and confirms once more. Gives what
   * failed.
   */
  async goOn(): Promise<readonly string[]> {
    const failures: string[] = [];
    const trying = async (what: string, act: () => Promise<boolean>) => {
      const isDone = await act().catch((error: unknown) => {
        failures.push(`${what}: ${String(error)}`);
        return true;
      });
      if (!isDone) failures.push(what);
    };
    const again: string[] = this.withdrawn.map(({ email }) => email);
    await eachOf(this.people, async (person) => {
      if ((await reservationOfToken(person.manageToken, this.#desk)) === undefined) again.push(person.email);
      else await trying('change', () => this.#change(person));
    });
    const lost = new Set(again);
    const leaving = this.people.filter((person, index) => index % 10 === 0 && !lost.has(person.email));
    await eachOf(leaving, (person) => trying('withdraw', () => withdrawReservation(person.manageToken, this.#desk)));
    // Past the limits of a mailbox.
    this.#clock.now += 48 * 3_600_000;
    await eachOf(again, (email) => trying('submit', async () => (await this.#submit(email)) === 'accepted'));
    const held = this.people.length;
    await trying('confirm', async () => {
      await this.#confirm(again);
      return this.people.length === held + again.length;
    });
    await this.deliverAll();
    return failures;
  }

  async #submit(email: string): Promise<string> {
    const body = formOf(email, this.#clock.now, {
      dealerId: this.#oneOf(STORES),
      model: this.#oneOf(MODELS),
      zip: this.#oneOf(ZIPS),
    });
    const request = { body, idempotencyKey: undefined, globalPrivacyControl: false, senderAddress: undefined };
    const { kind } = await submitInterest(request, this.#desk);
    this.#pending.add(email);
    return kind;
  }

  /** By the latest mail that each was sent. */
  async #confirm(emails: readonly string[]): Promise<void> {
    await this.deliverAll();
    const tokens = new Map(
      this.#inbox.flatMap(({ to, content }) => {
        const token = /#confirm=(\S+)/.exec(content.text)?.[1];
        return token === undefined ? [] : [[to, token] as const];
      }),
    );
    await eachOf(emails, async (email) => {
      const receipt = await confirmInterest(tokens.get(email) ?? 'no mail', this.#desk);
      if (receipt === undefined) throw new Error('a link did not confirm');
      this.#pending.delete(email);
      this.people.push({ email, manageToken: receipt.manageToken });
    });
  }

  async #change({ manageToken }: Person): Promise<boolean> {
    const body = { dealerId: this.#oneOf(STORES), model: this.#oneOf(MODELS) };
    const { kind } = await changeReservation(manageToken, { body, globalPrivacyControl: false }, this.#desk);
    return kind === 'changed';
  }

  /** A share of all, evenly among the old and the new: as many in every run, whoever was faster. */
  #shareOf<T>(all: readonly T[], share: number): readonly T[] {
    const phase = this.#random();
    return all.filter((_, index) => Math.floor((index + 1) * share + phase) > Math.floor(index * share + phase));
  }

  #oneOf<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new RangeError('there is nothing to choose from');
    return value;
  }
}

async function eachOf<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = all.values();
  const work = async () => {
    for (const one of waiting) await act(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
