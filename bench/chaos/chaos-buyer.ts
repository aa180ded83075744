import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { MailTaker } from '../stack/mail-taker.ts';
import { type Reply, sendOnce } from '../stack/send-once.ts';

/** What a buyer asks for. */
export interface Choice {
  readonly model: string;
  readonly dealerId: string | null;
  readonly zip: string;
}

/** What a buyer was told, and what they do not know of. */
export interface BuyerRecord {
  readonly email: string;
  /** Nobody else's, so that what is left of one who has withdrawn can be told from others. */
  readonly familyName: string;
  /** Forms that were answered 202. */
  accepted: number;
  /** Numbers that confirmations were answered with: they must all be one. */
  readonly numbers: Set<string>;
  /** What they may have now: what they were told last, and what they asked for since and were never told of. */
  mayHold: readonly Choice[];
  /** Changes that were answered. */
  changes: number;
  withdrawal: 'none' | 'unknown' | 'told';
}

export interface BuyerScene {
  readonly siteUrl: string;
  readonly taker: MailTaker;
  /** One of the choices, by the seed. */
  pick<T>(choices: readonly T[]): T;
  /** Whether something of so small a chance happens. */
  chance(share: number): boolean;
  isOver(): boolean;
  note(problem: string): void;
}

const TRIES = 12;
const PAUSE_MILLISECONDS = 400;
/** Older than the youngest form by more than clocks of instances differ. */
const FORM_MILLISECONDS = 4_000;
const MAIL_WITHIN_MILLISECONDS = 25_000;

/** Stores that buyers choose: the one with every way for its leads, two without an address, and none. */
const STORES = ['2745', '2605', '2210', null] as const;
const ZIPS = ['33324', '90621', '33028', '90001'] as const;
const MODELS = ['a110', 'undecided'] as const;

/** All names of buyers begin so. */
export const NAME_STEM = 'Zq9chaos';

/** Nobody who has done anything yet. */
export function newBuyer(number: number): BuyerRecord {
  return {
    email: `chaos-${number}@buyers.example`,
    familyName: `${NAME_STEM}${number}th`,
    accepted: 0,
    numbers: new Set(),
    mayHold: [],
    changes: 0,
    withdrawal: 'none',
  };
}

/** One person's whole journey, who tries again as long as nobody has told them how it ended. What they are told is noted. */
export async function liveBuyer(number: number, record: BuyerRecord, scene: BuyerScene): Promise<void> {
  await new ChaosBuyer(record, `127.96.${(number >> 8) & 255}.${number & 255 || 1}`, scene).live();
}

class ChaosBuyer {
  readonly #record: BuyerRecord;
  readonly #from: string;
  readonly #scene: BuyerScene;

  constructor(record: BuyerRecord, from: string, scene: BuyerScene) {
    this.#record = record;
    this.#from = from;
    this.#scene = scene;
  }

  async live(): Promise<void> {
    const { chance } = this.#scene;
    if (!(await this.#submit())) return;
    const manageToken = await this.#confirm();
    if (manageToken === undefined) return;
    if (chance(0.3)) await this.#submit();
    if (chance(0.6)) await this.#change(manageToken);
    if (chance(0.3)) await this.#change(manageToken);
    if (chance(0.25)) await this.#withdraw(manageToken);
  }

  /** Gets a form, lets it grow old enough, sends it. @returns whether it was accepted */
  async #submit(): Promise<boolean> {
    const { chance, isOver } = this.#scene;
    const choices = this.#choose();
    // A form of somebody who is confirmed changes nothing.
    if (this.#record.numbers.size === 0) this.#record.mayHold = [choices];
    for (let forms = 0; forms < 4 && !isOver(); forms++) {
      const shown = await this.#send('GET', '/v1/form');
      if (shown?.status !== 200) continue;
      const { formToken, consents } = JSON.parse(shown.body) as { formToken: string; consents: { version: string }[] };
      await delay(FORM_MILLISECONDS);
      const body = {
        email: this.#record.email,
        givenName: 'Kim',
        familyName: this.#record.familyName,
        ...choices,
        locale: 'en-US',
        consents: { email: true, phone: false, version: consents[0]?.version },
        attestations: { adult: true, usResident: true },
        formToken,
      };
      const headers = chance(0.7) ? { 'idempotency-key': randomUUID() } : {};
      const answer = await this.#send('POST', '/v1/interests', body, headers);
      if (answer?.status === 202) {
        this.#record.accepted += 1;
        return true;
      }
      // A clock that stepped has made the form too young or too old: another one is asked for, as the page does.
      if (answer?.status === 400 && answer.body.includes('#/formToken')) continue;
      if (answer?.status === 429) return false;
      if (answer !== undefined && answer.status < 500 && answer.status !== 409) this.#unexpected('a form', answer);
    }
    return false;
  }

  /** Follows the newest link. @returns the token to manage by */
  async #confirm(): Promise<string | undefined> {
    const { taker, isOver, chance } = this.#scene;
    const deadline = Date.now() + MAIL_WITHIN_MILLISECONDS;
    while (Date.now() < deadline && !isOver()) {
      const [token] = taker.confirmTokensTo(this.#record.email);
      if (token === undefined) {
        await delay(200);
        continue;
      }
      const follow = () => this.#send('POST', '/v1/interests/confirm', { token });
      // Impatient people click twice.
      const answers = await Promise.all(chance(0.2) ? [follow(), follow()] : [follow()]);
      for (const answer of answers) {
        if (answer?.status === 200) {
          const { number } = JSON.parse(answer.body) as { number: string };
          this.#record.numbers.add(number);
        } else if (answer !== undefined && answer.status !== 404 && answer.status < 500) {
          this.#unexpected('a link', answer);
        }
      }
      const told = answers.find((answer) => answer?.status === 200);
      if (told !== undefined) return (JSON.parse(told.body) as { manageToken: string }).manageToken;
      await delay(PAUSE_MILLISECONDS);
    }
    return undefined;
  }

  async #change(token: string): Promise<void> {
    const wanted = this.#choose();
    this.#record.mayHold = [...this.#record.mayHold, wanted];
    const answer = await this.#send('PATCH', '/v1/reservation', wanted, { authorization: `Bearer ${token}` });
    if (answer?.status === 200) {
      this.#record.mayHold = [wanted];
      this.#record.changes += 1;
    } else if (answer !== undefined && answer.status < 500) {
      this.#unexpected('a change', answer);
    }
  }

  #choose(): Choice {
    const { pick } = this.#scene;
    return { model: pick(MODELS), dealerId: pick(STORES), zip: pick(ZIPS) };
  }

  async #withdraw(token: string): Promise<void> {
    this.#record.withdrawal = 'unknown';
    const answer = await this.#send('DELETE', '/v1/reservation', undefined, { authorization: `Bearer ${token}` });
    // A withdrawal whose answer was lost is told by the 401 of the next try.
    if (answer?.status === 204 || answer?.status === 401) this.#record.withdrawal = 'told';
    else if (answer !== undefined && answer.status < 500) this.#unexpected('a withdrawal', answer);
  }

  /** Tries until somebody says how it ended. @returns `undefined` when nobody has */
  async #send(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Reply | undefined> {
    let last: Reply | undefined;
    for (let tries = 0; tries < TRIES; tries++) {
      last = await sendOnce(this.#scene.siteUrl, this.#from, { method, path, headers, ...(body && { body }) }).catch(
        () => undefined,
      );
      const isOurs = last !== undefined && (last.status === 409 || last.status >= 500);
      if (last !== undefined && !isOurs) return last;
      if (last?.status === 503 && last.body.startsWith('{"type"') && last.headers['retry-after'] === undefined) {
        this.#scene.note('a 503 of ours came without Retry-After');
      }
      await delay(PAUSE_MILLISECONDS);
    }
    return last;
  }

  #unexpected(what: string, { status, body }: Reply): void {
    this.#scene.note(`${what} was answered ${status}: ${body.slice(0, 300)}`);
  }
}
