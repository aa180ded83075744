import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../local/host.ts';
import { startLocator } from '../../local/locator.ts';
import { type Call, type CallAnswer, LoadClient } from '../reservations/load-client.ts';
import { type FormTokens, formOf, openForm } from '../stack/form.ts';
import { LEAD_STORE_ID, writeDealers } from '../stack/stores.ts';
import { InboxWatch } from './inbox-watch.ts';

const SUBMITTED_AT_ONCE = 4;

/** The whole stack on this machine, with a store that gets its leads by mail and by ADF. */
export class LeadStack {
  readonly inbox: InboxWatch;
  readonly #siteUrl: string;
  readonly #client: LoadClient;
  readonly #form: FormTokens;
  readonly #faults: readonly string[];
  #buyers = 0;

  private constructor(host: Host, form: FormTokens, faults: readonly string[]) {
    this.inbox = new InboxWatch(host.mailUrl);
    this.#siteUrl = host.siteUrl;
    this.#client = new LoadClient(host.siteUrl);
    this.#form = form;
    this.#faults = faults;
  }

  /** Starts the stack, and stops it when the work is done. @throws Error when the work, or a delivery, failed */
  static async run<Result>(use: (stack: LeadStack) => Promise<Result>): Promise<Result> {
    const folder = await mkdtemp(join(tmpdir(), 'leads-bench-'));
    try {
      const dealersFile = await writeDealers(folder);
      const faults: string[] = [];
      const log = ({ text }: { readonly text: string }): void => {
        if (/"level":"(error|warn)"|failed/i.test(text)) faults.push(text);
      };
      const host = await startLocator({ port: 0, mailPort: 0, dataDir: undefined, dealersFile, log });
      try {
        const stack = new LeadStack(host, await openForm(host.siteUrl), faults);
        try {
          return await use(stack);
        } finally {
          await stack.inbox.stop();
        }
      } finally {
        await host.stop();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  newBuyers(count: number): readonly string[] {
    return Array.from({ length: count }, () => `buyer-${String(++this.#buyers).padStart(6, '0')}@mail.example.com`);
  }

  /** Sends each buyer's form for the store. @throws Error unless each is accepted */
  async submit(
    buyers: readonly string[],
    options: { readonly atOnce: number; readonly pauseMilliseconds?: number } = { atOnce: SUBMITTED_AT_ONCE },
  ): Promise<readonly CallAnswer[]> {
    const calls = buyers.map(
      (email): Call => ({
        method: 'POST',
        path: '/v1/interests',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(formOf(email, this.#form, { dealerId: LEAD_STORE_ID })),
      }),
    );
    const { answers } = await this.#client.sendAll(calls, options);
    const other = answers.find(({ status }) => status !== 202);
    if (other !== undefined) throw this.#refusal('a form', other.status, other.body);
    return answers;
  }

  /** Follows the link of a confirmation mail. @returns when the answer was there, by `performance.now` */
  async confirm(token: string): Promise<number> {
    const response = await fetch(`${this.#siteUrl}/v1/interests/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    const body = await response.text();
    if (response.status !== 200) throw this.#refusal('a confirmation', response.status, body);
    return performance.now();
  }

  #refusal(what: string, status: number, body: string): Error {
    return new Error(`${what} was answered ${status}: ${body}\n${this.#faults.join('\n')}`);
  }
}

/** So many workers on one list. */
export async function inLanes<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
