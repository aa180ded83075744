import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Locale } from '../../shared/launch/launch.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import { fillInForm } from '../../test/web/fill-in-form.ts';
import { callableAnswer, dealersAnswer, problem } from '../../test/web/stub-answers.ts';
import { reservationAnswers, type Site, serveSite, type Visit, visit } from '../../test/web/stub-site.ts';
import { SLOW_MILLISECONDS } from '../../web/client/api-client.ts';
import { CHANGE_MESSAGES } from '../../web/messages/change-messages.ts';
import { LOCATOR_MESSAGES } from '../../web/messages/locator-messages.ts';
import { RESERVATION_MESSAGES } from '../../web/messages/reservation-messages.ts';
import { RESERVE_MESSAGES } from '../../web/messages/reserve-messages.ts';

const FOLDER = join(import.meta.dirname, '../../dist/screens');
const WIDTHS = [1280, 320];
const SCHEMES = ['light', 'dark'] as const;
const PAGES = [
  { locale: 'en-US', path: '/' },
  { locale: 'es-US', path: '/es/' },
] as const;

/** Takes a picture of every state of the widget and of a reservation's page, in both languages, widths and colours. */
export async function takeScreens(options: { readonly only: string | undefined }): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const [browser, site] = await Promise.all([launchBrowser(), serveSite()]);
  try {
    for (const { locale, path } of PAGES) {
      for (const walk of [walkLocator, walkForm, walkReservation])
        await walk(browser, site, path, locale, options.only);
    }
  } finally {
    await browser.close();
    await site.stop();
  }
  console.log(`screens: ${FOLDER}`);
}

async function shoot(page: Page, locale: Locale, state: string, only: string | undefined): Promise<void> {
  if (only !== undefined && !state.includes(only)) return;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width === 320 ? 640 : 900 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      // The map takes its new size with the next frames.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const name = `${state}-${locale.slice(0, 2)}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(FOLDER, name), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

type Walk = (browser: Browser, site: Site, path: string, locale: Locale, only: string | undefined) => Promise<void>;

async function openAt(browser: Browser, site: Site, path: string, locale: Locale): Promise<Visit> {
  return visit(browser, site, path, { locale, reducedMotion: 'reduce' });
}

const walkLocator: Walk = async (browser, site, path, locale, only) => {
  const messages = LOCATOR_MESSAGES[locale];
  const opened = await openAt(browser, site, path, locale);
  const { page, answer } = opened;
  const take = (state: string) => shoot(page, locale, state, only);
  const box = page.getByRole('combobox', { name: messages.placeLabel });
  const search = page.getByRole('button', { name: messages.search });
  await box.waitFor();
  await take('01-idle');
  await search.click();
  await page.getByText(messages.placeMissing).waitFor();
  await take('02-empty');
  await box.pressSequentially('mia');
  await page.getByRole('option').first().waitFor();
  await box.press('ArrowDown');
  await take('03-suggestions');
  const held = Promise.withResolvers<void>();
  answer('GET /v1/dealers', async () => {
    await held.promise;
    return { status: 200, body: dealersAnswer({ count: 10 }) };
  });
  await box.press('Enter');
  await page.clock.fastForward(SLOW_MILLISECONDS + 500);
  await page.getByText(messages.searchingSlowly).waitFor();
  await take('04-slow');
  held.resolve();
  await page.locator('.pin').first().waitFor();
  await take('05-results');
  await page.locator('.pin').nth(3).click();
  await take('06-chosen');
  await page.locator('alpine-dealer-locator').evaluate((widget) => {
    widget.setAttribute('view', 'map');
    widget.setAttribute('near', '33324');
  });
  await page.locator('.pin').nth(1).click();
  await take('07-map');
  await page.locator('alpine-dealer-locator').evaluate((widget) => widget.setAttribute('view', 'list'));
  await page.getByRole('heading', { level: 3 }).first().waitFor();
  await take('08-list');
  await page.locator('alpine-dealer-locator').evaluate((widget) => widget.setAttribute('view', 'both'));
  const far = dealersAnswer({ count: 2, beyondRadius: true, label: 'Denver, CO' });
  answer('GET /v1/dealers', () => ({
    status: 200,
    body: { ...far, origin: { label: 'Denver, CO', lat: 39.7392, lng: -104.9903 } },
  }));
  await page.locator('.pin').first().waitFor();
  await search.click();
  await page.getByText('Denver, CO').waitFor();
  await take('09-beyond');
  answer('GET /v1/dealers', () => ({
    status: 200,
    body: { ...far, origin: { label: 'San Juan, PR', lat: 18.4655, lng: -66.1057 } },
  }));
  await search.click();
  await page.locator('.map-note').getByText('San Juan').waitFor();
  await take('10-off-map');
  const suggestions = [{ label: 'Plantation, FL', near: 'Plantation, FL' }];
  answer('GET /v1/dealers', () => ({ status: 404, body: problem(404, { suggestions }) }));
  await search.click();
  await page.getByText(messages.didYouMean).waitFor();
  await take('11-unknown');
  answer('GET /v1/dealers', () => 'abort');
  await search.click();
  await page.getByRole('button', { name: messages.tryAgain }).waitFor();
  await take('12-error');
  await page.context().close();
};

const walkForm: Walk = async (browser, site, path, locale, only) => {
  const messages = RESERVE_MESSAGES[locale];
  const { page } = await openAt(browser, site, path, locale);
  const take = (state: string) => shoot(page, locale, state, only);
  await page.getByRole('combobox').first().fill('33324');
  await page.keyboard.press('Enter');
  await page.locator('.list [data-dealer]').first().click();
  const send = page.getByRole('button', { name: messages.send });
  await send.waitFor();
  await take('20-form');
  await page.getByLabel(messages.email, { exact: true }).fill('ana@gmial.com');
  await page.getByLabel(messages.phone).fill('12');
  await send.click();
  await page.locator('.adl-summary').waitFor();
  await take('21-faults');
  await fillInForm(page, messages);
  await send.click();
  await page.getByRole('heading', { name: messages.sentHeading }).waitFor();
  await take('22-sent');
  await page.context().close();
};

const walkReservation: Walk = async (browser, site, _path, locale, only) => {
  const messages = RESERVATION_MESSAGES[locale];
  const change = CHANGE_MESSAGES[locale];
  const { page, answer } = await openAt(browser, site, '/reservation/#confirm=token', locale);
  const take = (state: string) => shoot(page, locale, state, only);
  for (const [operation, answering] of Object.entries(reservationAnswers(callableAnswer(locale)))) {
    answer(operation, answering);
  }
  const press = (name: string) => page.getByRole('button', { name }).click();
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  await heading(messages.confirmHeading);
  await take('30-confirm');
  await press(messages.confirm);
  await heading(messages.confirmedHeading);
  await take('31-receipt');
  if (only === undefined || 'print'.includes(only)) {
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: join(FOLDER, `32-print-${locale.slice(0, 2)}.png`), fullPage: true });
    await page.emulateMedia({ media: 'screen' });
  }
  await press(messages.manage);
  await heading(messages.reservationHeading);
  await take('33-reservation');
  await press(messages.change);
  await heading(change.heading);
  await take('34-change');
  await press(RESERVE_MESSAGES[locale].changeStore);
  await page.locator('[data-dealer]').nth(1).waitFor();
  await take('35-other-store');
  await page.locator('[data-dealer]').nth(1).click();
  await press(change.save);
  await page.locator('#saved').waitFor();
  await take('36-saved');
  await press(messages.withdraw);
  await heading(messages.questionHeading);
  await take('37-question');
  await press(messages.withdrawNow);
  await heading(messages.withdrawnHeading);
  await take('38-withdrawn');
  await page.context().close();
};
