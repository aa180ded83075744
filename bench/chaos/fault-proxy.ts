import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { stopServer, urlOf } from '../../local/loopback-server.ts';

/**
 * What can happen to a request between a function and the database. `never-sent`: the connection breaks before it. `answer-lost`:
 * it is done, and the connection breaks. `done-late`: the connection breaks, and it is done when its sender has gone on.
 * `sent-twice`: it is done two times. `throttled`, `conflict`, `internal`: the database refuses it. `slow`: it waits.
 */
const DATABASE_FAULTS = [
  'never-sent',
  'answer-lost',
  'done-late',
  'sent-twice',
  'throttled',
  'conflict',
  'internal',
  'slow',
] as const;
type DatabaseFault = (typeof DATABASE_FAULTS)[number];

const SLOW_MILLISECONDS = 400;
const LATE_MILLISECONDS = 300;
const PREFIX = 'com.amazonaws.dynamodb.v20120810#';

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Stands between all functions and the database, so that bundles run as they are deployed. Each function comes under a path of
 * its own name.
 */
export class FaultProxy {
  readonly url: string;
  readonly occurrences = new Map<DatabaseFault | 'stream-off', number>();
  /** The database, while it is there. */
  target: string | undefined;
  /** Of all requests. */
  faultShare = 0;
  /** The stream's function reaches nothing: what it was given is lost to it in the end, and left to the sweep. */
  isStreamOff = false;
  readonly #server: Server;
  readonly #random: () => number;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(server: Server, url: string, random: () => number) {
    this.#server = server;
    this.url = url;
    this.#random = random;
    server.on('request', (request, response) => {
      this.#answer(
        String(request.url),
        String(request.headers['x-amz-target']),
        request.headers,
        buffer(request),
        response,
      ).catch(
        // The database is gone, as whoever runs it was killed.
        () => response.destroy(),
      );
    });
  }

  static async start(random: () => number): Promise<FaultProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, urlOf(server), random);
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await stopServer(this.#server);
  }

  async #answer(
    path: string,
    action: string,
    headers: IncomingHttpHeaders,
    body: Promise<Buffer>,
    response: ServerResponse,
  ): Promise<void> {
    const sent = await body;
    const forward = (): Promise<Forwarded> => this.#forward(headers, sent);
    if (this.isStreamOff && /deliver/i.test(path)) {
      this.#occurs('stream-off');
      response.destroy();
      return;
    }
    const fault = this.#nextFault(action);
    if (fault !== undefined) this.#occurs(fault);
    switch (fault) {
      case 'never-sent':
        response.destroy();
        return;
      case 'answer-lost':
        await forward();
        response.destroy();
        return;
      case 'done-late':
        response.destroy();
        await delay(LATE_MILLISECONDS);
        await forward();
        return;
      case 'sent-twice':
        await forward();
        write(response, await forward());
        return;
      case 'throttled':
        refuse(response, 400, { __type: `${PREFIX}ProvisionedThroughputExceededException`, message: 'too much' });
        return;
      case 'conflict':
        refuse(response, 400, {
          __type: `${PREFIX}TransactionCanceledException`,
          Message: 'Transaction cancelled [TransactionConflict]',
          CancellationReasons: [{ Code: 'TransactionConflict' }],
        });
        return;
      case 'internal':
        refuse(response, 500, { __type: `${PREFIX}InternalServerError`, message: 'internal' });
        return;
      case 'slow':
        await delay(SLOW_MILLISECONDS);
        break;
      case undefined:
    }
    write(response, await forward());
  }

  #nextFault(action: string): DatabaseFault | undefined {
    if (this.#random() >= this.faultShare) return undefined;
    const fault = DATABASE_FAULTS[Math.floor(this.#random() * DATABASE_FAULTS.length)];
    return fault === 'conflict' && !action.endsWith('TransactWriteItems') ? undefined : fault;
  }

  #occurs(fault: DatabaseFault | 'stream-off'): void {
    this.occurrences.set(fault, (this.occurrences.get(fault) ?? 0) + 1);
  }

  #forward(headers: IncomingHttpHeaders, body: Buffer): Promise<Forwarded> {
    const { promise, resolve, reject } = Promise.withResolvers<Forwarded>();
    if (this.target === undefined) return Promise.reject(new Error('there is no database'));
    const { host: _, ...passed } = headers;
    const request = httpRequest(this.target, { method: 'POST', headers: passed, agent: this.#agent }, (answer) => {
      buffer(answer).then(
        (read) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: read }),
        reject,
      );
    });
    request.once('error', reject);
    request.end(body);
    return promise;
  }
}

function write(response: ServerResponse, { status, headers, body }: Forwarded): void {
  const { connection: _, 'transfer-encoding': __, ...passed } = headers;
  response.writeHead(status, passed).end(body);
}

function refuse(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}
