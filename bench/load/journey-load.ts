import { randomUUID } from 'node:crypto';
import net from 'node:net';
import autocannon from 'autocannon';
import { SENDER_LIMIT } from '../../shared/limits/limit.ts';
import { mailsIn } from '../../test/support/inbox.ts';
import { type FormTokens, formOf } from '../stack/form.ts';

/** What some connections at once came to. */
export interface LoadLevel {
  readonly connections: number;
  readonly seconds: number;
  readonly milliseconds: readonly number[];
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** No answer within the time, or a broken connection. */
  readonly errors: number;
  readonly timeouts: number;
}

/** What the stack has acknowledged, and what it has not. */
export interface JourneyLedger {
  /** Addresses in forms that were answered 202. */
  readonly accepted: Set<string>;
  /** Addresses in forms that were answered anything else. */
  readonly refused: Set<string>;
  /** Numbers of confirmations. */
  readonly numbers: Set<string>;
  /** 429 and 503 of the API's own without a `Retry-After`. */
  withoutRetryAfter: number;
  /** From sending to the answer, by step. */
  readonly stepMilliseconds: Map<string, number[]>;
}

export function newLedger(): JourneyLedger {
  return {
    accepted: new Set(),
    refused: new Set(),
    numbers: new Set(),
    withoutRetryAfter: 0,
    stepMilliseconds: new Map(),
  };
}

interface StepContext {
  email?: string;
  startedAt?: number;
  manageToken?: string;
}

const TIMEOUT_SECONDS = 35;
const CITIES = ['fort', 'los', 'hou', 'den', 'sea', 'mia'];

/** Every request of a connection counts for a sender who may send so many forms an hour: it ends before that. */
const REQUESTS_PER_SENDER = SENDER_LIMIT.most * 4;

/** Lets every new connection of this process come from a loopback address of its own, for autocannon cannot be told to. */
export function useManySenders(): () => void {
  const connect = net.connect;
  let senders = 0;
  const from = (port: number, host: string): net.Socket => {
    const number = ++senders;
    return connect({
      port,
      host,
      localAddress: `127.${32 + (number >> 16)}.${(number >> 8) & 255}.${number & 255 || 1}`,
    });
  };
  // autocannon calls it through the module, and in this form alone.
  net.connect = ((...args: Parameters<typeof from>) =>
    typeof args[0] === 'number' ? from(...args) : Reflect.apply(connect, net, args)) as typeof net.connect;
  return () => {
    net.connect = connect;
  };
}

export interface JourneyScene {
  readonly siteUrl: string;
  readonly form: FormTokens;
  readonly ledger: JourneyLedger;
  /** Tokens of mails that nobody has followed yet. */
  readonly confirmTokens: string[];
}

/** Searches, forms, confirmations and looks at reservations, in the order of a buyer's day. */
export async function loadJourney(scene: JourneyScene, connections: number, seconds: number): Promise<LoadLevel> {
  const { siteUrl, ledger } = scene;
  return await load(
    { url: siteUrl, connections, seconds, requests: journeySteps(scene), reconnectRate: REQUESTS_PER_SENDER },
    (status, headers) => {
      // What the gateway says when a function is late is no refusal of the API's own.
      if ((status === 429 || status === 503) && !('retry-after' in headers)) ledger.withoutRetryAfter += 1;
    },
  );
}

/** One request over and over. */
export function loadOne(url: string, path: string, connections: number, seconds: number): Promise<LoadLevel> {
  return load({ url, connections, seconds, requests: [{ method: 'GET', path }] }, () => {});
}

function journeySteps({ form, ledger, confirmTokens }: JourneyScene): autocannon.Request[] {
  const timed = (
    name: string,
    setup: (request: autocannon.Request, context: StepContext) => autocannon.Request | undefined,
    onAnswer: (status: number, body: string, context: StepContext) => void = () => {},
  ): autocannon.Request =>
    ({
      setupRequest(request: autocannon.Request, context: StepContext) {
        context.startedAt = performance.now();
        const made = setup(request, context);
        return made && { ...request, headers: {}, ...made };
      },
      onResponse(status: number, body: string, context: StepContext) {
        const times = ledger.stepMilliseconds.get(name) ?? [];
        times.push(performance.now() - (context.startedAt ?? Number.NaN));
        ledger.stepMilliseconds.set(name, times);
        onAnswer(status, body, context);
      },
    }) as autocannon.Request;
  const json = { 'content-type': 'application/json' };
  const search = timed('GET /v1/dealers', () => ({
    method: 'GET',
    path: `/v1/dealers?near=${(25 + Math.random() * 22).toFixed(3)},${(-122 + Math.random() * 50).toFixed(3)}`,
  }));
  return [
    search,
    timed('GET /v1/places', () => ({
      method: 'GET',
      path: `/v1/places?q=${CITIES[Math.floor(Math.random() * CITIES.length)]}`,
    })),
    search,
    timed('GET /v1/form', () => ({ method: 'GET', path: '/v1/form' })),
    timed(
      'POST /v1/interests',
      (_, context) => {
        context.email = `load-${randomUUID().slice(0, 18)}@mail.example.com`;
        return {
          method: 'POST',
          path: '/v1/interests',
          headers: json,
          body: JSON.stringify(formOf(context.email, form)),
        };
      },
      (status, _, { email = '' }) => (status === 202 ? ledger.accepted : ledger.refused).add(email),
    ),
    search,
    timed(
      'POST /v1/interests/confirm',
      () => {
        const token = confirmTokens.pop();
        return token === undefined
          ? undefined
          : { method: 'POST', path: '/v1/interests/confirm', headers: json, body: JSON.stringify({ token }) };
      },
      (status, body, context) => {
        if (status !== 200) return;
        const { number, manageToken } = JSON.parse(body) as { number: string; manageToken: string };
        ledger.numbers.add(number);
        context.manageToken = manageToken;
      },
    ),
    timed('GET /v1/reservation', (_, { manageToken }) =>
      manageToken === undefined
        ? undefined
        : { method: 'GET', path: '/v1/reservation', headers: { authorization: `Bearer ${manageToken}` } },
    ),
  ];
}

interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly requests: autocannon.Request[];
  readonly reconnectRate?: number;
}

async function load(
  { url, connections, seconds, requests, reconnectRate }: LoadOptions,
  onAnswer: (status: number, headers: Readonly<Record<string, unknown>>) => void,
): Promise<LoadLevel> {
  const statuses = new Map<number, number>();
  const milliseconds: number[] = [];
  const noting = requests.map((request) => ({
    ...request,
    onResponse(status: number, body: string, context: object, headers: Record<string, unknown>) {
      onAnswer(status, headers);
      // A text would name a file, for workers.
      if (typeof request.onResponse === 'function') request.onResponse(status, body, context, headers as never);
    },
  })) as autocannon.Request[];
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const instance = autocannon(
    {
      url,
      connections,
      duration: seconds,
      timeout: TIMEOUT_SECONDS,
      requests: noting,
      ...(reconnectRate !== undefined && { reconnectRate }),
    },
    (error: unknown, result) => (error ? reject(error) : resolve(result)),
  );
  instance.on('response', (_, status, __, responseTime) => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    milliseconds.push(responseTime);
  });
  const { errors, timeouts } = await promise;
  return { connections, seconds: (performance.now() - startedAt) / 1_000, milliseconds, statuses, errors, timeouts };
}

/** Collects the links of new mails, a few times a second. @returns what ends it */
export function collectTokens(mailUrl: string, into: string[]): () => void {
  const seen = new Set<string>();
  let isOver = false;
  const look = async (): Promise<void> => {
    while (!isOver) {
      // An inbox that is too busy to answer is looked at again.
      const mails = await mailsIn(mailUrl).catch(() => []);
      for (const { text } of mails) {
        const token = /#confirm=([\w.-]+)/.exec(text)?.[1];
        if (token !== undefined && !seen.has(token)) {
          seen.add(token);
          into.push(token);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  };
  void look();
  return () => {
    isOver = true;
  };
}
