import { expect, test } from 'vitest';
import type { ReservationAnswer } from '../../shared/contract/interests.ts';
import {
  calls,
  changes,
  chooseStore,
  email,
  main,
  openChangeForm,
  save,
  saved,
  summary,
  version,
} from './change-visit.ts';
import { callableAnswer, formAnswer, problem } from './stub-answers.ts';
import type { Answer } from './stub-site.ts';
import { answersHeard, useSite } from './use-site.ts';

const site = useSite();
const openForm = (reservation?: ReservationAnswer) => openChangeForm(site, reservation);

test('the boxes are ticked as far as consent stands now, and apart', async () => {
  const visit = await openForm();
  expect(await email(visit).isChecked()).toBe(true);
  expect(await calls(visit).isChecked()).toBe(false);
  const words = await visit.page.locator('label[for="change-consent-phone"]').innerText();
  const text = formAnswer('en-US').consents.find(({ id }) => id === 'phone')?.text;
  expect(words).toBe(text?.replace('{store}', 'Mercedes-Benz of Fort Lauderdale'));
  expect(words).toContain('Consent is not a condition of purchase.');
  const callable = await openForm(callableAnswer('en-US'));
  expect(await calls(callable).isChecked()).toBe(true);
});

test('the consent to calls does not carry over to another store, and the page says so', async () => {
  const visit = await openForm(callableAnswer('en-US'));
  await chooseStore(visit, 'AutoNation Audi Pembroke Pines');
  expect(await calls(visit).isChecked()).toBe(false);
  expect(await email(visit).isChecked()).toBe(true);
  const why = 'You agreed to calls and texts about Mercedes-Benz of Fort Lauderdale. That does not carry over';
  await visit.page.locator('.adl-why').getByText(why).waitFor();
  expect(await visit.page.locator('#announcements').textContent()).toContain(why);
  const label = visit.page.locator('label[for="change-consent-phone"]');
  expect(await label.innerText()).toContain('Alpine and AutoNation Audi Pembroke Pines may call or text me');
  await save(visit).click();
  await saved(visit).waitFor();
  expect(changes(visit)).toEqual([{ dealerId: 'store-2', consents: { phone: false, version } }]);
});

test('a consent ticked again for the new store goes with it; the old store chosen again has its own back', async () => {
  const visit = await openForm(callableAnswer('en-US'));
  await chooseStore(visit, 'AutoNation Audi Pembroke Pines');
  await calls(visit).check();
  await chooseStore(visit, 'Mercedes-Benz of Fort Lauderdale');
  expect(await calls(visit).isChecked()).toBe(true);
  await chooseStore(visit, 'Land Rover Fort Lauderdale');
  expect(await calls(visit).isChecked()).toBe(false);
  await calls(visit).check();
  await save(visit).click();
  await saved(visit).waitFor();
  expect(changes(visit)).toEqual([{ dealerId: 'store-3', consents: { phone: true, version } }]);
});

test('a box that was emptied by hand is never ticked again by the page', async () => {
  const visit = await openForm(callableAnswer('en-US'));
  await calls(visit).uncheck();
  await chooseStore(visit, 'AutoNation Audi Pembroke Pines');
  await chooseStore(visit, 'Mercedes-Benz of Fort Lauderdale');
  expect(await calls(visit).isChecked()).toBe(false);
});

test('the consent to calls does not carry over to another number, nor a tick from one number to the next', async () => {
  const visit = await openForm(callableAnswer('en-US'));
  const phone = visit.page.getByLabel('Mobile phone');
  await phone.fill('212 555 0199');
  expect(await calls(visit).isChecked()).toBe(false);
  await main(visit).getByText('You agreed to calls and texts at (305) 555-0123. That does not carry over').waitFor();
  await calls(visit).check();
  await phone.fill('212 555 0198');
  expect(await calls(visit).isChecked()).toBe(false);
  await phone.fill('305-555-0123');
  expect(await calls(visit).isChecked()).toBe(true);
  await phone.fill('');
  await save(visit).click();
  await saved(visit).waitFor();
  expect(changes(visit)).toEqual([{ phone: null, consents: { phone: false, version } }]);
});

test('the words of the consents are in the language that will be kept as evidence', async () => {
  const visit = await openForm();
  const label = visit.page.locator('label[for="change-consent-phone"]');
  await calls(visit).check();
  await visit.page.getByLabel('Language of our messages').selectOption('es-US');
  await label.getByText('pueden llamarme').waitFor();
  expect(await calls(visit).isChecked()).toBe(false);
  expect(await email(visit).isChecked()).toBe(true);
  await main(visit).getByText('The words have changed since you ticked.').waitFor();
  expect(await label.evaluate((element) => element.closest('[lang]')?.getAttribute('lang'))).toBe('es-US');
  await calls(visit).check();
  await save(visit).click();
  await saved(visit).waitFor();
  expect(changes(visit)).toEqual([{ locale: 'es-US', consents: { phone: true, version } }]);
  const evidence = await visit.page.locator('.records blockquote').first().innerText();
  expect(evidence).toContain('pueden llamarme');
});

test('words that do not come can be asked for again; until then nothing is answered to them', async () => {
  const visit = await openForm();
  visit.answer('GET /v1/form', () => 'abort');
  await visit.page.getByLabel('Language of our messages').selectOption('es-US');
  await visit.page.getByText('We could not connect.').waitFor();
  expect(await calls(visit).count()).toBe(0);
  visit.answer('GET /v1/form', () => ({ status: 200, body: formAnswer('es-US') }));
  await visit.page.getByRole('button', { name: 'Try again' }).click();
  await calls(visit).waitFor();
});

test('words of a language that is not chosen any more do not come in place of those that are', async () => {
  const visit = await openForm();
  const asked = Promise.withResolvers<void>();
  const broken = Promise.withResolvers<void>();
  visit.answer('GET /v1/form', async (): Promise<Answer> => {
    asked.resolve();
    await broken.promise;
    return 'abort';
  });
  const language = visit.page.getByLabel('Language of our messages');
  await language.selectOption('es-US');
  await asked.promise;
  await language.selectOption('en-US');
  await calls(visit).waitFor();
  const failed = visit.page.waitForEvent('requestfailed');
  broken.resolve();
  await failed;
  await answersHeard(visit.page);
  expect(await calls(visit).count()).toBe(1);
  expect(await visit.page.getByText('We could not connect.').count()).toBe(0);
});

test('calls without a number: corrected by the number, or by leaving the box empty', async () => {
  const visit = await openForm();
  await visit.page.getByLabel('Mobile phone').fill('');
  for (const correct of [
    () => calls(visit).uncheck(),
    () => visit.page.getByLabel('Mobile phone').fill('3055550123'),
  ]) {
    await calls(visit).check();
    await save(visit).click();
    await summary(visit).getByText('Enter your phone number, or leave calls and texts unticked.').waitFor();
    await correct();
    await summary(visit).waitFor({ state: 'hidden' });
  }
  expect(changes(visit)).toEqual([]);
});

test('wording that has been replaced is renewed, and asked for again', async () => {
  const visit = await openForm();
  await calls(visit).check();
  const errors = [{ pointer: '#/consents/version', detail: 'is not a version of the wording' }];
  visit.answer('PATCH /v1/reservation', () => ({ status: 400, body: problem(400, { errors }) }));
  const form = formAnswer('en-US');
  const consents = form.consents.map((consent) => ({
    ...consent,
    version: '2027-01-01',
    text: `New: ${consent.text}`,
  }));
  visit.answer('GET /v1/form', () => ({ status: 200, body: { ...form, consents } }));
  await save(visit).click();
  await summary(visit).getByText('have been renewed').waitFor();
  expect(await visit.page.locator('label[for="change-consent-phone"]').innerText()).toMatch(/^New: /);
  expect(await calls(visit).isChecked()).toBe(false);
});

test('wording that has been replaced, and does not come anew, is not said to be renewed', async () => {
  const visit = await openForm();
  await calls(visit).check();
  const errors = [{ pointer: '#/consents/version', detail: 'is not a version of the wording' }];
  visit.answer('PATCH /v1/reservation', () => ({ status: 400, body: problem(400, { errors }) }));
  visit.answer('GET /v1/form', () => ({ status: 503, body: problem(503) }));
  await save(visit).click();
  await visit.page.locator('.adl-summary:focus').getByText('Something went wrong on our side.').waitFor();
  expect(await calls(visit).count()).toBe(0);
  visit.answer('GET /v1/form', () => ({ status: 200, body: formAnswer('en-US') }));
  await visit.page.getByRole('button', { name: 'Try again' }).click();
  await calls(visit).waitFor();
});
