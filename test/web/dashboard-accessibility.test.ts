import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DASHBOARD_MESSAGES as messages } from '../../web/messages/dashboard-messages.ts';
import { serverFault } from './counts-answers.ts';
import { axeFaults } from './inspect-page.ts';
import { awaitCounts, openDashboard, readTable, signIn } from './use-dashboard.ts';
import { useSite } from './use-site.ts';

const site = useSite();
const WIDTHS = [1280, 390];
/** A page of seven pictures and their tables takes axe seconds. */
const TIMEOUT_MILLISECONDS = 60_000;

/** Nothing for axe to find, nothing to scroll sideways for; at both widths, in light and in dark. */
async function inspect(page: Page, state: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth), {
        message: `${state} at ${width}`,
      })
      .toBeLessThanOrEqual(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // The dark colours change contrasts and nothing else; axe takes its time with all the rest.
      const violations = await axeFaults(page, colorScheme === 'dark' ? ['color-contrast'] : undefined);
      expect(violations, `${state}, ${width} px, ${colorScheme}`).toEqual([]);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('axe finds nothing before and after signing in, and with all tables open', {
  timeout: TIMEOUT_MILLISECONDS,
}, async () => {
  const { page } = await openDashboard(site);
  await page.getByRole('heading', { level: 1, name: messages.signInHeading }).waitFor();
  await inspect(page, 'signed out');
  await signIn(page);
  await inspect(page, 'national');
  for (const panel of ['headline', 'map', 'growth', 'models', 'bands', 'stores', 'unserved'])
    await readTable(page, panel);
  await page.locator('.definitions > summary').click();
  await inspect(page, 'tables open');
});

test('axe finds nothing in a state, its counties and metro areas', { timeout: TIMEOUT_MILLISECONDS }, async () => {
  const { page } = await openDashboard(site);
  await signIn(page);
  await page.locator('[data-focus=map-TX]').click({ position: { x: 60, y: 60 } });
  await awaitCounts(page);
  await inspect(page, 'counties');
  await page.getByRole('button', { name: messages.areas.metro }).click();
  await awaitCounts(page);
  await inspect(page, 'metro areas');
});

test('axe finds nothing in what is empty, failed, hidden or ended', { timeout: TIMEOUT_MILLISECONDS }, async () => {
  const { page, api, answer } = await openDashboard(site, '?from=2020-01-01&to=2020-01-31&measure=submitted');
  await signIn(page, 'Agency');
  await inspect(page, 'empty');
  answer('GET /v1/interest-counts', serverFault);
  await page.getByRole('button', { name: messages.refresh }).click();
  await page.getByText(messages.notUpdated(messages.parts.map)).waitFor();
  await inspect(page, 'not updated');
  await page.getByRole('button', { name: messages.ranges.all }).click();
  await page.getByText(messages.failed(messages.parts.map)).waitFor();
  await inspect(page, 'failed');
  for (const [operation, answering] of Object.entries(api.answers)) answer(operation, answering);
  api.suppressBelow(5);
  await page.getByRole('button', { name: messages.refresh }).click();
  await page.getByText(messages.suppressed(5)).waitFor();
  await awaitCounts(page);
  await inspect(page, 'suppressed');
  await page.reload();
  await awaitCounts(page);
  answer('GET /v1/interest-counts', () => ({ status: 401, body: { message: 'Unauthorized' } }));
  await page.getByRole('button', { name: messages.refresh }).click();
  await page.getByText(messages.ended).waitFor();
  await inspect(page, 'ended');
});

test('axe finds nothing where a permission is missing', async () => {
  const { page } = await openDashboard(site);
  await signIn(page, 'Newcomer');
  await page.getByRole('heading', { level: 1, name: messages.deniedHeading }).waitFor();
  await inspect(page, 'denied');
});
