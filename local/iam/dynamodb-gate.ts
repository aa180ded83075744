import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Access } from './access.ts';
import { dynamoDbRequests, type TableAccessFacts } from './dynamodb-requests.ts';

export interface DynamoDbGate {
  readonly url: string;
  /** From now on, these are the tables. */
  use(tables: ReadonlyMap<string, TableAccessFacts>): void;
  stop(): Promise<void>;
}

const TARGET = /^DynamoDB_20120810\.(\w+)$/;

/**
 * The functions' way to DynamoDB Local, which knows no permissions: what a function's policy does not grant is refused here as
 * AWS refuses it. All else goes on unchanged, and so does the answer.
 */
export async function startDynamoDbGate(
  endpoint: string,
  access: Pick<Access, 'judge'>,
  onFault: (error: unknown) => void,
): Promise<DynamoDbGate> {
  let tables: ReadonlyMap<string, TableAccessFacts> = new Map();
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(endpoint);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const operation = TARGET.exec(String(request.headers['x-amz-target']))?.[1];
    if (operation !== undefined) {
      const requests = dynamoDbRequests(operation, JSON.parse(body.toString()), tables);
      const refusal = access.judge(request.headers.authorization, requests);
      if (refusal !== undefined) {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(
          JSON.stringify({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: refusal.message }),
        );
        return;
      }
    }
    const forwarded = send({
      agent,
      hostname,
      port,
      method: request.method,
      path: request.url,
      headers: { ...request.headers, 'content-length': body.length },
    });
    forwarded.end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      onFault(error);
      // A broken connection is what the client knows how to try again.
      response.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    use(next) {
      tables = next;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
