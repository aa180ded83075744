import { expect, test } from 'vitest';
import { DASHBOARD_MESSAGES } from '../../web/messages/dashboard-messages.ts';
import { receiptAnswer, reservationAnswer } from './stub-answers.ts';
import type { Answer, Visit } from './stub-site.ts';
import { awaitCounts, openDashboard } from './use-dashboard.ts';
import { useSite } from './use-site.ts';

const site = useSite();

/** As API Gateway answers by itself when a function cannot be had: no problem of ours, and no time to come back. */
const unavailable = (): Answer => ({
  status: 503,
  body: { message: 'Service Unavailable' },
  contentType: 'application/json',
});
const trouble = 'Something went wrong on our side.';
const sayings = ({ page }: Visit) => page.getByText(trouble);
const tryAgain = ({ page }: Visit) => page.getByRole('button', { name: 'Try again' });

test('a search that the gateway turns away can be tried again, and is no empty list', async () => {
  const visit = await site.open('/');
  const { page } = visit;
  visit.answer('GET /v1/dealers', unavailable);
  await page.getByRole('combobox').first().fill('33324');
  await page.keyboard.press('Enter');
  await sayings(visit).waitFor();
  expect(await page.getByText(/^No store|^0 stores/).count()).toBe(0);
  await tryAgain(visit).click();
  await expect.poll(() => visit.requests.filter((request) => request.url().includes('/v1/dealers?')).length).toBe(2);
  await sayings(visit).waitFor();
});

test('a form that the gateway turns away keeps what was typed, and blames no field', async () => {
  const visit = await site.open('/');
  const { page } = visit;
  visit.answer('POST /v1/interests', unavailable);
  await page.getByRole('combobox').first().fill('33324');
  await page.keyboard.press('Enter');
  await page.locator('.list button[data-dealer]').first().click();
  await page.getByLabel('First name').fill('Ana');
  await page.getByLabel('Last name').fill('Ruiz');
  await page.getByLabel('E-mail', { exact: true }).fill('ana@example.com');
  await page.getByLabel('I am 18 years old or older.').check();
  await page.getByLabel('I live in the United States.').check();
  await page.clock.fastForward(3_000);
  await page.getByRole('button', { name: 'Send my reservation' }).click();
  await page.locator('.adl-summary:focus').getByText(trouble).waitFor();
  expect(await page.locator('[aria-invalid]').count()).toBe(0);
  expect(await page.getByLabel('First name').inputValue()).toBe('Ana');
});

test.each([
  ['#manage=token', 'GET /v1/reservation', 'Your reservation'],
  ['#confirm=token', 'POST /v1/interests/confirm', 'Your interest is reserved'],
])('a link %s that the gateway turns away is no dead one, and can be tried again', async (hash, operation, after) => {
  const visit = await site.open('/reservation/');
  const { page } = visit;
  visit.answer(operation, unavailable);
  await page.evaluate((link) => {
    location.hash = link;
  }, hash);
  if (hash.startsWith('#confirm')) await page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await sayings(visit).waitFor();
  visit.answer(operation, () => ({
    status: 200,
    body: hash.startsWith('#confirm') ? receiptAnswer() : reservationAnswer('en-US'),
  }));
  await tryAgain(visit).click();
  await page.getByRole('heading', { level: 1, name: after }).waitFor();
});

test('counts that the gateway turns away are no empty pictures, and each can be tried again', async () => {
  const visit = await openDashboard(site);
  const { page } = visit;
  for (const operation of ['GET /v1/interest-counts', 'GET /v1/search-counts', 'GET /v1/leads']) {
    visit.answer(operation, unavailable);
  }
  await page.getByRole('button', { name: DASHBOARD_MESSAGES.signIn, exact: true }).click();
  await page.getByRole('link', { name: 'Marketing' }).click();
  await page.locator('#map .failure').waitFor();
  expect(await page.getByText(DASHBOARD_MESSAGES.emptyHeading).count()).toBe(0);
  expect(await page.locator('.panel .failure').count()).toBe(7);
  for (const [operation, answering] of Object.entries(visit.api.answers)) visit.answer(operation, answering);
  await page.getByRole('button', { name: DASHBOARD_MESSAGES.refresh }).click();
  await awaitCounts(page);
  expect(await page.locator('.panel .failure').count()).toBe(0);
});
