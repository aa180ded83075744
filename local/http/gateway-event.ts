import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import { type HttpRequest, headerOf } from './exchange.ts';

/** What the JWT authorizer hands to a function. */
export interface JwtGrant {
  readonly claims: Readonly<Record<string, string>>;
  /** `null` for a route that asks for no scope. */
  readonly scopes: readonly string[] | null;
}

/** The event, with the authorizer's part where a route has one. */
export interface GatewayEvent extends APIGatewayProxyEventV2 {
  requestContext: APIGatewayProxyEventV2['requestContext'] & {
    authorizer?: { jwt: { claims: Readonly<Record<string, string>>; scopes: readonly string[] | null } };
  };
}

/**
 * Builds the Lambda event of an HTTP API, payload format 2.0.
 *
 * `rawPath` is percent-decoded although its name says otherwise: HTTP APIs do that, function URLs do not.
 */
export function gatewayEvent(
  request: HttpRequest,
  route: {
    readonly apiId: string;
    readonly domainName: string;
    readonly routeKey: string;
    readonly stage: string;
    readonly decodedPath: string;
    readonly pathParameters: Readonly<Record<string, string>>;
    readonly grant: JwtGrant | undefined;
  },
  requestId: string,
  now: Date,
): GatewayEvent {
  const cookies = (request.headers.get('cookie') ?? []).flatMap((header) => header.split(/; */)).filter(Boolean);
  const asText = isText(headerOf(request, 'content-type'), headerOf(request, 'content-encoding'));
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: route.decodedPath,
    rawQueryString: request.query,
    ...(cookies.length > 0 && { cookies }),
    headers: eventHeaders(request),
    ...(request.query !== '' && { queryStringParameters: joinedQuery(request.query) }),
    requestContext: {
      accountId: LOCAL_ACCOUNT,
      apiId: route.apiId,
      ...(route.grant && { authorizer: { jwt: route.grant } }),
      domainName: route.domainName,
      domainPrefix: route.domainName.split('.')[0] ?? '',
      http: {
        method: request.method,
        path: route.decodedPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headerOf(request, 'user-agent') ?? '',
      },
      requestId,
      routeKey: route.routeKey,
      stage: route.stage,
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(route.pathParameters).length > 0 && { pathParameters: { ...route.pathParameters } }),
    ...(request.body.length > 0 && { body: request.body.toString(asText ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !asText,
  };
}

function eventHeaders(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of request.headers) {
    // Cookies have a member of their own; the other is the gateway's business.
    if (name === 'cookie' || name === 'connection') continue;
    headers[name] = values.join(',');
  }
  const before = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before === undefined ? request.sourceIp : `${before}, ${request.sourceIp}`;
  headers['x-forwarded-proto'] ??= 'http';
  headers['content-length'] ??= String(request.body.length);
  return headers;
}

function joinedQuery(query: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = Object.hasOwn(joined, name) ? joined[name] : undefined;
    // A parameter may be named `__proto__`, which an assignment would lose.
    Object.defineProperty(joined, name, {
      value: before === undefined ? value : `${before},${value}`,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return joined;
}

/** Everything that is not plainly text goes to the function in base64, a form and a body without a type included. */
function isText(contentType: string | undefined, contentEncoding: string | undefined): boolean {
  if (contentEncoding !== undefined && contentEncoding !== 'identity') return false;
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return /^(text\/.+|application\/(json|javascript|xml)|application\/.+\+(json|xml))$/.test(type);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
