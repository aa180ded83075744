import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ISSUER_PATH, openIssuer } from '../../local/issuer.ts';
import { type Site, startSite } from '../../local/site.ts';

const VERIFIER = 'v'.repeat(43);
/** base64url(SHA-256(VERIFIER)) */
let challenge: string;
let site: Site;
let issuerUrl: string;

beforeAll(async () => {
  site = await startSite(0, () => {});
  issuerUrl = `${site.url}${ISSUER_PATH}`;
  const issuer = await openIssuer({ read: () => undefined, write: () => {} }, issuerUrl);
  issuer.setDefaultAudience('locator');
  site.mount(ISSUER_PATH, issuer.handle);
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(VERIFIER));
  challenge = Buffer.from(digest).toString('base64url');
});
afterAll(() => site.stop());

function authorize(parameters: Record<string, string>, cookie = ''): Promise<Response> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'dashboard',
    redirect_uri: `${site.url}/dashboard/`,
    scope: 'openid counts leads',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...parameters,
  });
  return fetch(`${issuerUrl}/authorize?${query}`, { redirect: 'manual', headers: { cookie } });
}

const askToken = (parameters: Record<string, string>): Promise<Response> =>
  fetch(`${issuerUrl}/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'dashboard', redirect_uri: `${site.url}/dashboard/`, ...parameters }),
  });

async function codeOf(person: string, scope = 'openid counts leads'): Promise<string> {
  const location = (await authorize({ person, scope })).headers.get('location');
  return new URL(location ?? '').searchParams.get('code') ?? '';
}

async function tokensOf(person: string, scope?: string) {
  const code = await codeOf(person, scope);
  const response = await askToken({ grant_type: 'authorization_code', code, code_verifier: VERIFIER });
  return (await response.json()) as Record<'access_token' | 'id_token' | 'refresh_token' | 'scope', string>;
}

describe('the local issuer', () => {
  test('asks who it is, on a page that nothing can be loaded into', async () => {
    const response = await authorize({});
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    const page = await response.text();
    expect(page.match(/<a href/g)).toHaveLength(3);
    expect(page).toContain('state=a-state');
    expect(page).not.toMatch(/<link|<script|src=/);
  });

  test('does not let a name onto the page that was put into the address', async () => {
    const page = await (await authorize({ state: '"><script>' })).text();
    expect(page).not.toContain('<script>');
  });

  test.each(['', '/', '//', '//authorize', '/nothing'])('answers %j, where there is no page', async (path) => {
    const response = await fetch(`${site.url}${ISSUER_PATH}${path}`);
    expect(response.status).toBeGreaterThanOrEqual(400);
  });

  test.each([
    ['marketing', 'openid counts leads', 'openid counts leads'],
    ['marketing', 'openid counts', 'openid counts'],
    ['agency', 'openid counts leads', 'openid counts'],
    ['newcomer', 'openid counts leads', 'openid'],
  ])('grants %s who asks for %s: %s', async (person, asked, granted) => {
    const { access_token: token, id_token: idToken, scope } = await tokensOf(person, asked);
    expect(decodeJwt(token)).toMatchObject({ sub: person, scope: granted, aud: 'locator' });
    expect(decodeJwt(idToken)).toMatchObject({ sub: person, aud: 'dashboard', nonce: 'a-nonce' });
    expect(scope).toBe(granted);
  });

  test('renews with the same permissions, once', async () => {
    const { refresh_token: first } = await tokensOf('agency');
    const renewed = await askToken({ grant_type: 'refresh_token', refresh_token: first });
    const { access_token: token, refresh_token: second } = (await renewed.json()) as Record<string, string>;
    expect(decodeJwt(token ?? '')).toMatchObject({ sub: 'agency', scope: 'openid counts' });
    expect(second).not.toBe(first);
    const again = (await (await askToken({ grant_type: 'refresh_token', refresh_token: first })).json()) as Record<
      string,
      string
    >;
    expect(decodeJwt(again['access_token'] ?? '')['scope']).not.toContain('counts');
  });

  test('refuses a code without its verifier', async () => {
    const code = await codeOf('marketing');
    const response = await askToken({ grant_type: 'authorization_code', code, code_verifier: 'w'.repeat(43) });
    expect(response.status).toBeGreaterThanOrEqual(400);
  });

  test('remembers who signed in until they sign out', async () => {
    const [cookie = ''] = ((await authorize({ person: 'agency' })).headers.get('set-cookie') ?? '').split(';');
    expect((await authorize({}, cookie)).status).toBe(302);
    const signedOut = await fetch(`${issuerUrl}/endsession?post_logout_redirect_uri=${site.url}/dashboard/`, {
      redirect: 'manual',
    });
    expect(signedOut.headers.get('set-cookie')).toMatch(/Max-Age=0/);
    expect(signedOut.headers.get('location')).toBe(`${site.url}/dashboard/`);
  });
});
