import { lookup as lookUp } from 'node:dns/promises';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { TLSSocket } from 'node:tls';
import { retryAfterSeconds } from '../webhooks/retry-after.ts';
import { type AddressRules, addressFault, hostOf, isLoopback, webhookUrlFault } from '../webhooks/webhook-address.ts';
import type { WebhookPost, WebhookResult } from '../webhooks/webhook-post.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface WebhookClientOptions extends AddressRules {
  /** All addresses of a name; the machine's own resolver by default. */
  readonly lookup?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
  /** For the whole of a post, from the name to the end of the answer. Standard Webhooks: 15 to 30 seconds; 15 by default. */
  readonly timeoutMilliseconds?: number;
  /** How much of an answer's body is read before the connection is closed; it is thrown away. 64 KiB by default. */
  readonly answerBytes?: number;
  readonly nowMilliseconds?: () => number;
}

export interface WebhookClient {
  /**
   * Posts once. Follows no redirect, keeps no connection.
   * @throws TypeError when a header holds what HTTP cannot carry
   */
  post(webhook: WebhookPost): Promise<WebhookResult>;
}

/** One connection for one post, to the first of the addresses that takes it. */
const CONNECTION = {
  keepAlive: false,
  autoSelectFamily: true,
  // Long enough for a far host, short enough to try a name's other addresses within the time of a post.
  autoSelectFamilyAttemptTimeout: 3_000,
} as const;

/** A client for addresses that come from outside: it connects only to public ones, and to the very ones that it has checked. */
export function webhookClient({
  allowLoopback,
  lookup = (hostname) => lookUp(hostname, { all: true, order: 'ipv4first' }),
  timeoutMilliseconds = 15_000,
  answerBytes = 64 * 1024,
  nowMilliseconds = Date.now,
}: WebhookClientOptions): WebhookClient {
  /** The addresses of a URL's host, or why none of them may be connected to. */
  async function checkedAddresses(url: URL, signal: AbortSignal): Promise<readonly ResolvedAddress[] | WebhookResult> {
    const host = hostOf(url);
    let addresses: readonly ResolvedAddress[];
    try {
      addresses = await beforeAbort(lookup(host), signal);
    } catch {
      return { kind: 'retry', reason: signal.aborted ? timeoutReason() : 'the name of the endpoint was not found' };
    }
    if (addresses.length === 0) return { kind: 'retry', reason: 'the name of the endpoint was not found' };
    // One bad address refuses the name: whoever owns it could have a later try meet that one.
    const isRefused = addresses.some(
      ({ address }) =>
        addressFault(address, { allowLoopback }) !== undefined || (url.protocol === 'http:' && !isLoopback(address)),
    );
    return isRefused ? { kind: 'failed', reason: 'the webhook address is not on the public internet' } : addresses;
  }

  function timeoutReason(): string {
    return `the endpoint did not answer within ${timeoutMilliseconds / 1000} s`;
  }

  return {
    async post(webhook) {
      const fault = webhookUrlFault(webhook.url, { allowLoopback });
      if (fault !== undefined) return { kind: 'failed', reason: `the webhook address ${fault}` };
      const url = new URL(webhook.url);
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), timeoutMilliseconds);
      try {
        const addresses = await checkedAddresses(url, deadline.signal);
        if ('kind' in addresses) return addresses;
        const answer = await exchange({ url, addresses, webhook, answerBytes, signal: deadline.signal });
        if (answer.kind === 'answered') return resultOf(answer, nowMilliseconds());
        if (deadline.signal.aborted) return { kind: 'retry', reason: timeoutReason(), unanswered: true };
        const { reason } = answer;
        return { kind: 'retry', reason, ...(!NEVER_SENT.has(reason) && { unanswered: true }) };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: 'unanswered'; readonly reason: string };

/** Sends the request and waits for the answer's end. Once the status is there it counts, however the body ends. */
function exchange({
  url,
  addresses,
  webhook: { headers, contentType, body },
  answerBytes,
  signal,
}: {
  url: URL;
  addresses: readonly ResolvedAddress[];
  webhook: WebhookPost;
  answerBytes: number;
  signal: AbortSignal;
}): Promise<Answer> {
  const bytes = Buffer.from(body);
  return new Promise((resolve) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)({
      method: 'POST',
      // By its name, which is what the certificate is checked for; `lookup` says where that is.
      hostname: hostOf(url),
      port: url.port,
      path: url.pathname + url.search,
      headers: {
        ...headers,
        'content-type': contentType,
        'content-length': bytes.length,
        'user-agent': 'alpine-us-locator',
      },
      lookup: pinned(addresses),
      agent: url.protocol === 'https:' ? new HttpsAgent(CONNECTION) : new HttpAgent(CONNECTION),
      // Whatever the environment says.
      rejectUnauthorized: true,
      signal,
    });
    let answer: Answer | undefined;
    const settle = (error?: Error) => {
      const untrusted = request.socket instanceof TLSSocket && Boolean(request.socket.authorizationError);
      resolve(answer ?? { kind: 'unanswered', reason: untrusted ? UNTRUSTED : connectionFault(error) });
      request.destroy();
    };
    request.on('error', settle);
    request.on('close', settle);
    request.on('response', (response) => {
      answer = {
        kind: 'answered',
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'],
      };
      let readBytes = 0;
      // Read, as some servers stop what they are doing when the caller leaves.
      response.on('data', (chunk: Buffer) => {
        readBytes += chunk.length;
        if (readBytes > answerBytes) settle();
      });
      response.on('end', settle);
      response.on('error', settle);
    });
    request.end(bytes);
  });
}

/** A lookup that asks nobody: between the check and the connection a name cannot come to mean something else. */
function pinned(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses;
    // Later, as a resolver does: TLS is not ready for an answer at once.
    queueMicrotask(() => {
      if (all || first === undefined) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

const UNTRUSTED = 'the certificate of the endpoint is not trusted';

const REFUSED = 'the endpoint refused the connection';
/** What ends a post before its body leaves. */
const NEVER_SENT: ReadonlySet<string> = new Set([UNTRUSTED, REFUSED]);

const CONNECTION_FAULTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: REFUSED,
  ECONNRESET: 'the endpoint cut the connection',
  EPIPE: 'the endpoint cut the connection',
  EHOSTUNREACH: 'the endpoint cannot be reached',
  ENETUNREACH: 'the endpoint cannot be reached',
  ETIMEDOUT: 'the endpoint cannot be reached',
};

function connectionFault(error: (Error & { readonly code?: string }) | undefined): string {
  const code = error === undefined ? 'ECONNRESET' : (error.code ?? '');
  if (code.startsWith('HPE_')) return 'the endpoint did not answer in HTTP';
  return CONNECTION_FAULTS[code] ?? 'the connection to the endpoint failed';
}

/** What a gateway answers that has passed the post on and not understood, or not had, an answer (RFC 9110, 15.6.3 and 15.6.5). */
const GATEWAY_FAULTS: ReadonlySet<number> = new Set([502, 504]);

/** Standard Webhooks 1.0, "Delivery success and failure". */
function resultOf(answer: Extract<Answer, { kind: 'answered' }>, nowMilliseconds: number): WebhookResult {
  const { status } = answer;
  if (status >= 200 && status <= 299) return { kind: 'delivered' };
  if (status === 410) return { kind: 'gone' };
  const wait = retryAfterSeconds(answer.retryAfter, nowMilliseconds);
  const redirect = status >= 300 && status <= 399 ? ': redirects are not followed' : '';
  return {
    kind: 'retry',
    reason: `the endpoint answered ${status}${redirect}`,
    ...(GATEWAY_FAULTS.has(status) && { unanswered: true }),
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  };
}

/** The promise's outcome, or a rejection once the signal aborts: a resolver cannot be interrupted. */
function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
