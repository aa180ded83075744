import { createContext, Script } from 'node:vm';
import * as z from 'zod';
import { HostError } from '../host-error.ts';
import type { HttpAnswer, HttpRequest } from './exchange.ts';

/** What a CloudFront Function makes of a viewer's request: the request to go on with, or an answer at once. */
export type EdgeFunction = (request: HttpRequest) => Promise<HttpRequest | HttpAnswer>;

const Value = z.object({ value: z.string(), multiValue: z.array(z.object({ value: z.string() })).optional() });
const Values = z.record(z.string(), Value);
const Result = z.union([
  z.object({
    statusCode: z.number(),
    headers: Values.default({}),
    body: z.union([z.string(), z.object({ data: z.string() })]).optional(),
  }),
  z.object({ method: z.string(), uri: z.string(), querystring: Values, headers: Values, cookies: Values.default({}) }),
]);

/** CloudFront allows about a millisecond; this is against one that never ends, by the wall clock of a machine that may be busy. */
const MAX_RUN_MS = 5_000;

/**
 * Runs a CloudFront Function's code (viewer request) in a context of its own, which has nothing but the language.
 *
 * @throws HostError when the code defines no `handler`
 */
export function createEdgeFunction(name: string, code: string): EdgeFunction {
  const context = createContext({ console: { log: () => {} } });
  try {
    new Script(code, { filename: name }).runInContext(context, { timeout: MAX_RUN_MS });
  } catch (error) {
    throw new HostError(`The code of the CloudFront function ${name} does not run: ${String(error)}`, { cause: error });
  }
  // The event enters as text, so that no object of this program reaches the context.
  const call = new Script('handler(JSON.parse(eventJson))', { filename: name });
  return async (request) => {
    const event = eventOf(request);
    context['eventJson'] = JSON.stringify(event);
    const returned: unknown = await call.runInContext(context, { timeout: MAX_RUN_MS });
    const result = Result.parse(returned);
    if ('statusCode' in result) return answerOf(result);
    const changed = requestOf(request, result);
    // A query that the function left alone goes on to the letter, names included that no object of ours can hold.
    return sameQuery(event, returned) ? { ...changed, query: request.query } : changed;
  };
}

function sameQuery(event: ReturnType<typeof eventOf>, returned: unknown): boolean {
  const { querystring } = returned as { querystring?: unknown };
  return JSON.stringify(querystring) === JSON.stringify(event.request.querystring);
}

function eventOf(request: HttpRequest) {
  const cookies = (request.headers.get('cookie') ?? []).flatMap((header) => header.split(/; */));
  return {
    version: '1.0',
    context: { eventType: 'viewer-request', distributionDomainName: 'local.cloudfront.net', requestId: 'local' },
    viewer: { ip: request.sourceIp },
    request: {
      method: request.method,
      uri: request.path,
      querystring: grouped(
        request.query
          .split('&')
          .filter((part) => part !== '')
          .map(pair),
      ),
      headers: grouped(
        [...request.headers]
          .filter(([header]) => header !== 'cookie')
          .flatMap(([header, values]) => values.map((value): [string, string] => [header, value])),
      ),
      cookies: grouped(cookies.map(pair)),
    },
  };
}

function requestOf(request: HttpRequest, result: Extract<z.infer<typeof Result>, { uri: string }>): HttpRequest {
  const headers = new Map<string, readonly string[]>();
  for (const [name, values] of ungrouped(result.headers)) headers.set(name.toLowerCase(), values);
  const cookies = [...ungrouped(result.cookies)].flatMap(([name, values]) => values.map((value) => `${name}=${value}`));
  if (cookies.length > 0) headers.set('cookie', [cookies.join('; ')]);
  const query = [...ungrouped(result.querystring)].flatMap(([name, values]) =>
    values.map((value) => (value === '' ? name : `${name}=${value}`)),
  );
  return { ...request, path: result.uri, query: query.join('&'), headers };
}

function answerOf(result: Extract<z.infer<typeof Result>, { statusCode: number }>): HttpAnswer {
  const body = typeof result.body === 'object' ? result.body.data : (result.body ?? '');
  const headers = new Map([...ungrouped(result.headers)].map(([name, values]) => [name.toLowerCase(), values]));
  return { status: result.statusCode, headers, body: Buffer.from(body) };
}

function pair(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, unknown> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(
    [...values].map(([name, all]) => [
      name,
      { value: all[0] ?? '', ...(all.length > 1 && { multiValue: all.map((value) => ({ value })) }) },
    ]),
  );
}

function* ungrouped(values: z.infer<typeof Values>): Generator<[string, string[]]> {
  for (const [name, { value, multiValue }] of Object.entries(values)) {
    yield [name, multiValue?.map((one) => one.value) ?? [value]];
  }
}
