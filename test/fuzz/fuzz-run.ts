import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod/mini';
import type { Operation } from '../../shared/contract/operation.ts';
import { mailsIn } from '../support/inbox.ts';
import { answerRules } from './answer-rules.ts';
import { CATALOGUE } from './catalogue.ts';
import { curlOf, type FuzzRequest } from './fuzz-request.ts';
import type { FuzzWorld } from './fuzz-world.ts';
import {
  type Input,
  type OpenApi,
  type OperationUnderFuzz,
  operationsUnderFuzz,
  UNIQUE_EMAIL,
} from './operation-under-fuzz.ts';
import { type RawAnswer, sendRaw } from './raw-http.ts';

export interface FuzzPlan {
  readonly seed: number;
  /** Requests made from the schemas, over all operations. */
  readonly generated: number;
  /** At most so many requests of each item of the catalogue, over all operations, chosen by the seed. */
  readonly mostPerItem: number;
  /** Operations that are fuzzed at the same time. */
  readonly lanes: number;
  /** Told of every request before it is sent, and of the address it is sent from. */
  note(request: FuzzRequest, from: string): void;
  /** Everything that the stack holds of people, as text, when all is sent. */
  holdings(): Promise<string>;
}

export interface FuzzReport {
  readonly sent: number;
  /** What was answered, by operation. */
  readonly statuses: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Generated requests that fit the operation's schemas, and all, by operation. */
  readonly generated: ReadonlyMap<string, { readonly fitting: number; readonly all: number }>;
  /** Requests of the catalogue by item, then by operation. */
  readonly catalogue: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Each with the command that repeats it. */
  readonly failures: readonly string[];
}

/** Sends what is generated and all of the catalogue, and judges every answer. */
export async function runFuzz(world: FuzzWorld, plan: FuzzPlan): Promise<FuzzReport> {
  const run = new FuzzRun(
    world,
    plan,
    (await (await fetch(`${world.stack.siteUrl}/v1/openapi.json`)).json()) as OpenApi,
  );
  const queue = run.operations.values();
  const lane = async (): Promise<void> => {
    for (const under of queue) {
      await run.runRight(under);
      await run.runCatalogue(under);
      await run.runGenerated(under, Math.ceil(plan.generated / run.operations.length));
    }
  };
  await Promise.all(Array.from({ length: plan.lanes }, lane));
  await run.judgeTraces();
  return run.report();
}

class FuzzRun {
  readonly operations: readonly OperationUnderFuzz[];
  readonly #world: FuzzWorld;
  readonly #plan: FuzzPlan;
  readonly #judge: (request: FuzzRequest, answer: RawAnswer | undefined) => void;
  readonly #statuses = new Map<string, Map<number, number>>();
  readonly #generated = new Map<string, { fitting: number; all: number }>();
  readonly #catalogue = new Map<string, ReadonlyMap<string, number>>();
  readonly #hostile: FuzzRequest[] = [];
  readonly #failures: string[] = [];
  /** Addresses in forms that were refused. */
  readonly #refused = new Set<string>();
  #sent = 0;
  /** What a change was answered last. */
  #held: string | undefined;

  constructor(world: FuzzWorld, plan: FuzzPlan, openApi: OpenApi) {
    this.#world = world;
    this.#plan = plan;
    this.operations = operationsUnderFuzz(openApi, world);
    this.#judge = answerRules(openApi).judge;
    for (const [index, { name, of }] of CATALOGUE.entries()) {
      const all = this.operations.flatMap((under) => of(under, world));
      const requests = chosen(all, plan.mostPerItem, plan.seed + index);
      this.#hostile.push(...requests);
      const byRoute = Map.groupBy(requests, ({ route }) => route);
      this.#catalogue.set(name, new Map([...byRoute].map(([route, own]) => [route, own.length])));
    }
  }

  async runRight(under: OperationUnderFuzz): Promise<void> {
    const { success } = under.operation;
    await this.#note(
      under.write(under.right, { label: 'right in every way', expects: { statuses: [success.status] } }),
    );
  }

  async runCatalogue(under: OperationUnderFuzz): Promise<void> {
    for (const request of this.#hostile.filter(({ route }) => route === under.route)) await this.#note(request);
  }

  async runGenerated(under: OperationUnderFuzz, numRuns: number): Promise<void> {
    const counts = { fitting: 0, all: 0 };
    this.#generated.set(under.route, counts);
    let last: FuzzRequest | undefined;
    const property = fc.asyncProperty(requestsOf(under), async ({ request, fits }) => {
      last = request;
      counts.all += 1;
      if (fits) counts.fitting += 1;
      await this.#try(request);
    });
    const { seed } = this.#plan;
    const details = await fc.check(property, { seed, numRuns, endOnFailure: false, interruptAfterTimeLimit: 600_000 });
    if (!details.failed) return;
    const request = details.counterexample?.[0].request ?? last;
    if (request === undefined) throw new Error(`the fuzzer itself failed: ${details.errorInstance}`);
    const place = `seed ${details.seed}, path ${details.counterexamplePath}, shrunk ${details.numShrinks} times`;
    this.#failures.push(`${this.#told(request, details.errorInstance)}\n  ${place}`);
  }

  /** What may be seen only when all is sent: nothing of what was refused is kept, nobody was mailed what they must not be. */
  async judgeTraces(): Promise<void> {
    const { stack, holder } = this.#world;
    const holdings = await this.#plan.holdings();
    for (const email of this.#refused) {
      if (holdings.includes(email)) this.#failures.push(`${email} is held, although its form was refused`);
    }
    for (const { to, subject, html = '' } of await mailsIn(stack.mailUrl)) {
      if (to.some((address) => address.includes('evil'))) this.#failures.push('a mail went to an injected address');
      if (/<script>alert|<img src=x/.test(html)) this.#failures.push('a mail has somebody’s HTML');
      if (/[\r\n]/.test(subject)) this.#failures.push('a subject has a line break');
    }
    if (this.#held !== undefined) {
      const answer = await fetch(`${stack.siteUrl}/v1/reservation`, {
        headers: { authorization: `Bearer ${holder.manageToken}` },
      });
      const now = heldOf(await answer.text());
      if (now !== this.#held) this.#failures.push('a change that was refused has changed something');
    }
  }

  report(): FuzzReport {
    return {
      sent: this.#sent,
      statuses: this.#statuses,
      generated: this.#generated,
      catalogue: this.#catalogue,
      failures: this.#failures,
    };
  }

  /** Tries a request, and keeps what is wrong with its answer. */
  async #note(request: FuzzRequest): Promise<void> {
    try {
      await this.#try(request);
    } catch (error) {
      this.#failures.push(this.#told(request, error));
    }
  }

  async #try(template: FuzzRequest): Promise<void> {
    const { stack, nextSender } = this.#world;
    const email = `zq-${String(++this.#sent).padStart(6, '0')}@fuzz.example`;
    const request = withEmail(template, email);
    const from = nextSender();
    this.#plan.note(request, from);
    const answer = await sendRaw(stack.siteUrl, request, from);
    const status = answer?.status ?? 0;
    const counts = this.#statuses.get(request.route) ?? new Map<number, number>();
    this.#statuses.set(request.route, counts.set(status, (counts.get(status) ?? 0) + 1));
    if (status >= 400) for (const sent of emailsIn(request)) this.#refused.add(sent);
    else for (const sent of emailsIn(request)) this.#refused.delete(sent);
    if (request.route === 'PATCH /v1/reservation' && status === 200) this.#held = heldOf(String(answer?.body));
    this.#judge(request, answer);
  }

  #told(request: FuzzRequest, error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    return `${request.route}, ${request.label}: ${message}\n  ${curlOf(request, this.#world.stack.siteUrl)}`;
  }
}

/** Generated requests of an operation: right by its document, or one fault away. */
function requestsOf(under: OperationUnderFuzz): fc.Arbitrary<{ request: FuzzRequest; fits: boolean }> {
  const fitting = under.inputs.map((input) => {
    const fits = fitsSchemas(under.operation, input, under);
    const request = under.write(input, {
      label: fits ? 'a right request' : 'a request that the schemas refuse',
      expects: fits ? {} : { statuses: [400] },
    });
    return { request, fits };
  });
  const faulty = under.faultyInputs?.map(({ input, fault, names }) => ({
    request: under.write(input, { label: `${names} ${fault}`, expects: { statuses: [400], names } }),
    fits: false,
  }));
  return faulty === undefined ? fitting : fc.oneof({ weight: 3, arbitrary: fitting }, { weight: 2, arbitrary: faulty });
}

/** What the schemas that the functions themselves parse with say: the answer over HTTP has to agree. */
function fitsSchemas({ query, body, form }: Operation, input: Input, under: OperationUnderFuzz): boolean {
  const sent = new URLSearchParams(new URL(under.write(input, { label: '' }).target, 'http://localhost').search);
  const queryFits = z.safeParse(query ?? z.strictObject({}), Object.fromEntries(sent)).success;
  // What a form's members become on their way is the parser's business.
  const asSent: unknown = form || input.body === undefined ? input.body : JSON.parse(JSON.stringify(input.body));
  return queryFits && (body === undefined || z.safeParse(body, asSent).success);
}

/** Some of many, in equal steps from one that the seed tells. */
function chosen(requests: readonly FuzzRequest[], most: number, seed: number): readonly FuzzRequest[] {
  if (requests.length <= most) return requests;
  const step = requests.length / most;
  const offset = seed % requests.length;
  return Array.from(
    { length: most },
    (_, index) => requests[(Math.floor(index * step) + offset) % requests.length],
  ).filter((request) => request !== undefined);
}

function withEmail(request: FuzzRequest, email: string): FuzzRequest {
  if (request.body === undefined || !request.body.includes(UNIQUE_EMAIL)) return request;
  assert.equal(email.length, UNIQUE_EMAIL.length);
  // Byte by byte: not every body is text.
  return { ...request, body: Buffer.from(request.body.toString('latin1').replaceAll(UNIQUE_EMAIL, email), 'latin1') };
}

function emailsIn({ route, body }: FuzzRequest): readonly string[] {
  if (route !== 'POST /v1/interests' || body === undefined || body.length > 20_000) return [];
  return [...body.toString().matchAll(/zq-[\w-]+@fuzz\.example/g)].map(([email]) => email);
}

/** What a person has chosen, without what other operations change beside. */
function heldOf(text: string): string {
  const { person, model, timeframe, locale, dealer } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ person, model, timeframe, locale, dealer });
}
