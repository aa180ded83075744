import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, paginateScan, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Host } from '../../local/host.ts';
import { LOCAL_CREDENTIALS } from '../../local/local-account.ts';
import { startLocator } from '../../local/locator.ts';
import type { InterestBody } from '../../shared/contract/interests.ts';
import { FACT_TABLE } from '../../shared/counts/fact-table.ts';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import type { StoredItem } from '../../shared/runtime/item-bytes.ts';
import { mailsIn } from '../../test/support/inbox.ts';
import { type FormTokens, formOf, openForm } from '../stack/form.ts';
import { type Call, type CallAnswer, LoadClient } from './load-client.ts';

const DEALERS_FILE = join(import.meta.dirname, '..', '..', 'data', 'dealers.csv');
const DELIVERED_WITHIN_MS = 180_000;
const SETUP_AT_ONCE = 4;
/** What is put off for a first time is due again within this. */
const SOON_SECONDS = 600;

/** The whole stack on this machine, with what a bench needs of it. */
export class BenchStack {
  readonly client: LoadClient;
  readonly dynamoDb: DynamoDBClient;
  /** Lines that tell of a fault, from the functions and the host. */
  readonly faults: readonly string[];
  readonly #host: Host;
  readonly #form: FormTokens;

  private constructor(host: Host, form: FormTokens, faults: readonly string[]) {
    this.client = new LoadClient(host.siteUrl);
    this.dynamoDb = new DynamoDBClient({
      endpoint: host.dynamoDbEndpoint,
      region: host.region,
      credentials: LOCAL_CREDENTIALS,
    });
    this.faults = faults;
    this.#host = host;
    this.#form = form;
  }

  /** Starts the stack, and stops it when the work is done. */
  static async run<Result>(use: (stack: BenchStack) => Promise<Result>): Promise<Result> {
    const faults: string[] = [];
    const host = await startLocator({
      port: 0,
      mailPort: 0,
      dataDir: undefined,
      dealersFile: DEALERS_FILE,
      log({ text }) {
        if (/"level":"(error|warn)"|failed/i.test(text)) faults.push(text);
      },
    });
    try {
      const stack = new BenchStack(host, await openForm(host.siteUrl), faults);
      try {
        return await use(stack);
      } finally {
        stack.dynamoDb.destroy();
      }
    } finally {
      await host.stop();
    }
  }

  submission(email: string, changes: Partial<InterestBody> = {}, idempotencyKey?: string): Call {
    return {
      method: 'POST',
      path: '/v1/interests',
      headers: {
        'content-type': 'application/json',
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify(formOf(email, this.#form, changes)),
    };
  }

  /** Sends calls that are no part of what is measured. @throws Error unless all are answered with that status */
  async prepare(calls: readonly Call[], status: number): Promise<readonly CallAnswer[]> {
    const { answers } = await this.client.sendAll(calls, { atOnce: SETUP_AT_ONCE });
    const other = answers.find((answer) => answer.status !== status);
    if (other !== undefined)
      throw new Error(`a call was answered ${other.status}: ${other.body}\n${this.faults.join('\n')}`);
    return answers;
  }

  /** Confirms the pending reservations of these addresses by their mails. Gives their manage tokens. */
  async confirmAll(emails: readonly string[]): Promise<readonly string[]> {
    await this.settle();
    const tokens = await this.#confirmTokens();
    const calls = emails.map((email) => {
      const token = tokens.get(email);
      if (token === undefined) throw new Error('an address has had no mail to confirm');
      return {
        method: 'POST',
        path: '/v1/interests/confirm',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      };
    });
    return (await this.prepare(calls, 200)).map(
      ({ body }) => (JSON.parse(body) as { manageToken: string }).manageToken,
    );
  }

  async withdrawAll(manageTokens: readonly string[]): Promise<void> {
    const calls = manageTokens.map((token) => ({
      method: 'DELETE',
      path: '/v1/reservation',
      headers: { authorization: `Bearer ${token}` },
    }));
    await this.prepare(calls, 204);
  }

  /** Waits until nothing is left to be sent but reminders, which are for another day. */
  async settle(): Promise<void> {
    const { name, partitionKey, sortKey } = OUTBOX_TABLE.dueIndex;
    const query = new QueryCommand({
      TableName: this.#tableName(OUTBOX_TABLE),
      IndexName: name,
      Select: 'COUNT',
      KeyConditionExpression: '#due = :due AND #at <= :soon',
      ExpressionAttributeNames: { '#due': partitionKey, '#at': sortKey },
      ExpressionAttributeValues: {
        ':due': { S: 'due' },
        ':soon': { N: String(Math.floor(Date.now() / 1000) + SOON_SECONDS) },
      },
    });
    const deadline = performance.now() + DELIVERED_WITHIN_MS;
    for (;;) {
      const { Count } = await this.dynamoDb.send(query);
      if (Count === 0) return;
      if (performance.now() > deadline) throw new Error(`${Count} deliveries are still to be sent`);
      await delay(250);
    }
  }

  /** How many mails have gone to each address. */
  async mailCounts(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { to } of await mailsIn(this.#host.mailUrl)) {
      for (const address of to) counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    return counts;
  }

  /** All rows that reservations have made. */
  async rows(): Promise<readonly StoredItem[]> {
    const rows: StoredItem[] = [];
    for (const table of [RESERVATION_TABLE, FACT_TABLE, OUTBOX_TABLE]) {
      const pages = paginateScan({ client: this.dynamoDb }, { TableName: this.#tableName(table) });
      for await (const { Items = [] } of pages) rows.push(...Items);
    }
    return rows;
  }

  #tableName({ environmentVariable }: { readonly environmentVariable: string }): string {
    const name = this.#host.environment[environmentVariable];
    if (name === undefined) throw new Error(`the stack has no ${environmentVariable}`);
    return name;
  }

  async #confirmTokens(): Promise<ReadonlyMap<string, string>> {
    return new Map(
      (await mailsIn(this.#host.mailUrl)).flatMap(({ to: [to = ''], text }) => {
        const token = /#confirm=([\w.-]+)/.exec(text)?.[1];
        return token === undefined ? [] : [[to, token] as const];
      }),
    );
  }
}
