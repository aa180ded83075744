import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../local/http/exchange.ts';
import { createJwtAuthorizer, type JwtAuthorizer } from '../../local/http/jwt-authorizer.ts';
import { ISSUER_PATH, type Issuer, openIssuer } from '../../local/issuer.ts';
import { type Site, startSite } from '../../local/site.ts';

const AUDIENCE = 'alpine';
let site: Site;
let issuer: Issuer;
let issuerUrl: string;
let authorize: JwtAuthorizer;

beforeAll(async () => {
  site = await startSite(0, () => {});
  issuerUrl = `${site.url}${ISSUER_PATH}`;
  issuer = await openIssuer({ read: () => undefined, write: () => {} }, issuerUrl);
  site.mount(ISSUER_PATH, issuer.handle);
  authorize = createJwtAuthorizer({ issuer: issuerUrl, audience: [AUDIENCE] }, () => {});
});
afterAll(() => site.stop());

const request = (authorization?: string): HttpRequest => ({
  method: 'GET',
  path: '/',
  query: '',
  headers: new Map(authorization === undefined ? [] : [['authorization', [authorization]]]),
  body: Buffer.alloc(0),
  sourceIp: '192.0.2.1',
  sourcePort: 1,
});

async function decide(authorization?: string, scopes: readonly string[] = ['counts']) {
  const decision = await authorize(request(authorization), scopes);
  if ('grant' in decision) return decision.grant;
  const { status, headers, body } = decision.refusal;
  return { status, body: JSON.parse(body.toString()), challenge: headers.get('www-authenticate')?.[0] };
}

/** A token with the issuer's own key and claims of the test's choosing. */
async function token(form: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(`${issuerUrl}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  });
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) throw new Error('no token');
  return String(answer.access_token);
}

describe('the JWT authorizer', () => {
  test('lets a token of the right audience and scope pass with its claims as text', async () => {
    const grant = await decide(`Bearer ${await issuer.issueToken('counts leads', AUDIENCE)}`);
    expect(grant).toMatchObject({
      claims: { iss: issuerUrl, aud: AUDIENCE, scope: 'counts leads', exp: expect.stringMatching(/^\d+$/) },
      scopes: ['counts', 'leads'],
    });
  });

  test('takes a token without the word Bearer, as the gateway does', async () => {
    expect(await decide(await issuer.issueToken('counts', AUDIENCE))).toHaveProperty('claims');
  });

  test('asks for no scope where the route names none', async () => {
    expect(await decide(`Bearer ${await issuer.issueToken('', AUDIENCE)}`, [])).toMatchObject({ scopes: null });
  });

  test('answers 401 with the gateway’s own body when there is no token', async () => {
    expect(await decide()).toEqual({ status: 401, body: { message: 'Unauthorized' }, challenge: 'Bearer' });
  });

  test('answers 403 when none of the scopes is there', async () => {
    const refusal = await decide(`Bearer ${await issuer.issueToken('leads', AUDIENCE)}`);
    expect(refusal).toMatchObject({ status: 403, body: { message: 'Forbidden' } });
    expect(refusal).toHaveProperty('challenge', expect.stringContaining('error="insufficient_scope"'));
  });

  test.each([
    ['is for someone else', () => issuer.issueToken('counts', 'other'), 'audience'],
    ['is no token', async () => 'abc', 'not valid'],
    [
      'has another signature',
      async () => `${(await issuer.issueToken('counts', AUDIENCE)).slice(0, -8)}AAAAAAAA`,
      'not valid',
    ],
    ['has the signature of a stranger', forged, 'not valid'],
    ['has no signature', unsigned, 'not valid'],
  ])('answers 401 to one that %s', async (_, make, reason) => {
    const refusal = await decide(`Bearer ${await make()}`);
    expect(refusal).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
    expect(refusal).toHaveProperty('challenge', expect.stringContaining(reason));
  });

  test('gives a token that asks for no audience the template’s', async () => {
    expect(await decide(`Bearer ${await token({ scope: 'counts' })}`)).toMatchObject({ status: 401 });
    issuer.setDefaultAudience(AUDIENCE);
    expect(await decide(`Bearer ${await token({ scope: 'counts' })}`)).toHaveProperty('claims');
  });

  test('takes no other algorithm than those of RSA with PKCS #1, as the gateway does', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'curve', alg: 'ES256' }] };
    const url = `${site.url}/curve`;
    site.mount('/curve', (incoming, outgoing) => {
      const discovery = incoming.url?.endsWith('openid-configuration');
      outgoing.end(JSON.stringify(discovery ? { jwks_uri: `${url}/keys` } : keys));
    });
    const token = await new SignJWT({ aud: AUDIENCE, iss: url })
      .setProtectedHeader({ alg: 'ES256', kid: 'curve' })
      .setExpirationTime('1h')
      .sign(privateKey);
    const decision = await createJwtAuthorizer({ issuer: url, audience: [AUDIENCE] }, () => {})(request(token), []);
    expect(decision).toHaveProperty('refusal.status', 401);
  });

  test('answers 401 and says why when the issuer cannot be asked', async () => {
    const faults: string[] = [];
    const lost = createJwtAuthorizer({ issuer: 'http://127.0.0.1:1', audience: [AUDIENCE] }, (reason) =>
      faults.push(reason),
    );
    const decision = await lost(request(await issuer.issueToken('counts', AUDIENCE)), []);
    expect(decision).toHaveProperty('refusal.status', 401);
    expect(faults).toEqual([expect.stringContaining('http://127.0.0.1:1')]);
  });
});

async function forged(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256');
  return await new SignJWT({ scope: 'counts', aud: AUDIENCE, iss: issuerUrl })
    .setProtectedHeader({ alg: 'RS256', kid: 'stranger' })
    .setExpirationTime('1h')
    .sign(privateKey);
}

async function unsigned(): Promise<string> {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ scope: 'counts', aud: AUDIENCE, iss: issuerUrl, exp: 4e9 })}.`;
}
