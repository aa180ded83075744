import type { Page } from 'playwright-core';
import type { ReserveMessages } from '../../web/messages/reserve-messages.ts';

/** Fills in the reserve form, so that nothing is wrong with it any more, and lets the time pass that a person takes. */
export async function fillInForm(page: Page, messages: ReserveMessages): Promise<void> {
  await page.getByLabel(messages.givenName, { exact: true }).fill('Ana');
  await page.getByLabel(messages.familyName, { exact: true }).fill('Ruiz');
  await page.getByLabel(messages.email, { exact: true }).fill('ana@example.com');
  await page.getByLabel(messages.zip, { exact: true }).fill('33324');
  await page.getByLabel(messages.phone).fill('3055550123');
  await page.getByLabel(messages.adult).check();
  await page.getByLabel(messages.usResident).check();
  await page.clock.fastForward(3_000);
}
