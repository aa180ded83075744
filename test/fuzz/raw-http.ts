import { connect } from 'node:net';
import type { FuzzRequest } from './fuzz-request.ts';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const WITHIN_MS = 20_000;
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Sends a request over a connection of its own, exactly as it is written: `fetch` mends too much of it.
 * @param from an address of this machine's loopback network
 * @returns `undefined` when the other side closed without an answer
 */
export async function sendRaw(siteUrl: string, request: FuzzRequest, from: string): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(siteUrl);
  const socket = connect({ host: hostname, port: Number(port), localAddress: from });
  socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error(`no answer within ${WITHIN_MS / 1000} s`)));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { promise: closed, resolve } = Promise.withResolvers<Error | undefined>();
  // A server that refuses early resets what is still being sent; what it said before that counts.
  socket.once('error', resolve);
  socket.once('close', () => resolve(undefined));
  socket.write(headOf(request, `${hostname}:${port}`), 'latin1');
  if (request.body !== undefined) socket.write(request.body);
  if (request.contentLength !== undefined) socket.end();
  const fault = await closed;
  const answer = parseAnswer(Buffer.concat(chunks));
  if (answer === undefined && fault !== undefined && !('code' in fault)) throw fault;
  return answer;
}

function headOf({ method, target, headers, body, contentLength }: FuzzRequest, host: string): string {
  const length = contentLength ?? body?.length;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(length === undefined ? [] : [`content-length: ${length}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function parseAnswer(bytes: Buffer): RawAnswer | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: bytes.subarray(end + HEAD_END.length) };
}
