import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { DASHBOARD_MESSAGES as messages } from '../../web/messages/dashboard-messages.ts';
import { launchBrowser } from '../support/browser.ts';
import { reserve } from '../support/buyer.ts';
import { countsOf } from '../support/counts.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** A page that notes whatever the browser complains of: scripts, policy, requests to others. */
async function openDashboard(): Promise<{ page: Page; complaints: string[] }> {
  const { siteUrl } = inject('locator');
  const complaints: string[] = [];
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(siteUrl) && !request.url().startsWith('blob:')) complaints.push(request.url());
  });
  await page.goto(`${siteUrl}/dashboard/?range=all`);
  return { page, complaints };
}

async function signIn(page: Page, person: string): Promise<void> {
  await page.getByRole('button', { name: messages.signIn, exact: true }).click();
  await page.getByRole('link', { name: person }).click();
}

/** A cell of a panel's table by its row's and column's heading. */
async function cell(page: Page, panel: string, row: string, column: string): Promise<number> {
  const table = page.locator(`#${panel} table`).first();
  const columns = await table.locator('thead th').allTextContents();
  const cells = await table.locator('tbody tr').filter({ hasText: row }).first().locator('th, td').allTextContents();
  return Number(cells[columns.indexOf(column)]?.replaceAll(',', ''));
}

test('marketing signs in at the issuer and sees what the API counts, within a minute of a reservation', async () => {
  await reserve({ zip: '90621', model: 'a110' });
  const { page, complaints } = await openDashboard();
  await signIn(page, 'Marketing');
  await page.locator('#map svg.chart').waitFor();
  expect(new URL(page.url()).search).toBe('?range=all');

  await reserve({ zip: '90621', model: 'crossover-compact' });
  await page.getByRole('button', { name: messages.refresh }).click();
  // Other tests reserve at the same time: the page has what the API says before or after it was asked.
  await expect
    .poll(
      async () => {
        await page.getByRole('button', { name: messages.refresh }).click();
        await page.getByRole('button', { name: messages.refresh }).waitFor();
        const { groups } = await countsOf('?by=state,model');
        const california = groups.filter(({ state }) => state === 'CA');
        const sum = (name: 'submitted' | 'confirmed') => california.reduce((total, group) => total + group[name], 0);
        const shown = await Promise.all([
          cell(page, 'map', 'California', messages.counts.submitted),
          cell(page, 'map', 'California', messages.counts.confirmed),
        ]);
        return sum('confirmed') >= 2 && shown[0] === sum('submitted') && shown[1] === sum('confirmed');
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a newcomer is told which permission is missing, an agency sees counts without the stores’ response times', async () => {
  const newcomer = await openDashboard();
  await signIn(newcomer.page, 'Newcomer');
  await newcomer.page.getByText(messages.denied('counts')).waitFor();
  expect(newcomer.complaints).toEqual([]);
  await newcomer.page.context().close();

  await reserve({ zip: '90621', model: 'a110', dealerId: '2745' });
  const agency = await openDashboard();
  await signIn(agency.page, 'Agency');
  await agency.page.locator('#stores').getByText(messages.leadsDenied('leads')).waitFor();
  await agency.page.locator('#stores svg.chart').waitFor();
  expect(agency.complaints).toEqual([]);
  await agency.page.context().close();
});
