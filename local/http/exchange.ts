import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as it reached this machine, before anything was made of it. */
export interface HttpRequest {
  readonly method: string;
  /** As sent: percent-encoded, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** Names in lower case; a repeated header has several values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly sourcePort: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

/** Takes a request to its answer. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer>;

/** API Gateway's and CloudFront's limit for what they pass on to a function. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** @returns `undefined` when the body is larger than API Gateway takes */
export async function readRequest(incoming: IncomingMessage): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers: new Map(Object.entries(incoming.headersDistinct).map(([name, values]) => [name, values ?? []])),
    body: Buffer.concat(chunks),
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    sourcePort: incoming.socket.remotePort ?? 0,
  };
}

export async function writeAnswer(outgoing: ServerResponse, { status, headers, body }: HttpAnswer): Promise<void> {
  const sent = new Map(headers);
  // Set by whoever sends; a second, differing length would break the answer.
  sent.delete('transfer-encoding');
  sent.delete('content-length');
  if (status !== 204 && status !== 304) sent.set('content-length', [String(body.length)]);
  outgoing.writeHead(
    status,
    [...sent].flatMap(([name, values]) => values.flatMap((value) => [name, value])),
  );
  outgoing.end(body);
  if (!outgoing.destroyed) await Promise.race([once(outgoing, 'finish'), once(outgoing, 'close')]);
}

/** An answer of the gateway's own, such as `{"message":"Not Found"}`. */
export function messageAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: new Map([
      ['content-type', ['application/json']],
      ...Object.entries(headers).map(([name, value]): [string, string[]] => [name, [value]]),
    ]),
    body: Buffer.from(JSON.stringify({ message })),
  };
}

/** The first value of a header. */
export function headerOf(message: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  return message.headers.get(name)?.[0];
}

/** In the form of API Gateway's own: 11 bytes in base64, e.g. `JKJaXmPLvHcESHA=`. */
export function newRequestId(): string {
  return randomBytes(11).toString('base64');
}
