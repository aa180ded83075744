import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Locale } from '../../shared/launch/launch.ts';
import { CHANGE_MESSAGES } from '../../web/messages/change-messages.ts';
import { LOCATOR_MESSAGES } from '../../web/messages/locator-messages.ts';
import { MAP_MESSAGES } from '../../web/messages/map-messages.ts';
import { RESERVATION_MESSAGES } from '../../web/messages/reservation-messages.ts';
import { RESERVE_MESSAGES } from '../../web/messages/reserve-messages.ts';
import { tabTo, useSite } from './use-site.ts';

const site = useSite();

/** Goes to a control by Tab alone and presses a key on it. */
async function press(page: Page, control: Locator, key = 'Enter'): Promise<void> {
  await control.waitFor();
  await tabTo(page, control);
  await page.keyboard.press(key);
}

test.each<[Locale, string]>([
  ['en-US', '/'],
  ['es-US', '/es/'],
])('locate, reserve, confirm, change and withdraw, by keyboard alone (%s)', async (locale, path) => {
  const words = {
    ...{ locate: LOCATOR_MESSAGES[locale], map: MAP_MESSAGES[locale], reserve: RESERVE_MESSAGES[locale] },
    ...{ reservation: RESERVATION_MESSAGES[locale], change: CHANGE_MESSAGES[locale] },
  };
  const visit = await site.open(path, { locale, reducedMotion: 'reduce' });
  const { page } = visit;
  const { keyboard } = page;
  const button = (name: string) => page.getByRole('button', { name });
  const isFocused = (control: Locator) => control.evaluate((element) => element.matches(':focus'));

  // Locate: by type-ahead, then on the map.
  await tabTo(page, page.getByRole('combobox', { name: words.locate.placeLabel }));
  await keyboard.type('mia');
  await page.getByRole('option').first().waitFor();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await page.locator('.pin').first().waitFor();
  await tabTo(page, page.locator('.frame'));
  await keyboard.press('+');
  await tabTo(page, page.locator('.pin').first());
  await keyboard.press('ArrowRight');
  await keyboard.press('Enter');
  expect(await page.locator('.list .store').nth(1).getAttribute('aria-current')).toBe('true');

  // Reserve.
  await press(page, page.locator('.list [data-dealer="store-2"]'));
  await page.locator('.adl-form h2:focus').waitFor();
  for (const [label, text] of [
    [words.reserve.givenName, 'Ana'],
    [words.reserve.familyName, 'Ruiz'],
    [words.reserve.email, 'ana@gmial.com'],
  ] as const) {
    await tabTo(page, page.getByLabel(label, { exact: true }));
    await keyboard.type(text);
  }
  // The question comes when the box is left, and stands right after it.
  await keyboard.press('Tab');
  const useEmail = button(words.reserve.useEmail('ana@gmail.com'));
  await useEmail.waitFor();
  if (!(await isFocused(useEmail))) await keyboard.press('Shift+Tab');
  expect(await isFocused(useEmail)).toBe(true);
  await keyboard.press('Enter');
  expect(await isFocused(page.getByLabel(words.reserve.email, { exact: true }))).toBe(true);
  expect(await page.getByLabel(words.reserve.email, { exact: true }).inputValue()).toBe('ana@gmail.com');
  await tabTo(page, page.getByLabel(words.reserve.zip, { exact: true }));
  await keyboard.type('33324');
  await page.clock.fastForward(3_000);
  // Forgotten ticks: the summary has the focus, and its link leads to the box.
  await press(page, button(words.reserve.send));
  await page.locator('.adl-summary:focus').waitFor();
  await press(page, page.locator('.adl-summary a').first());
  expect(await isFocused(page.getByLabel(words.reserve.adult))).toBe(true);
  await keyboard.press('Space');
  await press(page, page.getByLabel(words.reserve.usResident), 'Space');
  await press(page, button(words.reserve.send));
  await page.getByRole('heading', { name: words.reserve.sentHeading }).waitFor();
  expect(await isFocused(page.getByRole('heading', { name: words.reserve.sentHeading }))).toBe(true);

  // Confirm, by the link of the mail.
  await page.goto(new URL('/reservation/#confirm=token', page.url()).href);
  await press(page, button(words.reservation.confirm));
  await page.getByRole('heading', { level: 1, name: words.reservation.confirmedHeading }).waitFor();
  await press(page, button(words.reservation.manage));
  // The reservation speaks the language it was made in; this one was made in English.
  if (locale === 'es-US') await press(page, button('Español'));
  await button(words.reservation.change).waitFor();

  // Change: another store, another model.
  await press(page, button(words.reservation.change));
  await press(page, button(words.reserve.changeStore));
  await press(page, page.locator('[data-dealer="store-3"]'));
  await page.locator('.adl-store:focus').getByText('Land Rover Fort Lauderdale').waitFor();
  await tabTo(page, page.getByLabel('A110', { exact: true }));
  await keyboard.press('ArrowDown');
  await press(page, button(words.change.save));
  await page.locator('#saved').getByText(words.change.savedHeading).waitFor();

  // Withdraw.
  await press(page, button(words.reservation.withdraw));
  await press(page, button(words.reservation.withdrawNow));
  await page.getByRole('heading', { level: 1, name: words.reservation.withdrawnHeading }).waitFor();
  expect(visit.requests.map((request) => request.method()).filter((method) => method !== 'GET')).toEqual([
    'POST',
    'POST',
    'PATCH',
    'DELETE',
  ]);
});
