import { isIP } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Operation } from '../contract/operation.ts';
import { parseFormBody } from './form-body.ts';
import { badFields, type FieldError, HttpProblem, pointerOf } from './http-problem.ts';
import { parseJsonBody } from './json-body.ts';

/**
 * The query's parameters, from the raw query string: the gateway's own map joins repeated ones with a comma.
 * @throws HttpProblem 400 that names every repeated parameter
 */
export function queryOf(event: APIGatewayProxyEventV2): Record<string, string> {
  const parameters = new URLSearchParams(event.rawQueryString);
  const names = [...parameters.keys()];
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  if (repeated.size > 0) {
    throw badFields(
      [...repeated].map((name) => ({ pointer: pointerOf('?', [name]), detail: 'is given more than once' })),
    );
  }
  return Object.fromEntries(parameters);
}

/** The body's value, JSON unless the operation takes a form. @throws HttpProblem 400, 413 or 415 */
export async function bodyOf(event: APIGatewayProxyEventV2, form: Operation['form']): Promise<unknown> {
  const body = {
    contentType: event.headers['content-type'],
    contentEncoding: event.headers['content-encoding'],
    text: event.body,
    isBase64: event.isBase64Encoded,
  };
  return form === undefined ? parseJsonBody(body) : parseFormBody(body);
}

/**
 * What the schema makes of the input, or every bad field, never with its value.
 * @param root `?` for a query, `#` for a body
 */
export function parseInput<S extends z.ZodMiniType>(
  schema: S,
  root: '?' | '#',
  input: unknown,
): { readonly value: z.output<S>; readonly errors?: never } | { readonly errors: readonly FieldError[] } {
  const result = z.safeParse(schema, input);
  if (result.success) return { value: result.data };
  return { errors: result.error.issues.flatMap((issue) => fieldErrors(issue, root)) };
}

function fieldErrors(issue: z.core.$ZodIssue, root: '?' | '#'): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    const detail = root === '?' ? 'is not a parameter of this address' : 'is not a member of this body';
    return issue.keys.map((key) => ({ pointer: pointerOf(root, [...issue.path, key]), detail }));
  }
  if (issue.path.length === 0) {
    return [{ pointer: root, detail: issue.code === 'custom' ? issue.message : 'must be a JSON object' }];
  }
  return [{ pointer: pointerOf(root, issue.path), detail: issue.message }];
}

const PRINTABLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** The caller's idempotency key, when there is one. @throws HttpProblem 400 */
export function idempotencyKeyOf(event: APIGatewayProxyEventV2): string | undefined {
  const key = event.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (!PRINTABLE_ASCII.test(key)) {
    throw badFields([{ pointer: 'Idempotency-Key', detail: 'must have 1 to 255 printable ASCII characters' }]);
  }
  return key;
}

/**
 * The sender's address: the viewer's as the edge reports it, without an edge the gateway's peer.
 * The header cannot be forged: what does not come through the edge is refused before (edge-only.ts).
 */
export function senderAddressOf(event: APIGatewayProxyEventV2): string {
  const reported = event.headers[VIEWER_ADDRESS_HEADER] ?? '';
  // What is no address would be counted for nobody.
  return isIP(reported) === 0 ? event.requestContext.http.sourceIp : reported;
}

/** Set by `infra/edge/viewer-address.js`, whatever the viewer has sent under its name. */
const VIEWER_ADDRESS_HEADER = 'x-viewer-address';

/** The bearer token. @throws HttpProblem 401, alike for a missing header and for another scheme */
export function bearerTokenOf(event: APIGatewayProxyEventV2): string {
  const token = /^Bearer +([\w.~+/=-]{1,1000})$/i.exec(event.headers['authorization'] ?? '')?.[1];
  if (token === undefined) throw unauthorized();
  return token;
}

/** One answer for every token that does not count, so that nobody learns why. */
export function unauthorized(): HttpProblem {
  return new HttpProblem(401, 'The link is not valid, or no longer. Ask for a new one by sending the form again.', {
    headers: { 'www-authenticate': 'Bearer' },
  });
}
