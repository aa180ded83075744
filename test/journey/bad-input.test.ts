import { describe, expect, inject, test } from 'vitest';
import { call } from '../support/api-call.ts';
import { interestBody, newAddress, post, submit } from '../support/buyer.ts';
import { awaitMail, mailsTo } from '../support/inbox.ts';

interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

const pointersOf = (json: unknown) => (json as Problem).errors?.map(({ pointer }) => pointer).toSorted();

describe('a search', () => {
  test.each([
    ['', ['?near']],
    ['near=', ['?near']],
    ['near=33324&radius=0', ['?radius']],
    ['near=33324&radius=501', ['?radius']],
    ['near=33324&radius=1e2&limit=1.5&unit=nm', ['?limit', '?radius', '?unit']],
    ['near=33324&radius=0x10', ['?radius']],
    ['near=33324&radius=NaN', ['?radius']],
    ['near=33324&radius=%EF%BC%91%EF%BC%92', ['?radius']],
    ['near=33324&radius=&limit=-1', ['?limit', '?radius']],
    ['near=33324&near=33325', ['?near']],
    ['near=33324&model=tesla&debug=1', ['?debug', '?model']],
    ['near=95,10', ['?near']],
    ['near=26.1,-180.1', ['?near']],
    ['near=NaN,NaN', ['?near']],
    ['near=1e1,2', ['?near']],
    ['near=33324%0A', ['?near']],
    ['near=%00', ['?near']],
    [`near=${'x'.repeat(2000)}`, ['?near']],
    ['near=33324&__proto__=1', ['?__proto__']],
    ['near=nowhere-at-all&radius=x', ['?near', '?radius']],
  ])('with %s names %j', async (query, pointers) => {
    const { status, json, headers } = await call('GET', `/v1/dealers?${query}`);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(pointersOf(json)).toEqual(pointers);
  });

  test('is refused for a route that takes no parameters, too', async () => {
    expect(pointersOf((await call('GET', '/v1/health?x=1')).json)).toEqual(['?x']);
  });
});

describe('a form', () => {
  test('with many faults has each of them named at once, and stores nothing', async () => {
    const email = newAddress();
    const { status, json } = await submit({
      email,
      givenName: 'A\r\nBcc: x@example.com',
      familyName: '\u200b',
      phone: '555',
      zip: '3332',
      model: 'unknown',
      timeframe: 'soon',
      locale: 'fr-FR',
      consents: { email: 'false', phone: 1, version: null },
      attestations: { adult: false, usResident: 'true' },
      source: { page: 'javascript:alert(1)', campaign: 'a b' },
      extra: true,
    } as never);
    expect(status).toBe(400);
    expect(pointersOf(json)).toEqual([
      '#/attestations/adult',
      '#/attestations/usResident',
      '#/consents/email',
      '#/consents/phone',
      '#/consents/version',
      '#/extra',
      '#/familyName',
      '#/givenName',
      '#/locale',
      '#/model',
      '#/phone',
      '#/source/campaign',
      '#/source/page',
      '#/timeframe',
      '#/zip',
    ]);
    await expectNoMail(email);
  });

  test.each([
    ['an unknown ZIP', { zip: '00000' }, ['#/zip']],
    ['an unknown store', { dealerId: 'nowhere' }, ['#/dealerId']],
    ['an unknown wording', { consents: { email: true, phone: false, version: '1999-01-01' } }, ['#/consents/version']],
    ['calls allowed without a number', { consents: { email: true, phone: true, version: '2026-11-23' } }, ['#/phone']],
    ['a forged form token', { formToken: 'x.y.z' }, ['#/formToken']],
    ['an address of 255 characters', { email: `ab@${'b.'.repeat(125)}cc` }, ['#/email']],
    ['a name of 51 characters', { givenName: 'é'.repeat(51) }, ['#/givenName']],
    ['half a surrogate pair', { givenName: 'A\ud800' }, ['#/givenName']],
    ['a damaged character', { givenName: 'B\ufffdb' }, ['#/givenName']],
    ['text that is shown backwards', { familyName: 'ab\u202ecd' }, ['#/familyName']],
    [
      'faults that a schema sees and faults that it does not',
      {
        email: 'x',
        zip: '00000',
        dealerId: 'nowhere',
        formToken: 'x',
        consents: { email: 1, phone: false, version: 'x' },
      },
      ['#/consents/email', '#/consents/version', '#/dealerId', '#/email', '#/formToken', '#/zip'],
    ],
  ])('with %s names it', async (_, changes, pointers) => {
    const { status, json } = await submit(changes);
    expect(status).toBe(400);
    expect(pointersOf(json)).toEqual(pointers);
  });

  test('of a name at the limit, in any script, is taken', async () => {
    expect((await submit({ givenName: '李'.repeat(50), familyName: '👩‍🚀'.repeat(10) })).status).toBe(202);
  });

  test('sent back at once is told to wait', async () => {
    const { json } = await call('GET', '/v1/form');
    const body = await interestBody({ formToken: (json as { formToken: string }).formToken });
    const answer = await post('/v1/interests', body);
    expect(answer.status).toBe(400);
    expect(pointersOf(answer.json)).toEqual(['#/formToken']);
    expect((answer.json as Problem).detail).toContain('2 seconds');
  });

  test.each([
    ['null', 400],
    ['[]', 400],
    ['"x"', 400],
    ['{"email":', 400],
    ['', 400],
    ['{"email":"a@b.co","email":"a@b.co"}', 400],
    ['{"__proto__":{"adult":true}}', 400],
    [`${'['.repeat(4000)}${']'.repeat(4000)}`, 400],
    [`"${'x'.repeat(8191)}"`, 413],
    ['x'.repeat(1_000_000), 413],
  ])('whose body is %.30s… is a %i', async (body, status) => {
    const answer = await post('/v1/interests', body);
    expect(answer.status).toBe(status);
    expect((answer.json as Problem).status).toBe(status);
  });

  test('of another media type or compressed is a 415', async () => {
    for (const headers of [
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-encoding': 'gzip' },
    ]) {
      expect((await post('/v1/interests', '{}', headers as Record<string, string>)).status).toBe(415);
    }
  });

  test('under a key that is not printable ASCII of 1 to 255 characters is a 400', async () => {
    for (const key of ['é', 'x'.repeat(256), 'a\tb']) {
      const { status, json } = await submit({}, { 'idempotency-key': key });
      expect(status).toBe(400);
      expect(pointersOf(json)).toEqual(['Idempotency-Key']);
    }
  });
});

describe('an address', () => {
  test.each([
    ['PUT', '/v1/dealers', 405, 'GET, HEAD'],
    ['DELETE', '/v1/interests', 405, 'POST'],
    ['PATCH', '/v1/health', 405, 'GET, HEAD'],
    ['GET', '/v1/interests/confirm', 405, 'POST'],
    ['GET', '/v1/nothing', 404, null],
    ['GET', '/v1/dealers/a/b', 404, null],
    ['POST', '/v1/../v1/nothing', 404, null],
  ])('%s %s is a %i', async (method, path, status, allow) => {
    const answer = await call(method, path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('allow')).toBe(allow);
    expect((answer.json as Problem).status).toBe(status);
  });

  test('answers HEAD as it answers GET, without a body', async () => {
    const head = await call('HEAD', '/v1/dealers?near=33324');
    const get = await call('GET', '/v1/dealers?near=33324');
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
  });

  test('is open to the site’s own pages, and to no other origin', async () => {
    const { siteUrl } = inject('locator');
    const preflight = (origin: string) =>
      fetch(`${siteUrl}/v1/interests`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    expect((await preflight(siteUrl)).headers.get('access-control-allow-origin')).toBe(siteUrl);
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

test.each([
  ['by=planet', ['?by']],
  ['by=state,state', ['?by']],
  ['by=state,model,day', ['?by']],
  ['from=2026-02-30&to=2026-1-1', ['?from', '?to']],
  ['from=2026-02-02&to=2026-02-01', ['?to']],
  ['state=fl&dealerId=A&metro=1&model=x&campaign=%20', ['?campaign', '?dealerId', '?metro', '?model', '?state']],
])('counts asked for with %s name %j', async (query, pointers) => {
  const { tokens } = inject('locator');
  const { status, json } = await call('GET', `/v1/interest-counts?${query}`, {
    headers: { authorization: `Bearer ${tokens.counts}` },
  });
  expect(status).toBe(400);
  expect(pointersOf(json)).toEqual(pointers);
});

/** A mail asked for later, to someone else, has come: one to this address would have come before. */
async function expectNoMail(email: string): Promise<void> {
  const later = newAddress();
  await submit({ email: later });
  await awaitMail(later);
  expect(await mailsTo(email)).toEqual([]);
}
