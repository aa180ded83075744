import { readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, inject, test } from 'vitest';
import { call } from '../support/api-call.ts';
import { comparable, patch, type Receipt, reserve, withToken } from '../support/buyer.ts';
import { countsOf } from '../support/counts.ts';
import { awaitMail, mailsTo, tokenIn, until } from '../support/inbox.ts';
import { LEAD_STORE_ID, OTHER_LEAD_STORE_ID } from '../support/locator.ts';
import { awaitLeadsDelivered } from '../support/stack-tables.ts';

interface Problem {
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
const pointersOf = (json: unknown) => (json as Problem).errors?.map(({ pointer }) => pointer).toSorted();

async function held(manageToken: string): Promise<Receipt & Record<string, unknown>> {
  const { status, json } = await call('GET', '/v1/reservation', withToken(manageToken));
  expect(status).toBe(200);
  return json as Receipt & Record<string, unknown>;
}

/** All but the place, which others move at a store that other tests use too. */
const exceptPlace = ({ placeInLine: _, ...rest }: Receipt & Record<string, unknown>) => rest;

const placeOf = ({ placeInLine }: Receipt) => placeInLine?.store ?? Number.NaN;

describe('a buyer who changes the store', () => {
  test('keeps number and time; the new store gets the lead, the old one is told, and the counts follow', async () => {
    const campaign = `change-${Date.now()}`;
    const { email, receipt } = await reserve({ dealerId: LEAD_STORE_ID, source: { campaign } });
    const { number, confirmedAt, manageToken } = receipt;
    // A lead that is being sent at this moment would be closed a minute later.
    await awaitLeadsDelivered(number);

    const changed = await patch(manageToken, { dealerId: OTHER_LEAD_STORE_ID });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('cache-control')).toBe('no-store');
    expect(changed.json).toMatchObject({ number, confirmedAt, dealer: { id: OTHER_LEAD_STORE_ID } });
    expect(exceptPlace(changed.json as Receipt & Record<string, unknown>)).toEqual(
      exceptPlace(await held(manageToken)),
    );
    expect((changed.json as { history: { event: string }[] }).history.map(({ event }) => event)).toEqual([
      'submitted',
      'confirmed',
      'changed',
    ]);

    const lead = await awaitMail('sales@other-store.example', ({ subject }) => subject.includes(number));
    expect(lead.text).toContain(email);
    const adf = await awaitMail('adf@other-crm.example', ({ text }) => text.includes(email));
    expect(adf.text).toContain('House of Imports');
    const closed = await awaitMail(
      'sales@store.example',
      ({ subject, text }) => subject.includes(number) && !text.includes(email),
    );
    expect(`${closed.subject} ${closed.text} ${closed.html}`).not.toMatch(/Zoë|O’Neil/);
    expect(closed.text).toMatch(/chosen\s+another\s+store/);
    const told = await awaitMail(email, ({ text }) => text.includes('House of Imports'));
    expect(told.subject).toContain(number);
    expect((await held(tokenIn(told, 'manage'))).number).toBe(number);

    const { total, groups } = await countsOf(`?by=dealer&campaign=${campaign}`);
    expect(groups).toEqual([
      {
        dealer: OTHER_LEAD_STORE_ID,
        submitted: 0,
        confirmed: 0,
        withdrawn: 0,
        movedIn: 1,
        movedOut: 0,
        active: 1,
      },
      { dealer: LEAD_STORE_ID, submitted: 1, confirmed: 1, withdrawn: 0, movedIn: 0, movedOut: 1, active: 0 },
    ]);
    for (const key of ['submitted', 'confirmed', 'withdrawn', 'movedIn', 'movedOut', 'active'] as const) {
      expect(total[key], key).toBe(groups.reduce((sum, group) => sum + group[key], 0));
    }

    await call('DELETE', '/v1/reservation', withToken(manageToken));
    const withdrawn = (await countsOf(`?by=dealer&campaign=${campaign}`)).groups;
    expect(withdrawn.map(({ dealer, active }) => [dealer, active])).toEqual([
      [OTHER_LEAD_STORE_ID, 0],
      [LEAD_STORE_ID, 0],
    ]);
  });

  test('stands at the new store where the time of confirmation puts them, and the others move', async () => {
    // Stores of this test alone: at others, others come and go.
    const [from, to] = ['2441', '2440'];
    const early = (await reserve({ dealerId: from })).receipt;
    const late = (await reserve({ dealerId: to })).receipt;
    const behind = (await reserve({ dealerId: from })).receipt;
    const place = placeOf(await held(late.manageToken));
    const behindPlace = placeOf(await held(behind.manageToken));
    await patch(early.manageToken, { dealerId: to });
    expect(placeOf(await held(early.manageToken))).toBe(place);
    expect(placeOf(await held(late.manageToken))).toBe(place + 1);
    expect(placeOf(await held(behind.manageToken))).toBe(behindPlace - 1);
    await patch(early.manageToken, { dealerId: from });
    expect(placeOf(await held(late.manageToken))).toBe(place);
    expect(placeOf(await held(behind.manageToken))).toBe(behindPlace);
    await patch(early.manageToken, { dealerId: null });
    expect(await held(early.manageToken)).toMatchObject({ dealer: null, placeInLine: null, number: early.number });
    expect(placeOf(await held(behind.manageToken))).toBe(behindPlace - 1);
  });

  test('and nothing else has the lead sent again to the same store, by the stream and once each', async () => {
    const { email, receipt } = await reserve({ dealerId: LEAD_STORE_ID });
    const isLead = ({ text }: { text: string }) => text.includes(email);
    const first = await awaitMail('adf@crm.example', isLead);
    await awaitLeadsDelivered(receipt.number);
    await patch(receipt.manageToken, { model: 'crossover-compact', phone: '+13055557788' });
    const again = await awaitMail('adf@crm.example', ({ text }) => text.includes(email) && text !== first.text);
    const [firstId, againId] = [first, again].map(({ text }) => new XMLParser().parse(text).adf.prospect.id);
    expect(againId).toEqual(firstId);
    expect(again.text).toContain('3055557788');
    const people = await until('the lead for people, twice', async () => {
      const mails = (await mailsTo('sales@store.example')).filter(isLead);
      return mails.length === 2 ? mails : undefined;
    });
    expect(people.map(({ subject }) => /^Sent again: /.test(subject))).toEqual([false, true]);
    // The stream's function was called for the new row and for the renewed one, and for none of the claims in between.
    for (const channel of ['adf-mail', 'lead-mail']) {
      const calls = await until(`the log of ${channel}`, async () => {
        const lines = readFileSync(inject('locator').logFile, 'utf8').split('\n');
        const own = lines.filter(
          (line) =>
            line.startsWith('deliveroutbox ') && line.includes(`"lead#${firstId}"`) && line.includes(`"${channel}"`),
        );
        return own.length >= 2 ? own : undefined;
      });
      expect(calls).toHaveLength(2);
    }
  });

  test('to the one that it is already changes and sends nothing', async () => {
    const { receipt } = await reserve({ dealerId: LEAD_STORE_ID });
    const before = await held(receipt.manageToken);
    const { status, json } = await patch(receipt.manageToken, { dealerId: LEAD_STORE_ID });
    expect(status).toBe(200);
    expect(exceptPlace(json as Receipt & Record<string, unknown>)).toEqual(exceptPlace(before));
  });
});

test('a buyer who moves is counted where they live now, and keeps their place', async () => {
  const campaign = `move-${Date.now()}`;
  const { receipt } = await reserve({ dealerId: LEAD_STORE_ID, zip: '90621', source: { campaign } });
  const { status, json } = await patch(receipt.manageToken, { zip: '33324' });
  expect(status).toBe(200);
  expect(json).toMatchObject({ number: receipt.number, dealer: { id: LEAD_STORE_ID }, person: { zip: '33324' } });
  const { groups } = await countsOf(`?by=state&campaign=${campaign}`);
  expect(groups.map(({ state, active, movedIn, movedOut }) => [state, active, movedIn, movedOut]).toSorted()).toEqual([
    ['CA', 0, 0, 1],
    ['FL', 1, 1, 0],
  ]);
});

describe('a change', () => {
  test('with many faults has each of them named at once, and changes nothing', async () => {
    const { receipt } = await reserve({ dealerId: LEAD_STORE_ID });
    const before = await held(receipt.manageToken);
    const { status, json } = await patch(receipt.manageToken, {
      dealerId: 'nowhere',
      model: 'tesla',
      phone: '555',
      zip: '00000',
      timeframe: 'soon',
      locale: 'fr-FR',
      consents: { email: 'true', phone: 1, version: '1999-01-01' },
      email: 'someone-else@buyers.example',
      number: 'ALP-2222-2222',
    });
    expect(status).toBe(400);
    expect(pointersOf(json)).toEqual([
      '#/consents/email',
      '#/consents/phone',
      '#/consents/version',
      '#/dealerId',
      '#/email',
      '#/locale',
      '#/model',
      '#/number',
      '#/phone',
      '#/timeframe',
      '#/zip',
    ]);
    expect(exceptPlace(await held(receipt.manageToken))).toEqual(exceptPlace(before));
  });

  test.each([
    ['{}', ['#'], 'at least one member'],
    ['null', ['#'], 'must be a JSON object'],
    ['[]', ['#'], 'must be a JSON object'],
    ['{"dealerId":"2745","dealerId":"2605"}', ['#/dealerId'], 'more than once'],
    ['{"dealerId":"nowhere","zip":"00000"}', ['#/dealerId', '#/zip'], 'GET /v1/dealers'],
    ['{"model":null}', ['#/model'], 'model ids of GET /v1/form'],
    ['{"consents":{"email":true}}', ['#/consents/version'], 'GET /v1/form'],
    ['{"phone":null,"consents":{"phone":true,"version":"2026-11-23"}}', ['#/phone'], 'is required when'],
  ])('of %s names the fault and the fix', async (body, pointers, fix) => {
    const { manageToken } = (await reserve({ phone: '+13055557799' })).receipt;
    const { status, json } = await patch(manageToken, body);
    expect(status).toBe(400);
    expect(pointersOf(json)).toEqual(pointers);
    expect(JSON.stringify(json)).toContain(fix);
  });

  test('must be JSON of at most 8 KiB', async () => {
    const { manageToken } = (await reserve()).receipt;
    expect((await patch(manageToken, '')).status).toBe(400);
    expect((await patch(manageToken, '{"model":')).status).toBe(400);
    expect((await patch(manageToken, '{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await patch(manageToken, '{}', { 'content-encoding': 'gzip' })).status).toBe(415);
    const padded = (bytes: number) => '{"model":"undecided"}'.padEnd(bytes);
    expect((await patch(manageToken, padded(8_192))).status).toBe(200);
    expect((await patch(manageToken, padded(8_193))).status).toBe(413);
  });

  test('may be asked for by the site’s own pages: the preflight allows PATCH and its headers', async () => {
    const { siteUrl } = inject('locator');
    const preflight = (origin: string) =>
      call('OPTIONS', '/v1/reservation', {
        headers: {
          origin,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization,content-type',
        },
      });
    const { status, headers } = await preflight(siteUrl);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(siteUrl);
    expect(headers.get('access-control-allow-methods')).toMatch(/\bPATCH\b/);
    expect(headers.get('access-control-allow-headers')).toMatch(/authorization.*content-type/);
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-methods')).toBeNull();
  });
});

test('every token that is good for nothing is refused alike by GET, PATCH and DELETE', async () => {
  const { confirmToken, receipt } = await reserve();
  const withdrawn = (await reserve()).receipt.manageToken;
  expect((await call('DELETE', '/v1/reservation', withToken(withdrawn))).status).toBe(204);
  const { manageToken } = receipt;
  const [keyId = '', claims = '', signature = ''] = manageToken.split('.');
  const credentials = [
    undefined,
    'Bearer',
    'Bearer x',
    `Basic ${manageToken}`,
    ...[
      confirmToken,
      withdrawn,
      `${manageToken}x`,
      manageToken.slice(0, -1),
      `${keyId}.${claims}.${'A'.repeat(signature.length)}`,
      `another-key.${claims}.${signature}`,
      `${keyId}.${Buffer.from('["x",1,9999999999]').toString('base64url')}.${signature}`,
    ].map((token) => `Bearer ${token}`),
  ];
  const refusals = await Promise.all(
    ['GET', 'PATCH', 'DELETE'].flatMap((method) =>
      credentials.map(async (authorization) => {
        const headers = { ...(authorization !== undefined && { authorization }), 'content-type': 'application/json' };
        const body = method === 'PATCH' ? { body: '{"dealerId":null}' } : {};
        return comparable(await call(method, '/v1/reservation', { headers, ...body }));
      }),
    ),
  );
  expect(new Set(refusals.map((refusal) => JSON.stringify(refusal)))).toHaveLength(1);
  expect(refusals[0]).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
  expect((await held(manageToken)).number).toBe(receipt.number);
});
