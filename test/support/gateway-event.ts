import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ORIGIN_KEY_HEADER } from '../../shared/http/edge-only.ts';

export interface EventParts {
  readonly rawQueryString?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly rawPath?: string;
}

/** What the edge of the tests sends to the functions that they call. */
export const TEST_ORIGIN_KEY = 'the origin key of the tests, and no other';
/** What a function knows that key by, in its environment. */
export const TEST_ORIGIN_KEY_HASHES = createHash('sha256').update(TEST_ORIGIN_KEY).digest('hex');

/** An HTTP API event of payload 2.0, as it comes through the edge. */
export function gatewayEvent(parts: EventParts = {}): APIGatewayProxyEventV2 {
  const { method = 'GET', rawPath = '/v1/test' } = parts;
  return {
    version: '2.0',
    routeKey: `${method} ${rawPath}`,
    rawPath,
    rawQueryString: parts.rawQueryString ?? '',
    headers: { [ORIGIN_KEY_HEADER]: TEST_ORIGIN_KEY, ...parts.headers },
    ...(parts.pathParameters && { pathParameters: { ...parts.pathParameters } }),
    ...(parts.body !== undefined && { body: parts.body }),
    isBase64Encoded: parts.isBase64Encoded ?? false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: `${method} ${rawPath}`,
      stage: '$default',
      time: '23/Nov/2026:12:00:00 +0000',
      timeEpoch: 1_795_435_200_000,
    },
  };
}
