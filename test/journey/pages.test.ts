import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { noteSent } from '../support/api-call.ts';
import { launchBrowser } from '../support/browser.ts';
import { newAddress } from '../support/buyer.ts';
import { awaitMail, tokenIn } from '../support/inbox.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** A page that fails the test for whatever the browser itself complains of: scripts, policy, requests to others. */
async function openPage(): Promise<{ page: Page; complaints: string[] }> {
  const { siteUrl } = inject('locator');
  const complaints: string[] = [];
  const page = await (await browser.newContext()).newPage();
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(siteUrl)) complaints.push(`a request to ${request.url()}`);
  });
  return { page, complaints };
}

test('a buyer finds a store, reserves, confirms from the mail, sees the reservation and withdraws it, all in the pages', async () => {
  const { siteUrl } = inject('locator');
  const { page, complaints } = await openPage();
  const email = newAddress();
  noteSent([
    { kind: 'e-mail', value: email },
    { kind: 'name', value: 'Anneliese' },
    { kind: 'name', value: '<b>O’Neil</b>' },
  ]);

  await page.goto(siteUrl);
  await page.getByRole('combobox', { name: 'ZIP code, city or place' }).fill('90621');
  await page.keyboard.press('Enter');
  // The map comes from the same site, under its policy.
  await page.getByRole('button', { name: /^1\. / }).waitFor();
  await page.getByRole('button', { name: 'Reserve at this store: BMW of Buena Park' }).click();
  await page.getByLabel('A110', { exact: true }).check();
  await page.getByLabel('First name').fill('Anneliese');
  await page.getByLabel('Last name').fill('<b>O’Neil</b>');
  await page.getByLabel('E-mail', { exact: true }).fill(email);
  await page.getByLabel('I am 18 years old or older.').check();
  await page.getByLabel('I live in the United States.').check();
  await page.getByRole('button', { name: 'Send my reservation' }).click();
  await page.getByText(email).waitFor();

  const mail = await awaitMail(email);
  const link = /http:\S+#confirm=\S+/.exec(mail.text)?.[0] ?? '';
  noteSent([{ kind: 'token', value: tokenIn(mail, 'confirm') }]);
  await page.goto(link);
  const confirm = page.getByRole('button', { name: /confirm/i });
  await confirm.waitFor();
  // The token is not left in the address bar, where it would be seen and copied.
  expect(page.url()).not.toContain('confirm=');
  await confirm.click();
  await page
    .getByText(/ALP-[2-9A-Z]{4}-[2-9A-Z]{4}/)
    .first()
    .waitFor();
  const receipt = (await page.getByRole('main').textContent()) ?? '';
  expect(receipt).toContain('BMW of Buena Park');

  const number = /ALP-[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(receipt)?.[0] ?? '';
  const receiptMail = await awaitMail(email, ({ subject }) => subject.includes(number));
  const manage = /http:\S+#manage=\S+/.exec(receiptMail.text)?.[0] ?? '';
  noteSent([{ kind: 'token', value: tokenIn(receiptMail, 'manage') }]);
  await page.goto('about:blank');
  await page.goto(manage);
  await page.getByText(number).first().waitFor();
  // What was typed is shown as it was typed, never as markup.
  await page.getByText('<b>O’Neil</b>').first().waitFor();
  await page.getByRole('button', { name: /^Withdraw/ }).click();
  await page
    .getByRole('button', { name: /withdraw/i })
    .last()
    .click();
  await page
    .getByText(/withdrawn/i)
    .first()
    .waitFor();

  await page.goto('about:blank');
  await page.goto(manage);
  await page
    .getByText(/not valid|no longer|does not work|expired/i)
    .first()
    .waitFor();
  // The refusal of a withdrawn one's token is the browser's to note, and expected.
  expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
});

test('the pages carry the security headers and policy of the template', async () => {
  const { siteUrl } = inject('locator');
  for (const path of ['/', '/reservation/', '/es/', '/widget/v1/alpine-dealer-locator.js']) {
    const { status, headers } = await fetch(`${siteUrl}${path}`);
    expect(status, path).toBe(200);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
  const folder = await fetch(`${siteUrl}/reservation`, { redirect: 'manual' });
  expect([folder.status, folder.headers.get('location')]).toEqual([301, '/reservation/']);
});
