import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Operation } from '../contract/operation.ts';
import type { EncodedBody } from './encoded-body.ts';
import { badFields, type FieldError } from './http-problem.ts';
import { chooseMediaType } from './media-type.ts';
import { problemAnswers, publicCaching, requestLog, securityHeaders } from './middleware.ts';
import { bodyOf, parseInput, queryOf } from './request.ts';

type Output<S> = S extends z.ZodMiniType ? z.output<S> : undefined;
type ContentOf<O extends Operation> = O['success']['content'];
/** JSON is shaped by its schema; what is of another media type is sent as it comes. */
type AnswerOf<O extends Operation> = {
  [Type in keyof ContentOf<O>]: Type extends `${string}json` ? z.input<ContentOf<O>[Type]> : string | EncodedBody;
}[keyof ContentOf<O>];

/** A request that has passed its operation's schemas. */
export interface ApiRequest<O extends Operation> {
  readonly query: Output<O['query']>;
  readonly body: Output<O['body']>;
  /** The operation's one path parameter, decoded; empty when it has none. */
  readonly pathParameter: string;
  /** The media type to answer with: one of the operation's. */
  readonly mediaType: keyof O['success']['content'];
  /** For headers that an operation reads itself. */
  readonly event: APIGatewayProxyEventV2;
}

export interface ApiOptions {
  /** What may be told to shared caches; everything else is `no-store`. */
  readonly cache?: 'public';
  /**
   * Faults that no schema sees, such as a ZIP that does not exist. Asked of input that the schemas have refused already, so that
   * one answer names them all; what passes the schemas is for the answer itself to judge.
   */
  readonly furtherErrors?: (input: {
    readonly query: unknown;
    readonly body: unknown;
  }) => Promise<readonly FieldError[]>;
}

const NoQuery = z.strictObject({});

/**
 * The handler of one operation: input parsed by its schemas (400 that names every bad field), answer shaped by its schema
 * (a member that the contract does not name is a fault of ours: 500), errors as problem+json, security headers, one log line.
 */
export function api<const O extends Operation>(
  operation: O,
  answer: (request: ApiRequest<O>) => Promise<AnswerOf<O> | undefined>,
  options: ApiOptions = {},
) {
  const { status, content } = operation.success;
  const handle = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const mediaType = chooseMediaType(event.headers['accept'], Object.keys(content));
    const raw = { query: queryOf(event), body: operation.body && (await bodyOf(event, operation.form)) };
    const query = parseInput(operation.query ?? NoQuery, '?', raw.query);
    const body = parseInput(operation.body ?? z.undefined(), '#', raw.body);
    if (query.errors !== undefined || body.errors !== undefined) {
      const errors = [...(query.errors ?? []), ...(body.errors ?? [])];
      const further = (await options.furtherErrors?.(raw)) ?? [];
      const named = new Set(errors.map(({ pointer }) => pointer));
      throw badFields([...errors, ...further.filter(({ pointer }) => !named.has(pointer))]);
    }
    const value = await answer({
      query: query.value as Output<O['query']>,
      body: body.value as Output<O['body']>,
      pathParameter: (operation.pathParameter && event.pathParameters?.[operation.pathParameter]) ?? '',
      mediaType: mediaType as keyof O['success']['content'],
      event,
    });
    const schema = mediaType === undefined ? undefined : content[mediaType];
    if (schema === undefined || mediaType === undefined) return { statusCode: status };
    const encoded = encode(mediaType.endsWith('json') ? JSON.stringify(z.parse(schema, value)) : value);
    return {
      statusCode: status,
      headers: {
        'content-type': mediaType,
        ...encoded.headers,
        ...(Object.keys(content).length > 1 && { vary: 'accept' }),
      },
      body: Buffer.from(encoded.bytes).toString(),
    };
  };
  return httpHandler(handle, options);
}

function encode(body: unknown): EncodedBody {
  return typeof body === 'string' ? { bytes: Buffer.from(body) } : (body as EncodedBody);
}

/** The chain that every answer passes, for a handler that has no operation. */
export function httpHandler(
  handle: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>,
  options: ApiOptions = {},
) {
  const chain = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(requestLog())
    .use(securityHeaders())
    .use(problemAnswers());
  return (options.cache === 'public' ? chain.use(publicCaching()) : chain).handler(handle);
}
