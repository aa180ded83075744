import { describe, expect, inject, test } from 'vitest';
import { call } from '../support/api-call.ts';
import { comparable, interestBody, type Receipt, reserve, withToken } from '../support/buyer.ts';
import { awaitMail, mailsTo } from '../support/inbox.ts';
import { LEAD_STORE_ID } from '../support/locator.ts';
import { awaitLeadsDelivered } from '../support/stack-tables.ts';

interface Held {
  readonly consents: readonly { readonly id: string; readonly granted: boolean; readonly text: string }[];
  readonly history: readonly { readonly event: string }[];
}

const URLENCODED = {
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'List-Unsubscribe=One-Click',
};
const MULTIPART = {
  headers: { 'content-type': 'multipart/form-data; boundary=---FormBoundaryjWmhtjORrn' },
  body: [
    '-----FormBoundaryjWmhtjORrn',
    'Content-Disposition: form-data; name="List-Unsubscribe"',
    '',
    'One-Click',
    '-----FormBoundaryjWmhtjORrn--',
    '',
  ].join('\r\n'),
};

/** A buyer who takes news and calls, and the address in the header of the mail with the receipt. */
async function subscribed(dealerId?: string): Promise<{ email: string; receipt: Receipt; path: string }> {
  const { consents } = await interestBody();
  const { version } = consents as { version: string };
  const { email, receipt } = await reserve({
    phone: '+13055557711',
    ...(dealerId !== undefined && { dealerId }),
    consents: { email: true, phone: true, version },
  });
  const mail = await awaitMail(email, ({ subject }) => subject.includes(receipt.number));
  expect(mail.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
  const url = new URL(/^<([^<>]+)>$/.exec(mail.headers['list-unsubscribe'] ?? '')?.[1] ?? '');
  expect(url.origin).toBe(inject('locator').siteUrl);
  return { email, receipt, path: `${url.pathname}${url.search}` };
}

async function held({ manageToken }: Receipt): Promise<Held> {
  const { status, json } = await call('GET', '/v1/reservation', withToken(manageToken));
  expect(status).toBe(200);
  return json as Held;
}

const answersOf = ({ consents }: Held) => consents.map(({ id, granted }) => [id, granted]);

describe('a mail program that unsubscribes its reader', () => {
  test.each([
    ['urlencoded', URLENCODED],
    ['multipart', MULTIPART],
  ])('by a form that is %s ends the consent to news, and nothing else, however often it asks', async (_, form) => {
    const { email, receipt, path } = await subscribed();
    const mailsBefore = (await mailsTo(email)).length;
    const answers = [
      await call('POST', path, form),
      ...(await Promise.all(Array.from({ length: 3 }, () => call('POST', path, form)))),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(() => [204, '']));
    expect(answers[0]?.headers.getSetCookie()).toEqual([]);
    const now = await held(receipt);
    expect(answersOf(now)).toEqual([
      ['email', true],
      ['phone', true],
      ['email', false],
    ]);
    expect(now.consents[2]?.text).toBe(now.consents[0]?.text);
    expect(now.history.map(({ event }) => event)).toEqual(['submitted', 'confirmed', 'unsubscribed']);
    expect(now).toMatchObject({ number: receipt.number, confirmedAt: receipt.confirmedAt, person: { email } });
    // Nobody who unsubscribes wants a mail about it.
    await reserve();
    expect(await mailsTo(email)).toHaveLength(mailsBefore);
  });

  test('has the store told, which may no longer write to them either', async () => {
    const { email, receipt, path } = await subscribed(LEAD_STORE_ID);
    await awaitLeadsDelivered(receipt.number);
    expect((await call('POST', path, URLENCODED)).status).toBe(204);
    const again = await awaitMail(
      'sales@store.example',
      ({ subject, text }) => subject.startsWith('Sent again') && text.includes(email),
    );
    expect(again.subject).toContain(receipt.number);
  });

  test('is a prefetch when it only looks: nothing changes, and the address says what it takes', async () => {
    const { receipt, path } = await subscribed();
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const { status, headers } = await call(method, path);
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
    expect(answersOf(await held(receipt))).toEqual([
      ['email', true],
      ['phone', true],
    ]);
  });

  test('must say so in the one form that there is', async () => {
    const { receipt, path } = await subscribed();
    const refusalOf = async (body: string, contentType = URLENCODED.headers['content-type'], at = path) => {
      const { status, json } = await call('POST', at, { headers: { 'content-type': contentType }, body });
      const { errors = [] } = json as { errors?: { pointer: string }[] };
      return [status, ...errors.map(({ pointer }) => pointer)];
    };
    expect(await refusalOf('')).toEqual([400, '#/List-Unsubscribe']);
    expect(await refusalOf('List-Unsubscribe=Two-Clicks')).toEqual([400, '#/List-Unsubscribe']);
    expect(await refusalOf(`${URLENCODED.body}&x=1`)).toEqual([400, '#/x']);
    expect(await refusalOf(`${URLENCODED.body}&${URLENCODED.body}`)).toEqual([400, '#/List-Unsubscribe']);
    expect(await refusalOf('{"List-Unsubscribe":"One-Click"}', 'application/json')).toEqual([415]);
    expect(await refusalOf(`${URLENCODED.body}&x=${'x'.repeat(8_192)}`)).toEqual([413]);
    const [pathname = ''] = path.split('?');
    const form = URLENCODED.headers['content-type'];
    expect(await refusalOf(URLENCODED.body, form, pathname)).toEqual([400, '?token']);
    expect(await refusalOf('', form, pathname)).toEqual([400, '?token', '#/List-Unsubscribe']);
    expect(await refusalOf(URLENCODED.body, form, `${path}&token=x`)).toEqual([400, '?token']);
    expect(answersOf(await held(receipt))).toHaveLength(2);
  });
});

test('the token of a List-Unsubscribe header opens nothing else, and no other token unsubscribes', async () => {
  const { receipt, path } = await subscribed();
  const token = new URL(path, 'http://x').searchParams.get('token') ?? '';
  for (const method of ['GET', 'DELETE'])
    expect((await call(method, '/v1/reservation', withToken(token))).status).toBe(401);
  const other = await subscribed();
  await call('DELETE', '/v1/reservation', withToken(other.receipt.manageToken));
  const useless = [receipt.manageToken, `${token}x`, token.slice(0, -1), 'x', 'a.b.c'].map(
    (bad) => `/v1/reservation/unsubscribe?token=${bad}`,
  );
  const refusals = await Promise.all(
    [...useless, other.path].map(async (at) => comparable(await call('POST', at, URLENCODED))),
  );
  expect(new Set(refusals.map((refusal) => JSON.stringify(refusal)))).toHaveLength(1);
  expect(refusals[0]?.status).toBe(404);
  expect(answersOf(await held(receipt))).toHaveLength(2);
});
