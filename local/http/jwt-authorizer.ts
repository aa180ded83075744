import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from 'zod';
import { type HttpAnswer, type HttpRequest, headerOf, messageAnswer } from './exchange.ts';
import type { JwtGrant } from './gateway-event.ts';

export const JwtAuthorizerProperties = z.strictObject({
  ApiId: z.unknown().optional(),
  AuthorizerType: z.literal('JWT'),
  IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
  JwtConfiguration: z.strictObject({ Audience: z.array(z.string()), Issuer: z.string() }),
  Name: z.unknown().optional(),
});

/** Lets a request pass with what its token says, or gives the gateway's own answer. */
export type JwtAuthorizer = (
  request: HttpRequest,
  routeScopes: readonly string[],
) => Promise<{ readonly grant: JwtGrant } | { readonly refusal: HttpAnswer }>;

/** The only algorithms that API Gateway takes. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

/**
 * A JWT authorizer as HTTP APIs have it: keys from the issuer's discovery document, `aud` or else `client_id` among the
 * audiences, times with no leeway, and at least one of the route's scopes in `scope` or `scp`.
 *
 * @param onFault told of an issuer that cannot be asked
 */
export function createJwtAuthorizer(
  config: { readonly issuer: string; readonly audience: readonly string[] },
  onFault: (reason: string) => void,
): JwtAuthorizer {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (request, routeScopes) => {
    const header = headerOf(request, 'authorization');
    const scope = routeScopes.join(' ');
    if (header === undefined) return { refusal: refusal(401, 'Unauthorized', 'Bearer') };
    keys ??= discoverKeys(config.issuer);
    try {
      const { payload } = await jwtVerify(header.replace(/^bearer +/i, ''), await keys, {
        issuer: config.issuer,
        algorithms: ALGORITHMS,
      });
      if (!hasAudience(payload, config.audience)) {
        return { refusal: invalidToken(scope, 'the token does not have a valid audience') };
      }
      const scopes = scopesOf(payload);
      if (routeScopes.length > 0 && !routeScopes.some((wanted) => scopes.includes(wanted))) {
        const challenge = `Bearer scope="${scope}" error="insufficient_scope" error_description="the token does not have any of the required scopes"`;
        return { refusal: refusal(403, 'Forbidden', challenge) };
      }
      return { grant: { claims: claimsAsText(payload), scopes: routeScopes.length > 0 ? scopes : null } };
    } catch (error) {
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
        return { refusal: invalidToken(scope, describe(error)) };
      }
      keys = undefined;
      onFault(`the issuer ${config.issuer} cannot be asked for its keys: ${String(error)}`);
      return { refusal: invalidToken(scope, "unable to fetch the issuer's keys") };
    }
  };
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const document = z.object({ jwks_uri: z.url() }).parse(await response.json());
  return createRemoteJWKSet(new URL(document.jwks_uri));
}

/** `client_id` counts only where `aud` is absent. */
function hasAudience({ aud, client_id: clientId }: JWTPayload, audience: readonly string[]): boolean {
  const given = aud === undefined ? [clientId] : Array.isArray(aud) ? aud : [aud];
  return given.some((one) => typeof one === 'string' && audience.includes(one));
}

function scopesOf({ scope, scp }: JWTPayload): string[] {
  const given = scope ?? scp;
  if (Array.isArray(given)) return given.filter((one) => typeof one === 'string');
  return typeof given === 'string' ? given.split(' ').filter((one) => one !== '') : [];
}

/** A function gets every claim as text; a list becomes `[a b]`. */
function claimsAsText(payload: JWTPayload): Record<string, string> {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
}

function describe(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the token's ${error.claim} is not valid`;
  return 'the token is not valid';
}

function invalidToken(scope: string, description: string): HttpAnswer {
  const challenge = `Bearer scope="${scope}" error="invalid_token" error_description="${description}"`;
  return refusal(401, 'Unauthorized', challenge);
}

function refusal(status: number, message: string, challenge: string): HttpAnswer {
  return messageAnswer(status, message, { 'www-authenticate': challenge });
}
