import * as z from 'zod/mini';
import type { Operation, Security } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { Problem } from './problem.ts';

const REFUSALS = {
  400: 'Bad input; `errors` names every bad field.',
  401: 'No valid credential.',
  403: 'The token lacks the scope.',
  404: 'There is no such thing.',
  405: 'The address does not take this method; see `Allow`.',
  409: 'Not as things stand: a request with the same key is still in flight, or the lead is closed.',
  413: 'The body is too large.',
  415: 'The body is of another media type.',
  422: 'The idempotency key came with another body before.',
  429: 'Too many requests; see `Retry-After`.',
  503: 'Not at the moment: too busy, or the stores are not loaded yet. Nothing was lost; see `Retry-After`.',
} as const;

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } };

/** Headers that a refusal always has. */
const REFUSAL_HEADERS: Readonly<Record<number, object>> = {
  401: { 'WWW-Authenticate': { description: 'RFC 6750.', schema: { type: 'string' } } },
  405: { Allow: { description: 'The methods, separated by commas.', schema: { type: 'string' } } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/** How the gateway itself refuses a token, before a function is asked. */
const GatewayRefusal = z.strictObject({ message: z.string() });

const SECURITY_SCHEMES = {
  manageToken: { type: 'http', scheme: 'bearer', description: 'The token of the mail or of the receipt.' },
  oidc: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token of the OIDC issuer.' },
};

const SECURITY: Record<Security, object[]> = {
  public: [],
  'manage-token': [{ manageToken: [] }],
  'oidc-counts': [{ oidc: ['counts'] }],
  'oidc-leads': [{ oidc: ['leads'] }],
};

/** The OpenAPI 3.1 document of all operations, made from the schemas that the functions parse with. */
export function openApiDocument(version: string) {
  const paths: Record<string, Record<string, object>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(route, operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Alpine US locator',
      version,
      description: 'Find the stores expected to carry Alpine, reserve an interest, count the interests.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(Problem, 'output'), GatewayRefusal: jsonSchema(GatewayRefusal, 'output') },
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function describe(route: string, operation: Operation): object {
  const { body, success, refusals } = operation;
  const parameters = [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)];
  return {
    operationId: operationIdOf(route),
    summary: operation.summary,
    security: SECURITY[operation.security],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          bodyTypesOf(operation).map((type) => [type, { schema: jsonSchema(body, 'input') }]),
        ),
      },
    }),
    responses: {
      [success.status]: {
        description: 'Success.',
        ...(Object.keys(success.content).length > 0 && {
          content: Object.fromEntries(
            Object.entries(success.content).map(([type, schema]) => [type, { schema: jsonSchema(schema, 'output') }]),
          ),
        }),
      },
      ...(operation.cache && { 304: { description: 'Nothing has changed since the answer with this `ETag`.' } }),
      ...Object.fromEntries(
        [...refusals, 405 as const, 503 as const].map((status) => [status, refusal(status, operation)]),
      ),
      default: problemResponse('A fault of ours; quote `instance`.'),
    },
  };
}

/** The media types that an operation's body may come in. */
function bodyTypesOf({ form }: Operation): readonly string[] {
  return form ? ['application/x-www-form-urlencoded', 'multipart/form-data'] : ['application/json'];
}

function refusal(status: keyof typeof REFUSALS, { security }: Operation): object {
  const headers = REFUSAL_HEADERS[status];
  const isGateways = security.startsWith('oidc') && (status === 401 || status === 403);
  return {
    ...(isGateways
      ? errorResponse(REFUSALS[status], 'application/json', 'GatewayRefusal')
      : problemResponse(REFUSALS[status])),
    ...(headers && { headers }),
  };
}

function problemResponse(description: string): object {
  return errorResponse(description, 'application/problem+json', 'Problem');
}

function errorResponse(description: string, mediaType: string, schema: string): object {
  return { description, content: { [mediaType]: { schema: { $ref: `#/components/schemas/${schema}` } } } };
}

function pathParameters({ pathParameter }: Operation): object[] {
  return pathParameter === undefined
    ? []
    : [{ name: pathParameter, in: 'path', required: true, schema: { type: 'string' } }];
}

function queryParameters({ query }: Operation): object[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(query, 'input');
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters({ idempotencyKey }: Operation): object[] {
  if (idempotencyKey === undefined) return [];
  const schema = { type: 'string', minLength: 1, maxLength: 255 };
  return [{ name: 'Idempotency-Key', in: 'header', required: false, schema, description: 'Makes a retry safe.' }];
}

/** `GET /v1/dealers/{dealerId}` → `getDealersByDealerId`. */
function operationIdOf(route: string): string {
  const [method = '', path = ''] = route.split(' ');
  const words = path
    .replace('/v1/', '')
    .replaceAll(/\{(\w)/g, 'by-$1')
    .split(/[^A-Za-z]+/)
    .filter(Boolean);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function jsonSchema(schema: z.ZodMiniType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      // zod leaves out a default that its own parsing has turned from text into a number.
      const { def } = zodSchema._zod;
      if (def.type === 'default') made.default = def.defaultValue;
      // A number in a query is text to zod: its pattern says nothing of the number that it stands for.
      if (made.type === 'number' || made.type === 'integer') delete made.pattern;
    },
  });
  return rest;
}
