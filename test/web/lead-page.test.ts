import fc from 'fast-check';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { type SigningKey, signToken, verifyToken } from '../../shared/reservations/signed-token.ts';
import { leadLinkOf } from '../../web/lead/lead-link.ts';
import { timeBetween } from '../../web/lead/response-time.ts';
import { inspectPage } from './inspect-page.ts';
import { acknowledgementAnswer, problem } from './stub-answers.ts';
import type { Answer, Visit } from './stub-site.ts';
import { answersHeard, tabTo, useSite } from './use-site.ts';

const site = useSite();
const KEYS: readonly SigningKey[] = [{ id: 'key-1', secret: 'a secret for tests of thirty-two bytes' }];
const LEAD_ID = '0b9c7a52-6f0e-4d0e-9a55-2f5f7f1f4c11';
const OTHER_LEAD_ID = '5a1d3c80-52a1-4a1d-8a7e-8f1f3f0d7722';
const CREATED_AT = Date.parse('2026-11-23T14:05:09.123Z');
const MINUTE = 60_000;
const BUTTON = 'I am taking care of this lead';

const tokenOf = (leadId: string) =>
  signToken('acknowledge', { subject: leadId, version: 0, expiresAtSeconds: CREATED_AT / 1000 + 86_400 }, KEYS);
const linkOf = (leadId: string) => `/lead/#acknowledge=${tokenOf(leadId)}`;
const operationOf = (leadId: string) => `POST /v1/leads/${leadId}/acknowledge`;

/** The API's part, with its own clock: tokens are verified as there, and the first time counts. */
interface LeadApi {
  nowMilliseconds: number;
  acknowledgedAt: Map<string, string>;
  answer(leadId: string, token: string): Answer;
}

function leadApi(): LeadApi {
  return {
    nowMilliseconds: CREATED_AT + 125 * MINUTE,
    acknowledgedAt: new Map(),
    answer(leadId, token) {
      if (verifyToken('acknowledge', token, KEYS, this.nowMilliseconds)?.subject !== leadId) {
        return { status: 404, body: problem(404) };
      }
      const now = new Date(this.nowMilliseconds);
      const acknowledgedAt = this.acknowledgedAt.get(leadId) ?? now.toISOString();
      this.acknowledgedAt.set(leadId, acknowledgedAt);
      const createdAt = new Date(CREATED_AT).toISOString();
      return {
        status: 200,
        body: acknowledgementAnswer({ createdAt, acknowledgedAt }),
        headers: { date: now.toUTCString() },
      };
    },
  };
}

async function openLead(
  path = linkOf(LEAD_ID),
  options: BrowserContextOptions = {},
): Promise<{ visit: Visit; page: Page; api: LeadApi }> {
  const api = leadApi();
  const visit = await site.open(path, { timezoneId: 'America/New_York', ...options });
  for (const leadId of [LEAD_ID, OTHER_LEAD_ID]) {
    visit.answer(operationOf(leadId), (request) => api.answer(leadId, request.postDataJSON().token));
  }
  return { visit, page: visit.page, api };
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const press = (page: Page) => page.getByRole('button', { name: BUTTON }).click();
/** What is said of the lead, term by term. */
const facts = async (page: Page) => {
  const terms = await page.locator('dt').allInnerTexts();
  const values = await page.locator('dd').allInnerTexts();
  return Object.fromEntries(terms.map((term, index) => [term, values[index]?.replaceAll('\u202f', ' ')]));
};

test('acknowledges on a press only, with the token of the link, and says what was noted', async () => {
  const { visit, page } = await openLead();
  await heading(page, 'Acknowledge this lead').waitFor();
  expect(new URL(page.url()).hash).toBe('');
  expect(visit.requests).toEqual([]);
  await press(page);
  await heading(page, 'Thank you').waitFor();
  expect(visit.requests.map((request) => `${request.method()} ${new URL(request.url()).pathname}`)).toEqual([
    operationOf(LEAD_ID),
  ]);
  expect(visit.requests[0]?.postDataJSON()).toEqual({ token: tokenOf(LEAD_ID) });
  expect(await facts(page)).toEqual({
    'Reservation number': 'ALP-7K3Q-9XTM',
    Store: 'Mercedes-Benz of Fort Lauderdale',
    'Lead came in': 'November 23, 2026 at 9:05 AM',
    Acknowledged: 'November 23, 2026 at 11:10 AM',
    'Time between': '2 hours and 5 minutes',
  });
  expect(await page.title()).toBe('Thank you');
});

test('a mail scanner that opens the link, waits, moves about and reloads acknowledges nothing', async () => {
  const { visit, page, api } = await openLead();
  await heading(page, 'Acknowledge this lead').waitFor();
  await page.getByRole('button', { name: BUTTON }).hover();
  await page.keyboard.press('End');
  await page.clock.fastForward(10 * MINUTE);
  await page.reload();
  await heading(page, 'Open the link in your mail').waitFor();
  expect(visit.requests).toEqual([]);
  expect(api.acknowledgedAt.size).toBe(0);
});

test('the second one to press learns that it is acknowledged already, and since when', async () => {
  const { page, api } = await openLead();
  api.acknowledgedAt.set(LEAD_ID, new Date(CREATED_AT + 30_000).toISOString());
  await press(page);
  await heading(page, 'Already acknowledged').waitFor();
  expect(await facts(page)).toMatchObject({
    'First acknowledged': 'November 23, 2026 at 9:05 AM',
    'Time between': 'Less than a minute',
  });
});

test.each([-9, 9])('first or not does not depend on the clock of the reader, who is %d hours off', async (hours) => {
  const { page, api } = await openLead();
  await page.clock.setSystemTime(api.nowMilliseconds + hours * 60 * MINUTE);
  await press(page);
  await heading(page, 'Thank you').waitFor();
  await page.goto(new URL(`/lead/?again#acknowledge=${tokenOf(LEAD_ID)}`, page.url()).href);
  api.nowMilliseconds += 4_000;
  await press(page);
  await heading(page, 'Already acknowledged').waitFor();
});

test('an answer lost on its way is asked for again, and the press still counts as the first', async () => {
  const { visit, page, api } = await openLead();
  visit.answer(operationOf(LEAD_ID), (request) => {
    api.answer(LEAD_ID, request.postDataJSON().token);
    return 'abort';
  });
  await press(page);
  await page.getByText('We could not connect.').waitFor();
  visit.answer(operationOf(LEAD_ID), (request) => api.answer(LEAD_ID, request.postDataJSON().token));
  await page.clock.fastForward(MINUTE);
  api.nowMilliseconds += MINUTE;
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(page, 'Thank you').waitFor();
  expect((await facts(page))['Time between']).toBe('2 hours and 5 minutes');
});

test('without the time of the answer it thanks, and claims nothing about others', async () => {
  const { visit, page, api } = await openLead();
  visit.answer(operationOf(LEAD_ID), (request) => {
    const answer = api.answer(LEAD_ID, request.postDataJSON().token);
    return answer === 'abort' ? answer : { ...answer, headers: {} };
  });
  await press(page);
  await heading(page, 'Thank you').waitFor();
});

test('by keyboard alone, with the focus on what came of it', async () => {
  const { page } = await openLead();
  await tabTo(page, page.getByRole('button', { name: BUTTON }));
  await page.keyboard.press('Enter');
  await page.locator('h1:focus').getByText('Thank you').waitFor();
});

test('a double press asks once', async () => {
  const { visit, page } = await openLead();
  await page.getByRole('button', { name: BUTTON }).dblclick();
  await heading(page, 'Thank you').waitFor();
  expect(visit.requests).toHaveLength(1);
});

test('a link that is expired or forged is said to be so, and that the lead is in the mail', async () => {
  const { page, api } = await openLead();
  api.nowMilliseconds += 48 * 60 * MINUTE;
  await press(page);
  await page.locator('h1:focus').getByText('This link is not valid, or no longer').waitFor();
  await page.getByText('The lead itself is in the mail').waitFor();
  expect(api.acknowledgedAt.size).toBe(0);
});

test.each([
  ['without a link', '/lead/', 'Open the link in your mail'],
  ['with another page’s link', '/lead/#manage=token', 'Open the link in your mail'],
  ['with a link cut off in its claims', linkOf(LEAD_ID).slice(0, 40), 'This link is not valid, or no longer'],
])('%s there is nothing to press', async (_, path, words) => {
  const { visit, page } = await openLead(path);
  await heading(page, words).waitFor();
  expect(await page.getByRole('button').count()).toBe(0);
  expect(new URL(page.url()).hash).toBe('');
  expect(visit.requests).toEqual([]);
});

test.each([
  ['a connection that breaks', 'abort', 'We could not connect.'],
  ['a fault of ours', { status: 503, body: problem(503) }, 'Something went wrong on our side.'],
  [
    'the gateway’s own answer',
    { status: 503, body: { message: 'Service Unavailable' }, contentType: 'application/json' },
    'Something went wrong on our side.',
  ],
  ['a proxy’s own page', { status: 404 }, 'Something went wrong on our side.'],
  ['too many requests', { status: 429, body: problem(429) }, 'Too many requests came from your network.'],
] as const)('after %s it can be tried again', async (_, answer, words) => {
  const { visit, page, api } = await openLead();
  visit.answer(operationOf(LEAD_ID), () => answer);
  await press(page);
  await page.getByRole('alert').getByText(words).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('That did not work');
  visit.answer(operationOf(LEAD_ID), (request) => api.answer(LEAD_ID, request.postDataJSON().token));
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(page, 'Thank you').waitFor();
});

test('a slow answer is said to be slow, and another link opened meanwhile is not overtaken by it', async () => {
  const { visit, page, api } = await openLead();
  const answered = Promise.withResolvers<void>();
  visit.answer(operationOf(LEAD_ID), async (request) => {
    await answered.promise;
    return api.answer(LEAD_ID, request.postDataJSON().token);
  });
  const first = page.waitForRequest('**/acknowledge');
  await press(page);
  await first;
  await page.getByRole('main').getByText('One moment…').waitFor();
  await page.clock.fastForward(4_000);
  await page.getByRole('main').getByText('Your connection seems slow.').waitFor();
  expect(await page.locator('#announcements').textContent()).toContain('slow');
  await page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    `acknowledge=${tokenOf(OTHER_LEAD_ID)}`,
  );
  await heading(page, 'Acknowledge this lead').waitFor();
  const response = page.waitForResponse('**/acknowledge');
  answered.resolve();
  await (await response).finished();
  await answersHeard(page);
  await heading(page, 'Acknowledge this lead').waitFor();
  await press(page);
  await heading(page, 'Thank you').waitFor();
  expect([...api.acknowledgedAt.keys()].sort()).toEqual([LEAD_ID, OTHER_LEAD_ID]);
});

test('axe finds nothing in any state of the page', async () => {
  const { visit, page, api } = await openLead();
  await inspectPage(page, 'question', [320, 390, 1280]);
  visit.answer(operationOf(LEAD_ID), () => 'abort');
  await press(page);
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await inspectPage(page, 'no connection', [320, 390, 1280]);
  visit.answer(operationOf(LEAD_ID), (request) => api.answer(LEAD_ID, request.postDataJSON().token));
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(page, 'Thank you').waitFor();
  await inspectPage(page, 'acknowledged', [320, 390, 1280]);
  await page.evaluate(() => {
    location.hash = '#acknowledge=cut';
  });
  await heading(page, 'This link is not valid, or no longer').waitFor();
  await inspectPage(page, 'dead link', [320, 390, 1280]);
});

describe('a link', () => {
  test('of ours gives the lead it was signed for', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(), fc.nat(), (subject, version, expiresAtSeconds) => {
        const token = signToken('acknowledge', { subject, version, expiresAtSeconds }, KEYS);
        expect(leadLinkOf(`#acknowledge=${token}`)).toEqual({ leadId: subject, token });
      }),
    );
  });

  test('never leads to another address of the API, whatever is in it', () => {
    const claims = fc.oneof(fc.string(), fc.json(), fc.constantFrom('["../dealers"]', '["a/b"]', '[".."]', '[""]'));
    fc.assert(
      fc.property(claims, fc.string(), (claims, rest) => {
        const token = `key-1.${Buffer.from(claims).toString('base64url')}.${rest}`;
        const link = leadLinkOf(`#${new URLSearchParams({ acknowledge: token })}`);
        if (typeof link === 'string') return;
        const path = `/v1/leads/${link.leadId}/acknowledge`;
        expect(new URL(path, 'https://alpine.example').pathname).toBe(path);
        expect(JSON.parse(claims)[0]).toBe(link.leadId);
      }),
      { examples: [['["lead-1"]', 'signature']] },
    );
  });
});

test('the time between is said in two units at most, and is right to the smaller one', () => {
  const SECONDS = { day: 86_400, hour: 3_600, minute: 60 } as const;
  const duration = fc.oneof(fc.nat(200), fc.nat(8_000), fc.nat(200_000), fc.nat(40 * SECONDS.day));
  fc.assert(
    fc.property(duration, (seconds) => {
      const words = timeBetween(new Date(0).toISOString(), new Date(seconds * 1000).toISOString());
      const parts = [...words.matchAll(/(\d+) (day|hour|minute)(s?)/g)].map(([, count = '', unit = '', plural]) => {
        expect(plural === 's').toBe(count !== '1');
        return Number(count) * SECONDS[unit as keyof typeof SECONDS];
      });
      expect(parts.length).toBeLessThanOrEqual(2);
      const said = parts.reduce((sum, part) => sum + part, 0);
      expect(said).toBeLessThanOrEqual(seconds);
      expect(seconds - said).toBeLessThan(seconds >= SECONDS.day ? SECONDS.hour : SECONDS.minute);
      expect(words === 'Less than a minute').toBe(seconds < SECONDS.minute);
    }),
  );
});
