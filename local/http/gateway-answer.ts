import * as z from 'zod';
import type { HttpAnswer } from './exchange.ts';

const HeaderValue = z.union([z.string(), z.number(), z.boolean()]);
const ProxyResult = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), HeaderValue).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** What HTTP allows in a header's value, read as Latin-1. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads what a function returned as an HTTP API does with payload format 2.0. A result without `statusCode` is itself the JSON
 * body of a 200.
 *
 * @returns `undefined` for a malformed result, which the gateway answers with 500
 */
export function gatewayAnswer(result: unknown): HttpAnswer | undefined {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const text = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return { status: 200, headers: new Map([['content-type', ['application/json']]]), body: Buffer.from(text) };
  }
  const parsed = ProxyResult.safeParse(result);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const answered = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lowerName = name.toLowerCase();
    if (!HEADER_NAME.test(lowerName) || !HEADER_VALUE.test(String(value))) return undefined;
    answered.set(lowerName, [String(value)]);
  }
  if (cookies && cookies.length > 0) {
    if (!cookies.every((cookie) => HEADER_VALUE.test(cookie))) return undefined;
    answered.set('set-cookie', cookies);
  }
  if (!answered.has('content-type')) answered.set('content-type', ['text/plain;charset=UTF-8']);
  return {
    status: statusCode,
    headers: answered,
    body: Buffer.from(String(body ?? ''), isBase64Encoded ? 'base64' : 'utf8'),
  };
}
