import { describe, expect, test } from 'vitest';
import { DASHBOARD_MESSAGES as messages } from '../../web/messages/dashboard-messages.ts';
import { serverFault } from './counts-answers.ts';
import { awaitCounts, openDashboard, openSignedIn, readTable, searchOf, signIn } from './use-dashboard.ts';
import { answersHeard, useSite } from './use-site.ts';

const site = useSite();
const open = (search?: string) => openSignedIn(site, search);

describe('a fault', () => {
  test('shows what failed, under which request, and never an empty picture; another try mends it', async () => {
    const { page, api, answer } = await openDashboard(site);
    answer('GET /v1/interest-counts', (request) =>
      request.url().includes('by=model')
        ? serverFault()
        : (api.answers['GET /v1/interest-counts']?.(request) ?? serverFault()),
    );
    await signIn(page);
    const panel = page.locator('#models');
    await panel.getByText(messages.failed(messages.parts.models)).waitFor();
    await panel.getByText(messages.requestId('request-1')).waitFor();
    expect(await panel.locator('svg, table').count()).toBe(0);
    expect(await page.locator('.failure').count()).toBe(1);
    for (const [operation, answering] of Object.entries(api.answers)) answer(operation, answering);
    await panel.getByRole('button', { name: messages.tryAgain }).click();
    await panel.locator('svg.chart').waitFor();
  });

  test('while counts are shown keeps them with their time, and says that they are older', async () => {
    const { page, api, answer } = await openDashboard(site);
    api.setAsOf('2026-11-25T14:05:09Z');
    await signIn(page);
    answer('GET /v1/interest-counts', () => 'abort');
    await page.getByRole('button', { name: messages.refresh }).click();
    await page.getByText(messages.notUpdated(messages.parts.map)).waitFor();
    expect(await page.locator('#map svg.chart').count()).toBe(1);
    expect(await page.locator('.as-of').textContent()).toBe(messages.asOf('14:05:09'));
  });

  test('of the request’s names what the API refuses', async () => {
    const { page, answer } = await openDashboard(site);
    answer('GET /v1/interest-counts', () => ({
      status: 400,
      contentType: 'application/problem+json',
      body: {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'The answer is too large.',
        instance: 'request-2',
        errors: [{ pointer: '?by', detail: 'would give 90,000 rows: narrow the days' }],
      },
    }));
    await signIn(page);
    await page.locator('#map').getByText('?by would give 90,000 rows: narrow the days').waitFor();
  });

  test('that is a wait for another view shows itself as one until it is over', async () => {
    const { page, answer, api } = await open();
    const { promise, resolve } = Promise.withResolvers<void>();
    const count = api.answers['GET /v1/interest-counts'];
    answer('GET /v1/interest-counts', async (request) => {
      await promise;
      return count?.(request) ?? serverFault();
    });
    await page.getByRole('button', { name: messages.ranges['30d'] }).click();
    // The counts of the view before are given up.
    await page.getByRole('button', { name: messages.ranges['7d'] }).click();
    await answersHeard(page);
    expect(await page.locator('.panel[aria-busy=true]').count()).toBe(await page.locator('.panel').count());
    resolve();
    await awaitCounts(page);
  });

  test('that is a wait shows itself as one', async () => {
    const { page, answer, api } = await openDashboard(site);
    const { promise, resolve } = Promise.withResolvers<void>();
    answer('GET /v1/interest-counts', async (request) => {
      await promise;
      return api.answers['GET /v1/interest-counts']?.(request) ?? serverFault();
    });
    await page.getByRole('button', { name: messages.signIn, exact: true }).click();
    await page.getByRole('link', { name: 'Marketing' }).click();
    await page.locator('#map').getByText(messages.loading).waitFor();
    await page.clock.fastForward(5_000);
    await page.locator('#map').getByText(messages.loadingSlowly).waitFor();
    resolve();
    await page.locator('#map svg.chart').waitFor();
  });
});

describe('the time of the counts', () => {
  test('moves on by itself every minute while somebody looks, and stands still while nobody does', async () => {
    const { page, api, requests } = await openDashboard(site);
    api.setAsOf('2026-11-25T14:05:09Z');
    await signIn(page);
    await page.getByText(messages.asOf('14:05:09')).waitFor();
    api.setAsOf('2026-11-25T14:06:10Z');
    await page.clock.fastForward(61_000);
    await page.getByText(messages.asOf('14:06:10')).waitFor();

    const hide = (state: string) =>
      page.evaluate((visibility) => {
        Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await awaitCounts(page);
    await hide('hidden');
    requests.length = 0;
    await page.clock.fastForward(600_000);
    expect(requests).toEqual([]);
    api.setAsOf('2026-11-25T14:16:11Z');
    await hide('visible');
    await page.getByText(messages.asOf('14:16:11')).waitFor();
  });

  test('leaves what somebody is choosing alone', async () => {
    const { page, api } = await open();
    const from = page.getByLabel(messages.from, { exact: true });
    await from.fill('');
    await awaitCounts(page);
    const option = await page.locator('#filter-model option').nth(1).elementHandle();
    // Of a day, a month alone is there: the rest is still to be typed.
    await from.focus();
    await page.keyboard.type('06');
    api.setAsOf('2026-11-25T15:00:00Z');
    await page.clock.fastForward(61_000);
    await page.getByText(messages.asOf('15:00:00')).waitFor();
    expect(await option?.evaluate((element) => element.isConnected)).toBe(true);
    await page.keyboard.type('102026');
    await expect.poll(() => searchOf(page)).toContain('from=2026-06-10');
  });

  test('keeps the focus on the map and its table open', async () => {
    const { page, api } = await open();
    await readTable(page, 'map');
    await page.locator('[data-focus=map-OH]').focus();
    api.setAsOf('2026-11-25T15:00:00Z');
    await page.clock.fastForward(61_000);
    await page.getByText(messages.asOf('15:00:00')).waitFor();
    await awaitCounts(page);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-focus'))).toBe('map-OH');
    expect(await page.locator('#map > details').getAttribute('open')).not.toBeNull();
  });
});
