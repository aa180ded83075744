import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const PATIENCE_MILLISECONDS = 20_000;

/** From an address of the loopback network. @throws Error when there is no answer */
export async function sendOnce(
  siteUrl: string,
  from: string,
  call: { method: string; path: string; headers?: Record<string, string>; body?: object },
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const { method, path, headers = {}, body } = call;
  const request = httpRequest(
    `${siteUrl}${path}`,
    {
      method,
      agent: false,
      localAddress: from,
      timeout: PATIENCE_MILLISECONDS,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    },
    (response) => {
      text(response).then(
        (read) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read }),
        reject,
      );
    },
  );
  request.once('timeout', () => request.destroy(new Error('no answer')));
  request.once('error', reject);
  request.end(body && JSON.stringify(body));
  return promise;
}
