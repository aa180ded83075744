import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { CHANGE_MESSAGES } from '../../web/messages/change-messages.ts';
import { LOCATOR_MESSAGES } from '../../web/messages/locator-messages.ts';
import { RESERVATION_MESSAGES } from '../../web/messages/reservation-messages.ts';
import { RESERVE_MESSAGES } from '../../web/messages/reserve-messages.ts';
import { fillInForm } from './fill-in-form.ts';
import { inspectPage } from './inspect-page.ts';
import { callableAnswer, dealersAnswer, problem } from './stub-answers.ts';
import { reservationAnswers } from './stub-site.ts';
import { useSite } from './use-site.ts';

const site = useSite();

/** Text twice as large, on a window of half the usual width: nothing to scroll sideways for, no text cut off. */
async function inspectLargeText(page: Page, state: string): Promise<void> {
  await page.setViewportSize({ width: 640, height: 900 });
  const lost = await page.evaluate(() => {
    const { style } = document.documentElement;
    style.fontSize = '200%';
    const trees: (Document | ShadowRoot)[] = [document];
    for (const element of document.querySelectorAll('*')) if (element.shadowRoot) trees.push(element.shadowRoot);
    const cut = trees
      .flatMap((tree) => [...tree.querySelectorAll<HTMLElement>('button, a, label, p, h1, h2, h3, legend, dd, li')])
      .filter((element) => element.checkVisibility() && !element.closest('.unseen, .adl-trap, .frame'))
      .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
      .map(({ outerHTML }) => outerHTML);
    const sideways = document.documentElement.scrollWidth - innerWidth;
    style.fontSize = '';
    return [...cut, ...(sideways > 0 ? [`scrolls sideways by ${sideways}`] : [])];
  });
  expect(lost, `${state}, text of 200 %`).toEqual([]);
}

async function inspect(page: Page, state: string): Promise<void> {
  await inspectLargeText(page, state);
  await inspectPage(page, state, [320, 1280]);
}

describe.each([
  { locale: 'en-US', path: '/' },
  { locale: 'es-US', path: '/es/' },
] as const)('axe finds nothing ($locale)', ({ locale, path }) => {
  test('in the search', async () => {
    const messages = LOCATOR_MESSAGES[locale];
    const { page, answer } = await site.open(path, { reducedMotion: 'reduce' });
    const box = page.getByRole('combobox', { name: messages.placeLabel });
    const search = page.getByRole('button', { name: messages.search });
    await inspect(page, 'idle');
    await search.click();
    await page.getByText(messages.placeMissing).waitFor();
    await inspect(page, 'empty box');
    await box.pressSequentially('mia');
    await page.getByRole('option').first().waitFor();
    await box.press('ArrowDown');
    await inspect(page, 'type-ahead');
    await box.press('Enter');
    await page.locator('.pin').first().waitFor();
    await inspect(page, 'found');
    await page.locator('.pin').nth(1).click();
    await inspect(page, 'chosen on the map');
    const suggestions = [{ label: 'Plantation, FL', near: 'Plantation, FL' }];
    answer('GET /v1/dealers', () => ({ status: 404, body: problem(404, { suggestions }) }));
    await search.click();
    await page.getByText(messages.didYouMean).waitFor();
    await inspect(page, 'unknown place');
    answer('GET /v1/dealers', () => 'abort');
    await search.click();
    await page.getByRole('button', { name: messages.tryAgain }).waitFor();
    await inspect(page, 'no connection');
    const far = { ...dealersAnswer({ beyondRadius: true }), origin: { label: 'San Juan, PR', lat: 18.4, lng: -66.1 } };
    answer('GET /v1/dealers', () => ({ status: 200, body: far }));
    await search.click();
    await page.getByRole('heading', { level: 3 }).first().waitFor();
    await page.locator('.map-note').getByText('San Juan').waitFor();
    await inspect(page, 'beyond the radius and the map');
    await page.locator('alpine-dealer-locator').evaluate((widget) => {
      widget.setAttribute('view', 'map');
      widget.setAttribute('near', '33324');
    });
    await page.locator('.pin').nth(1).click();
    await inspect(page, 'map alone');
  });

  test('in the reserve form', async () => {
    const messages = RESERVE_MESSAGES[locale];
    const { page } = await site.open(path);
    await page.getByRole('button', { name: LOCATOR_MESSAGES[locale].reserveAnywhere }).click();
    const send = page.getByRole('button', { name: messages.send });
    await send.waitFor();
    await inspect(page, 'form');
    await page.locator('[type=checkbox]').last().check();
    await page.getByLabel(messages.email, { exact: true }).fill('ana@gmial.com');
    await send.click();
    await page.locator('.adl-summary').waitFor();
    await inspect(page, 'faults');
    await fillInForm(page, messages);
    await send.click();
    await page.getByRole('heading', { name: messages.sentHeading }).waitFor();
    await inspect(page, 'sent');
  });

  test('on the reservation page', async () => {
    const messages = RESERVATION_MESSAGES[locale];
    const change = CHANGE_MESSAGES[locale];
    const reserve = RESERVE_MESSAGES[locale];
    const { page, answer } = await site.open('/reservation/#confirm=token', { locale });
    for (const [operation, answering] of Object.entries(reservationAnswers(callableAnswer(locale)))) {
      answer(operation, answering);
    }
    const press = (name: string) => page.getByRole('button', { name }).click();
    const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    await heading(messages.confirmHeading);
    await inspect(page, 'confirm');
    await press(messages.confirm);
    await heading(messages.confirmedHeading);
    await inspect(page, 'receipt');
    await press(messages.manage);
    await page.getByText(messages.heldHeading).waitFor();
    await inspect(page, 'reservation');
    await press(messages.change);
    await heading(change.heading);
    await inspect(page, 'change');
    await page.getByLabel(reserve.phone).fill('12');
    await press(change.save);
    await page.locator('.adl-summary').waitFor();
    await inspect(page, 'faults of a change');
    await press(reserve.changeStore);
    await page.locator('[data-dealer]').first().waitFor();
    await inspect(page, 'choice of a store');
    await page.locator('[data-dealer]').nth(1).click();
    await page.locator('.adl-why').waitFor();
    await inspect(page, 'another store');
    await page.getByLabel(reserve.phone).fill('');
    await press(change.save);
    await page.locator('#saved').waitFor();
    await inspect(page, 'saved');
    await press(messages.withdraw);
    await heading(messages.questionHeading);
    await inspect(page, 'question');
    answer('DELETE /v1/reservation', () => 'abort');
    await press(messages.withdrawNow);
    await page.getByRole('button', { name: messages.tryAgain }).waitFor();
    await inspect(page, 'no connection');
    answer('DELETE /v1/reservation', () => ({ status: 204 }));
    await press(messages.tryAgain);
    await heading(messages.withdrawnHeading);
    await inspect(page, 'withdrawn');
  });
});
