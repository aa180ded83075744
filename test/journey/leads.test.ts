import { createHmac, randomUUID } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, inject, test } from 'vitest';
import type { LeadsAnswer } from '../../shared/contract/leads.ts';
import { adfFaults } from '../leads/adf-validator.ts';
import { call } from '../support/api-call.ts';
import { patch, post, reserve, withToken } from '../support/buyer.ts';
import { awaitMail, mailsTo, type ReceivedMail, until } from '../support/inbox.ts';
import { awaitLead, FALLBACK, keepLeads, type LeadRow, leads, redeliver } from '../support/ledger.ts';
import { ANSWERING_STORE_ID, LEAD_STORE_ID, WEBHOOK_SECRET, WEBHOOK_STORE_ID } from '../support/locator.ts';
import type { ReceivedPost } from '../support/webhook-endpoint.ts';

const STORE_WITHOUT_CHANNEL_ID = '2085';

const { tokens } = inject('locator');

const statusesOf = ({ deliveries }: LeadRow) =>
  Object.fromEntries(deliveries.map(({ channel, status }) => [channel, status]));
const acknowledge = (leadId: string, token: unknown) => post(`/v1/leads/${leadId}/acknowledge`, { token });

function acknowledgeTokenIn({ text }: ReceivedMail): string {
  const token = /\/lead\/#acknowledge=([\w.-]+)/.exec(text)?.[1];
  if (token === undefined) throw new Error('the mail has no link to acknowledge');
  return token;
}

/** Standard Webhooks 1.0.0, "Signature scheme". */
function signatureOf({ headers, body }: ReceivedPost): string {
  const key = Buffer.from(WEBHOOK_SECRET.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

describe('the ledger', () => {
  test('is for operations only', async () => {
    const requests = [
      (parts: object) => call('GET', '/v1/leads', parts),
      (parts: object) => call('POST', `/v1/leads/${randomUUID()}/redeliver`, parts),
    ];
    for (const request of requests) {
      expect((await request({})).status).toBe(401);
      expect((await request(withToken('x.y.z'))).status).toBe(401);
      expect((await request(withToken(tokens.counts))).status).toBe(403);
      expect((await request(withToken(tokens.none))).status).toBe(403);
      expect((await request(withToken(tokens.leads))).status).not.toBe(403);
    }
  });

  test('gives its leads newest first, each once, page by page, and sums up on the first page only', async () => {
    const { dealerId, ids } = await keepLeads(Array.from({ length: 60 }, () => 'delivered' as const));
    const pages: LeadsAnswer[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: LeadsAnswer = await leads(`?dealerId=${dealerId}${cursor && `&cursor=${cursor}`}`);
      pages.push(page);
      cursor = page.cursor;
    }
    expect(pages.flatMap((page) => page.leads.map(({ id }) => id))).toEqual(ids);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.map(({ summary }) => summary !== null)).toEqual(pages.map((_, index) => index === 0));
    expect(pages[0]?.summary?.stores).toEqual([{ dealerId, leads: 60, acknowledged: 0, medianResponseSeconds: null }]);
  });

  test('is filtered by status and store', async () => {
    const statuses = ['delivered', 'failed', 'pending', 'failed', 'cancelled'] as const;
    const { dealerId, ids } = await keepLeads(statuses);
    const expected = statuses.toReversed();
    for (const status of ['pending', 'delivered', 'failed', 'cancelled']) {
      const found = await leads(`?dealerId=${dealerId}&status=${status}`);
      expect(found.leads.map(({ id }) => id)).toEqual(ids.filter((_, index) => expected[index] === status));
      expect(found.leads.every((lead) => lead.status === status && lead.dealerId === dealerId)).toBe(true);
    }
    // Among everyone's, by status alone.
    const all = await leads('?status=failed');
    expect(all.leads.every(({ status }) => status === 'failed')).toBe(true);
    expect((await leads(`?dealerId=none-${randomUUID().slice(0, 8)}`)).leads).toEqual([]);
  });

  test.each([
    ['cursor', `cursor=${Buffer.from('2026-11-23T14:05:09.120Z#x').toString('base64url')}`],
    ['cursor', 'cursor=x'],
    ['cursor', 'cursor='],
    ['cursor', `cursor=${Buffer.from(`2026-11-23T14:05:09.120Z#${randomUUID()}`).toString('base64')}==`],
    ['status', 'status=lost'],
    ['dealerId', 'dealerId=A%20B'],
    ['limit', 'limit=1'],
  ])('refuses what is no %s of ours (%s)', async (parameter, query) => {
    const { status, json } = await call('GET', `/v1/leads?${query}`, withToken(tokens.leads));
    expect(status).toBe(400);
    expect(json).toMatchObject({ errors: [{ pointer: expect.stringContaining(parameter) }] });
  });
});

describe('a lead', () => {
  test('that is sent again reaches the store under the same id, marked as such', async () => {
    const { email, receipt } = await reserve({ dealerId: LEAD_STORE_ID, phone: '+13055551234' });
    const first = await awaitLead(LEAD_STORE_ID, receipt.number);
    expect(statusesOf(first)).toEqual({
      'lead-mail': 'delivered',
      'adf-mail': 'delivered',
      'reminder-mail': 'pending',
      'escalation-mail': 'pending',
    });
    const answer = await redeliver(first.id);
    expect([answer.status, answer.json]).toEqual([202, { status: 'due' }]);
    const sent = async () => (await mailsTo('adf@crm.example')).filter(({ text }) => text.includes(email));
    const adfs = await until('the lead again', async () => ((await sent()).length === 2 ? sent() : undefined));
    const prospects = adfs.map(({ text }) => new XMLParser({ ignoreAttributes: false }).parse(text).adf.prospect);
    expect(prospects.map((prospect) => prospect['@_status'])).toEqual(['new', 'resend']);
    expect(prospects.map(({ id }) => id['#text'])).toEqual([first.id, first.id]);
    expect(adfFaults(adfs.map(({ text }) => text))).toEqual([]);
    await awaitMail(
      'sales@store.example',
      (mail) => mail.subject.startsWith('Sent again') && mail.text.includes(email),
    );
  });

  test('that is not there, or closed, is not sent again', async () => {
    expect((await redeliver(randomUUID())).status).toBe(404);
    expect((await redeliver('x')).status).toBe(404);
    const { receipt } = await reserve({ dealerId: LEAD_STORE_ID });
    const { id } = await awaitLead(LEAD_STORE_ID, receipt.number);
    expect((await patch(receipt.manageToken, { dealerId: ANSWERING_STORE_ID })).status).toBe(200);
    expect((await redeliver(id)).status).toBe(409);
    expect((await call('DELETE', '/v1/reservation', withToken(receipt.manageToken))).status).toBe(204);
    expect((await redeliver(id)).status).toBe(409);
  });

  test('of a store without any channel goes to the fallback address', async () => {
    const { email, receipt } = await reserve({ dealerId: STORE_WITHOUT_CHANNEL_ID });
    const mail = await awaitMail(FALLBACK, ({ text }) => text.includes(email));
    expect(mail.subject).toContain(receipt.number);
    const lead = await awaitLead(STORE_WITHOUT_CHANNEL_ID, receipt.number);
    expect(Object.keys(statusesOf(lead)).toSorted()).toEqual(['escalation-mail', 'lead-mail', 'reminder-mail']);
  });

  test('is taken on by whoever of the store presses the button first, and the ledger says how fast', async () => {
    const before = (await leads(`?dealerId=${ANSWERING_STORE_ID}`)).summary?.stores[0];
    const [mine, other] = await Promise.all(
      ['first', 'second'].map(async () => {
        const { email, receipt } = await reserve({ dealerId: ANSWERING_STORE_ID });
        const mail = await awaitMail('sales@answering-store.example', ({ text }) => text.includes(email));
        const lead = await awaitLead(ANSWERING_STORE_ID, receipt.number);
        return { lead, token: acknowledgeTokenIn(mail), receipt };
      }),
    );
    if (mine === undefined || other === undefined) throw new Error('must be two');
    const bad = [other.token, `${mine.token}x`, mine.token.slice(1), mine.receipt.manageToken, 'x', ''];
    const refusals = await Promise.all(bad.map((token) => acknowledge(mine.lead.id, token)));
    expect(refusals.map(({ status }) => status)).toEqual(bad.map(() => 404));
    expect((await acknowledge(randomUUID(), mine.token)).status).toBe(404);
    expect((await acknowledge(mine.lead.id, 7)).status).toBe(400);
    expect((await leads(`?dealerId=${ANSWERING_STORE_ID}`)).summary?.stores[0]?.acknowledged).toBe(
      before?.acknowledged ?? 0,
    );

    const first = await acknowledge(mine.lead.id, mine.token);
    expect(first.status).toBe(200);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.json).toEqual({
      reservationNumber: mine.receipt.number,
      dealer: { id: ANSWERING_STORE_ID, name: expect.any(String) },
      createdAt: mine.lead.createdAt,
      acknowledgedAt: expect.any(String),
    });
    const again = await acknowledge(mine.lead.id, mine.token);
    expect([again.status, again.json]).toEqual([200, first.json]);

    const { leads: rows, summary } = await leads(`?dealerId=${ANSWERING_STORE_ID}`);
    const { acknowledgedAt } = first.json as { acknowledgedAt: string };
    expect(rows.find(({ id }) => id === mine.lead.id)).toMatchObject({ acknowledgedAt });
    expect(rows.find(({ id }) => id === other.lead.id)).toMatchObject({ acknowledgedAt: null });
    const seconds = rows
      .flatMap((row) =>
        row.acknowledgedAt === null ? [] : [Date.parse(row.acknowledgedAt) - Date.parse(row.createdAt)],
      )
      .map((milliseconds) => milliseconds / 1000)
      .toSorted((a, b) => a - b);
    const low = seconds[Math.ceil(seconds.length / 2) - 1] ?? 0;
    const high = seconds[Math.floor(seconds.length / 2)] ?? 0;
    expect(summary?.stores).toEqual([
      {
        dealerId: ANSWERING_STORE_ID,
        leads: rows.length,
        acknowledged: seconds.length,
        medianResponseSeconds: expect.closeTo((low + high) / 2, 3),
      },
    ]);
  });

  test('goes to a store’s endpoint, signed, as news, as a change and as closed', async () => {
    const { email, receipt } = await reserve({ dealerId: WEBHOOK_STORE_ID });
    const lead = await awaitLead(WEBHOOK_STORE_ID, receipt.number);
    // Nobody there has a button to press, so nobody is reminded.
    expect(statusesOf(lead)).toEqual({ webhook: 'delivered' });
    expect((await redeliver(lead.id)).status).toBe(202);
    const posts = async () => {
      const received = (await (await fetch(inject('locator').webhookUrl)).json()) as ReceivedPost[];
      return received.filter(({ headers }) => headers['webhook-id']?.startsWith(lead.id));
    };
    await until('the lead again', async () => ((await posts()).length >= 2 ? true : undefined));
    expect((await call('DELETE', '/v1/reservation', withToken(receipt.manageToken))).status).toBe(204);
    const all = await until('the closing', async () => ((await posts()).length >= 3 ? posts() : undefined));
    for (const received of all) expect(received.headers['webhook-signature']).toBe(signatureOf(received));
    const told = all.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(told.map(({ type }) => type)).toEqual(['lead.created', 'lead.updated', 'lead.closed']);
    expect(JSON.stringify(told[0])).toContain(email);
    expect(JSON.stringify(told[2])).not.toContain(email);
    expect(new Set(all.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
  });
});
