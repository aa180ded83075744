import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OPERATIONS } from '../../shared/contract/operations.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import type { DescribedOperation, OpenApi } from './operation-under-fuzz.ts';
import type { RawAnswer } from './raw-http.ts';

/** What is in front of the operations says by itself: the distribution, the gateway, HTTP itself. */
const OUTSIDE = new Set([301, 400, 403, 404, 405, 408, 413, 414, 431, 501]);

const SECURITY_HEADERS = {
  'strict-transport-security': /^max-age=\d{8}/,
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /./,
  'content-security-policy': /default-src/,
} as const;

/** A frame of a stack, a file of ours, or the name of what was thrown. */
const INSIDES =
  /\bat [^\n"]{1,200}:\d+:\d+|node_modules|\/shared\/|\.(?:ts|mjs):\d+|ZodError|SyntaxError|TypeError|DynamoDB/;

/** Whatever an answer must be, told by the document that the stack publishes. */
export interface AnswerRules {
  /** @throws AssertionError */
  judge(request: FuzzRequest, answer: RawAnswer | undefined): void;
}

export function answerRules(openApi: OpenApi): AnswerRules {
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  const validators = new Map<string, ValidateFunction>();

  function expectDocumented(request: FuzzRequest, described: DescribedOperation, answer: RawAnswer): void {
    const { status, headers, body } = answer;
    const response = described.responses[status];
    assert.ok(response !== undefined, `${status} is not documented`);
    if (response.content === undefined) {
      assert.equal(body.length, 0, `${status} has a body`);
      return;
    }
    const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
    const text = body.toString();
    const media = response.content[mediaType];
    assert.ok(media !== undefined, `${status} came as ${mediaType}, which is not documented`);
    if (request.method === 'HEAD' || status === 304) return;
    if (!mediaType.endsWith('json')) {
      expectNoFormula(text);
      return;
    }
    const id = `${request.route} ${status} ${mediaType}`;
    const validate = validators.get(id) ?? ajv.compile({ ...media.schema, components: openApi.components });
    validators.set(id, validate);
    assert.ok(validate(JSON.parse(text)), `${id}: ${ajv.errorsText(validate.errors)}`);
  }

  return {
    judge(request, answer) {
      const { route, expects } = request;
      if (answer === undefined) {
        assert.ok(expects.outside, 'the connection was closed without an answer');
        return;
      }
      const { status, body } = answer;
      const text = body.toString();
      assert.ok(status >= 200 && status < 500, `it was answered ${status}: ${text.slice(0, 200)}`);
      assert.doesNotMatch(text, INSIDES, 'the answer tells of the insides');
      if (status >= 400) expectNothingPersonal(request, text);
      if (expects.statuses !== undefined) {
        assert.ok(expects.statuses.includes(status), `${status} instead of ${expects.statuses}: ${text.slice(0, 300)}`);
      }
      if (expects.outside && OUTSIDE.has(status)) return;
      const [, path = ''] = route.split(' ');
      const described = openApi.paths[path]?.[route.split(' ')[0]?.toLowerCase() ?? ''];
      assert.ok(described !== undefined, 'the document has no such operation');
      // A preflight is the gateway's, and has no body.
      if (request.method !== 'OPTIONS') expectDocumented(request, described, answer);
      if (request.method !== 'OPTIONS') expectHeaders(request, answer);
      if (status === 400 && expects.names !== undefined) expectNamed(expects.names, text);
    },
  };
}

/** The gateway's own authorizer answers in its own form. */
function isGatewaysOwn({ route }: FuzzRequest, { status, headers }: RawAnswer): boolean {
  const isGuarded = OPERATIONS[route].security.startsWith('oidc');
  return isGuarded && (status === 401 || status === 403) && headers.get('content-type') === 'application/json';
}

function expectHeaders(request: FuzzRequest, answer: RawAnswer): void {
  const { status, headers } = answer;
  for (const [name, pattern] of Object.entries(SECURITY_HEADERS)) {
    if (!isGatewaysOwn(request, answer)) assert.match(headers.get(name) ?? '', pattern, `${status} has no ${name}`);
  }
  if (status >= 400 && !isGatewaysOwn(request, answer)) {
    assert.equal(headers.get('content-type'), 'application/problem+json');
    assert.equal(headers.get('cache-control'), 'no-store');
  }
  const isPersonal = OPERATIONS[request.route].security !== 'public' || request.method !== 'GET';
  if (status < 300 && isPersonal)
    assert.equal(headers.get('cache-control'), 'no-store', 'what is a person’s may be cached');
  if (headers.get('cache-control')?.startsWith('public'))
    assert.match(headers.get('etag') ?? '', /^"/, 'no strong ETag');
  if (status === 405) assert.match(headers.get('allow') ?? '', /^[A-Z, ]+$/, '405 without Allow');
  if (status === 429 || status === 503) assert.match(headers.get('retry-after') ?? '', /^\d+$/, 'no Retry-After');
  if (status === 401) assert.match(headers.get('www-authenticate') ?? '', /^Bearer/, '401 without a challenge');
  assert.ok(!headers.has('x-powered-by') && !headers.has('set-cookie'), 'a header that nobody asked for');
  const allowed = headers.get('access-control-allow-origin');
  if (allowed !== undefined) {
    const origin = request.headers.find(([name]) => name === 'origin')?.[1];
    assert.ok(allowed === origin && !allowed.includes('evil'), `the origin ${allowed} is let in`);
  }
}

/** A refusal names fields and never says what stood in them. */
function expectNothingPersonal(request: FuzzRequest, text: string): void {
  const body = request.body?.toString() ?? '';
  for (const [value] of body.matchAll(/Zq9[^"\\]{3,}|zq-[\w.]+@[\w.]+|\+1\d{10}/g)) {
    assert.ok(!text.includes(value), 'the refusal repeats what was sent');
  }
  const token = /[\w-]+\.[\w-]+\.[\w-]{20,}/.exec(`${body} ${request.target}`)?.[0];
  assert.ok(token === undefined || !text.includes(token), 'the refusal repeats a token');
}

/** A field that a refusal names holds, or is held by, the one with the fault. */
function expectNamed(pointer: string, text: string): void {
  const { errors = [] } = JSON.parse(text) as { errors?: readonly { pointer: string }[] };
  const isAbout = (named: string): boolean => pointer.startsWith(named) || named.startsWith(pointer);
  assert.ok(
    errors.some(({ pointer: named }) => isAbout(named)),
    `${pointer} is not named, but ${errors.map(({ pointer: named }) => named).join(' ') || 'nothing'}`,
  );
}

/** A cell of a table that a spreadsheet would run (OWASP, "CSV Injection"). */
function expectNoFormula(text: string): void {
  for (const line of text.split(/\r?\n/)) {
    assert.doesNotMatch(line, /(^|,)"?[=+@\t\r]/, 'a cell begins a formula');
  }
}
