import type { BrowserContextOptions, Page } from 'playwright-core';
import { DASHBOARD_MESSAGES as messages } from '../../web/messages/dashboard-messages.ts';
import { type SeededInterests, seededInterests } from '../support/seeded-interests.ts';
import { countsApi } from './counts-answers.ts';
import type { Visit } from './stub-site.ts';
import type { useSite } from './use-site.ts';

/** Those whom the local issuer knows, by the beginning of the names on its page. */
export type Person = 'Marketing' | 'Agency' | 'Newcomer';

export interface DashboardVisit extends Visit {
  readonly api: ReturnType<typeof countsApi>;
}

let interests: SeededInterests | undefined;

/** The dashboard over made-up buyers, before anybody is signed in. */
export async function openDashboard(
  site: ReturnType<typeof useSite>,
  search = '',
  options: BrowserContextOptions = {},
): Promise<DashboardVisit> {
  interests ??= seededInterests(7, new Date().toISOString().slice(0, 10), 1500);
  const api = countsApi(interests);
  const visit = await site.open(`/dashboard/${search}`, options);
  for (const [operation, answering] of Object.entries(api.answers)) visit.answer(operation, answering);
  return { ...visit, api };
}

/** Walks the way through the issuer's page, and waits for the dashboard. */
export async function signIn(page: Page, person: Person = 'Marketing'): Promise<void> {
  await page.getByRole('button', { name: messages.signIn, exact: true }).click();
  await page.getByRole('link', { name: person }).click();
  await page.waitForURL('**/dashboard/**');
  if (person !== 'Newcomer') await awaitCounts(page);
}

/** The dashboard as somebody from marketing sees it. */
export async function openSignedIn(site: ReturnType<typeof useSite>, search = ''): Promise<DashboardVisit> {
  const visit = await openDashboard(site, search);
  await signIn(visit.page);
  return visit;
}

/** The part of the address that the view stands in. */
export const searchOf = (page: Page) => new URL(page.url()).search;

/** Waits until no panel fetches anything. */
export async function awaitCounts(page: Page): Promise<void> {
  await page.locator('.panel').first().waitFor();
  await page.waitForFunction(() => {
    const panels = [...document.querySelectorAll('.panel')];
    const drawn = [...document.querySelectorAll('.picture')].every((picture) => picture.childElementCount > 0);
    return drawn && panels.every((panel) => panel.getAttribute('aria-busy') === 'false');
  });
}

/** The texts of a panel's table, row by row; opens it first. */
export async function readTable(page: Page, panel: string, index = 0): Promise<string[][]> {
  const details = page.locator(`#${panel} > details`);
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
  return details
    .locator('table')
    .nth(index)
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}
