import * as z from 'zod';
import { FunctionError } from '../aws/function-pool.ts';
import type { Functions } from '../aws/functions.ts';
import { HostError } from '../host-error.ts';
import type { Resource } from '../template/assembly.ts';
import { functionNameOf, type Template } from '../template/template.ts';
import { CorsConfiguration, isPreflight, preflightAnswer, withCors } from './cors.ts';
import { type HttpAnswer, type HttpHandler, type HttpRequest, messageAnswer, newRequestId } from './exchange.ts';
import { gatewayAnswer } from './gateway-answer.ts';
import { gatewayEvent } from './gateway-event.ts';
import { createJwtAuthorizer, type JwtAuthorizer, JwtAuthorizerProperties } from './jwt-authorizer.ts';
import { createRouter, type Route, type RouteMatch } from './routes.ts';

const ApiProperties = z.object({
  CorsConfiguration: CorsConfiguration.optional(),
  ProtocolType: z.literal('HTTP'),
});

const RouteProperties = z.strictObject({
  ApiId: z.string(),
  ApiKeyRequired: z.literal(false).optional(),
  AuthorizationScopes: z.array(z.string()).default([]),
  AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
  AuthorizerId: z.string().optional(),
  OperationName: z.unknown().optional(),
  RouteKey: z.string(),
  Target: z.string(),
});

const IntegrationProperties = z.strictObject({
  ApiId: z.string(),
  Description: z.unknown().optional(),
  IntegrationMethod: z.unknown().optional(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z.number().default(30_000),
});

const StageProperties = z.object({ ApiId: z.string(), StageName: z.string() });

interface RouteTarget {
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly scopes: readonly string[];
  readonly authorize: JwtAuthorizer | undefined;
}

/**
 * Serves one HTTP API of the template: routes, JWT authorizers, CORS and payload format 2.0 as API Gateway has them; neither
 * throttling nor access logs.
 */
export function createHttpApi(
  template: Template,
  api: Resource,
  functions: Pick<Functions, 'invoke'>,
  log: (text: string) => void,
): HttpHandler {
  const apiId = template.ref(api);
  const domainName = `${apiId}.execute-api.${api.stack.region}.amazonaws.com`;
  const { CorsConfiguration: cors } = template.properties(api, ApiProperties);
  requireDefaultStage(template, apiId);
  const routes = template
    .ofType('AWS::ApiGatewayV2::Route')
    .map((resource) => readRoute(template, resource, log))
    .filter((route) => route.apiId === apiId);
  const match = createRouter(routes);

  async function answer(request: HttpRequest, requestId: string): Promise<HttpAnswer> {
    const decodedPath = decodePath(request.path);
    if (decodedPath === undefined) return messageAnswer(400, 'Bad Request');
    const matched = match(request.method, decodedPath);
    if (matched === undefined) return messageAnswer(404, 'Not Found');
    const { authorize, scopes } = matched.route.target;
    const decision = await authorize?.(request, scopes);
    if (decision !== undefined && 'refusal' in decision) return decision.refusal;
    const event = gatewayEvent(
      request,
      {
        apiId,
        domainName,
        routeKey: matched.route.routeKey,
        stage: '$default',
        decodedPath,
        pathParameters: matched.pathParameters,
        grant: decision?.grant,
      },
      requestId,
      new Date(),
    );
    return await run(matched, event);
  }

  async function run({ route }: RouteMatch<RouteTarget>, event: unknown): Promise<HttpAnswer> {
    const { functionName, timeoutMs } = route.target;
    try {
      const result = await within(timeoutMs, functions.invoke(functionName, event, timeoutMs));
      if (result === TOO_LATE) return messageAnswer(503, 'Service Unavailable');
      const answered = gatewayAnswer(result);
      if (answered !== undefined) return answered;
      log(`${functionName} returned what an HTTP API cannot send`);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      if (error.errorType === 'TooManyRequestsException') {
        log(error.message);
        return messageAnswer(503, 'Service Unavailable');
      }
    }
    return messageAnswer(500, 'Internal Server Error');
  }

  return async (request) => {
    if (cors !== undefined && isPreflight(request)) return preflightAnswer(request, cors);
    const requestId = newRequestId();
    const plain = await answer(request, requestId);
    const { status, headers, body } = cors === undefined ? plain : withCors(plain, request, cors);
    return { status, headers: new Map([...headers, ['apigw-requestid', [requestId]]]), body };
  };
}

/** Other stages put their name in front of every path. */
function requireDefaultStage(template: Template, apiId: string): void {
  const stages = template
    .ofType('AWS::ApiGatewayV2::Stage')
    .map((resource) => template.properties(resource, StageProperties))
    .filter((stage) => stage.ApiId === apiId);
  if (!stages.some(({ StageName }) => StageName === '$default')) {
    throw new HostError(`The HTTP API ${apiId} has no stage $default: the local host serves no other.`);
  }
}

function readRoute(
  template: Template,
  resource: Resource,
  log: (text: string) => void,
): Route<RouteTarget> & { readonly apiId: string } {
  const route = template.properties(resource, RouteProperties);
  const integrationId = route.Target.replace(/^integrations\//, '');
  const integration = template.byRef('AWS::ApiGatewayV2::Integration', integrationId);
  if (integration === undefined) throw new HostError(`${route.RouteKey} leads to ${route.Target}, which is not there.`);
  const { IntegrationUri, TimeoutInMillis } = template.properties(integration, IntegrationProperties);
  return {
    apiId: route.ApiId,
    routeKey: route.RouteKey,
    target: {
      functionName: functionNameOf(IntegrationUri),
      timeoutMs: TimeoutInMillis,
      scopes: route.AuthorizationScopes,
      authorize: route.AuthorizationType === 'JWT' ? readAuthorizer(template, route, log) : undefined,
    },
  };
}

function readAuthorizer(
  template: Template,
  { AuthorizerId, RouteKey }: z.infer<typeof RouteProperties>,
  log: (text: string) => void,
): JwtAuthorizer {
  const resource = template.byRef('AWS::ApiGatewayV2::Authorizer', AuthorizerId ?? '');
  if (resource === undefined) throw new HostError(`${RouteKey} names an authorizer ${AuthorizerId} that is not there.`);
  const { JwtConfiguration } = template.properties(resource, JwtAuthorizerProperties);
  return createJwtAuthorizer({ issuer: JwtConfiguration.Issuer, audience: JwtConfiguration.Audience }, log);
}

/** API Gateway routes by the decoded path, and cuts it at a question mark that comes out of it. */
function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path).split('?')[0];
  } catch {
    return undefined;
  }
}

const TOO_LATE = Symbol('too late');

/** The function goes on by itself, as it does behind API Gateway. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | typeof TOO_LATE> {
  const { promise: late, resolve } = Promise.withResolvers<typeof TOO_LATE>();
  const timer = setTimeout(() => resolve(TOO_LATE), timeoutMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // Its failure after that is nobody's answer any more; its environment logs it.
    work.catch(() => {});
  }
}
