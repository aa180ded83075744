import { once } from 'node:events';
import { Agent, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import type { Access } from './access.ts';
import { dynamoDbRequests, type TableAccessFacts } from './dynamodb-requests.ts';

export interface DynamoDbGate extends LoopbackServer {
  /** From now on, these are the tables. */
  use(tables: ReadonlyMap<string, TableAccessFacts>): void;
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
    await pipeline(answer, response);
  }

  const { url, stop } = await startLoopbackServer(serve, onFault);
  return {
    url,
    use(next) {
      tables = next;
    },
    async stop() {
      agent.destroy();
      await stop();
    },
  };
}
