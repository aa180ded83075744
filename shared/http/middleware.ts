import { createHash } from 'node:crypto';
import type { MiddlewareObj, Request } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { beginInvocation, type LogFields, log } from '../runtime/log.ts';
import { HttpProblem } from './http-problem.ts';
import { PUBLIC_CACHE } from './public-cache.ts';

type ApiMiddleware = MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;
type ApiHook = (request: Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>) => void;

/** By event, what its line tells besides. */
const noted = new WeakMap<object, LogFields>();

/** Has the request's line in the log tell this too. */
export function noteInLog(event: APIGatewayProxyEventV2, fields: LogFields): void {
  noted.set(event, { ...noted.get(event), ...fields });
}

/** One line a request: route, status, duration, and what was noted. Neither the query nor the path, which may tell where a person lives. */
export function requestLog(): ApiMiddleware {
  const startedAt = new WeakMap<object, number>();
  const write: ApiHook = ({ event, response }) => {
    log('info', 'answered', {
      ...noted.get(event),
      route: event.routeKey,
      status: response?.statusCode ?? 0,
      durationMs: Math.round(performance.now() - (startedAt.get(event) ?? Number.NaN)),
    });
  };
  return {
    before: ({ event, context }) => {
      beginInvocation({ invocationId: context.awsRequestId, requestId: event.requestContext.requestId });
      startedAt.set(event, performance.now());
    },
    after: write,
    onError: write,
  };
}

const SECURITY_HEADERS = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** Of an answer that no browser has to show. */
export const NOTHING_ALLOWED = "default-src 'none'; frame-ancestors 'none'";

/** Security headers on every answer, and `no-store` on all that says nothing else. */
export function securityHeaders(contentSecurityPolicy: string): ApiMiddleware {
  const headers = { ...SECURITY_HEADERS, 'content-security-policy': contentSecurityPolicy };
  const add: ApiHook = ({ response }) => {
    if (response) response.headers = { 'cache-control': 'no-store', ...response.headers, ...headers };
  };
  return { after: add, onError: add };
}

/** How a problem is told. */
export type TellProblem = (
  problem: HttpProblem,
  event: APIGatewayProxyEventV2,
) => { readonly contentType: string; readonly body: string };

/** RFC 9457. */
export const problemJson: TellProblem = (problem, event) => ({
  contentType: 'application/problem+json',
  body: JSON.stringify(problem.toProblem(event.requestContext.requestId)),
});

/** Every error as a problem. What is not a refusal of ours is logged and answered 500, with nothing but the request id. */
export function problemAnswers(tell: TellProblem): ApiMiddleware {
  return {
    onError: async (request) => {
      const { event, error } = request;
      const problem = error instanceof HttpProblem ? error : problemOfFault(error);
      if (problem.status >= 500) log('error', 'request failed', { route: event.routeKey }, error);
      const { contentType, body } = tell(problem, event);
      request.response = {
        statusCode: problem.status,
        headers: { 'content-type': contentType, ...problem.parts.headers },
        body,
      };
    },
  };
}

const BUSY = 'The service is busy. Nothing was lost; please try again in a moment.';

/** Faults that pass, by name, and what is said of them: the caller may try again. All others are ours to mend. */
const PASSING = new Map([
  // Too many at once for one reservation.
  ['CommitRefused', BUSY],
  ['ProvisionedThroughputExceededException', BUSY],
  ['RequestLimitExceeded', BUSY],
  ['ThrottlingException', BUSY],
  ['TimeoutError', BUSY],
  ['TransactionConflictException', BUSY],
  ['InternalServerError', BUSY],
  ['ServiceUnavailable', BUSY],
  ['StoresNotPublished', 'The stores are not loaded yet. Please try again in a moment.'],
]);

function problemOfFault(error: unknown): HttpProblem {
  const passing = error instanceof Error ? PASSING.get(error.name) : undefined;
  if (passing !== undefined) return new HttpProblem(503, passing, { headers: { 'retry-after': '5' } });
  return new HttpProblem(500, 'Something went wrong on our side. Please try again; quote the instance if it persists.');
}

/** Shared caches may keep a public read (`PUBLIC_CACHE`); an unchanged one is answered 304 (RFC 9110, 13.1.2). */
export function publicCaching(): ApiMiddleware {
  return {
    after: (request) => {
      const { event, response } = request;
      if (response?.statusCode !== 200) return;
      const etag = `"${createHash('sha256')
        .update(response.body ?? '')
        .digest('base64url')
        .slice(0, 27)}"`;
      const { freshSeconds, staleSeconds } = PUBLIC_CACHE;
      const caching = {
        'cache-control': `public, max-age=${freshSeconds}, stale-while-revalidate=${staleSeconds}`,
        etag,
      };
      const vary = response.headers?.['vary'];
      request.response = matches(event.headers['if-none-match'], etag)
        ? { statusCode: 304, headers: { ...caching, ...(vary !== undefined && { vary }) } }
        : { ...response, headers: { ...response.headers, ...caching } };
    },
  };
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
