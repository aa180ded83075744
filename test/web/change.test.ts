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
import { callableAnswer, dealersAnswer, problem, reservationAnswer } from './stub-answers.ts';
import { type Answer, reservationAnswers } from './stub-site.ts';
import { tabTo, useSite } from './use-site.ts';

const site = useSite();
const openForm = (reservation?: ReservationAnswer) => openChangeForm(site, reservation);

test('from the reservation to another store by keyboard alone, with what happens now and the new place in line', async () => {
  const visit = await site.open('/reservation/#manage=manage-token');
  const { page } = visit;
  const press = async (name: string) => {
    await tabTo(page, page.getByRole('button', { name }));
    await page.keyboard.press('Enter');
  };
  await page.getByRole('button', { name: 'Change my reservation' }).waitFor();
  await press('Change my reservation');
  await page.locator('h1:focus').getByText('Change your reservation').waitFor();
  await press('Change store');
  await page.locator('h2:focus').getByText('Choose another store').waitFor();
  await page.getByText('3 stores within 100 mi of Plantation').waitFor();
  await press('Choose this store: AutoNation Audi Pembroke Pines');
  await page.locator('.adl-store:focus').getByText('AutoNation Audi Pembroke Pines').waitFor();
  await tabTo(page, save(visit));
  await page.keyboard.press('Enter');
  await saved(visit).waitFor();
  expect(changes(visit)).toEqual([{ dealerId: 'store-2' }]);
  const result = await page.locator('section.saved').innerText();
  for (const sentence of [
    'We tell Mercedes-Benz of Fort Lauderdale that you chose otherwise',
    'AutoNation Audi Pembroke Pines gets your name, contact details and wishes.',
    'Your number stays ALP-7K3Q-9XTM, and your time of confirmation stays November 23, 2026',
    'Your place in line at AutoNation Audi Pembroke Pines is 3.',
  ]) {
    expect(result).toContain(sentence);
    expect(await page.locator('#announcements[role=status]').textContent()).toContain(sentence);
  }
  expect(await page.locator('.receipt').innerText()).toContain('3 at this store');
  await page.getByRole('button', { name: 'Español' }).click();
  await page.locator('section.saved').getByText('Su lugar en la fila de AutoNation Audi Pembroke Pines').waitFor();
  expect(await page.locator('section.saved').innerText()).not.toContain('Your number stays');
});

test('the stores are those of the search, each with its distance and how sure it is', async () => {
  const visit = await openForm();
  const { page } = visit;
  await page.getByRole('button', { name: 'Change store' }).click();
  const items = page.locator('.store');
  await items.first().waitFor();
  for (const [index, dealer] of dealersAnswer().dealers.entries()) {
    const text = await items.nth(index).innerText();
    expect(text).toContain(dealer.name);
    expect(text).toMatch(/\d+(\.\d)? mi away/);
    expect(text).toContain('Expected to carry Alpine, not confirmed');
  }
  const nears = () =>
    visit.requests
      .map((request) => new URL(request.url()))
      .filter((url) => url.pathname === '/v1/dealers')
      .map((url) => url.searchParams.get('near'));
  // Around home at once, and wherever else they like.
  expect(nears()).toEqual(['33324']);
  await page.getByRole('combobox').first().fill('Miami, FL');
  await page.keyboard.press('Enter');
  await expect.poll(nears).toEqual(['33324', 'Miami, FL']);
  await page.getByRole('button', { name: 'Back, and keep the store' }).click();
  await page.locator('.adl-store').getByText('Mercedes-Benz of Fort Lauderdale').waitFor();
});

test('no store is a choice: in the form and in the list', async () => {
  const visit = await openForm();
  await visit.page.getByRole('button', { name: 'No store yet' }).click();
  await visit.page.locator('.adl-store:focus').getByText('No store yet. No store gets your details.').waitFor();
  expect(await visit.page.getByText('the store I choose').count()).toBe(1);
  await chooseStore(visit, 'Land Rover Fort Lauderdale');
  await visit.page.getByRole('button', { name: 'Change store' }).click();
  await visit.page.locator('.locate').getByRole('button', { name: 'No store yet' }).click();
  await save(visit).click();
  await saved(visit).waitFor();
  expect(changes(visit)).toEqual([{ dealerId: null }]);
  await main(visit).getByText('No store gets your details until you choose one.').waitFor();
  expect(await visit.page.getByText('Place in line', { exact: true }).count()).toBe(0);
});

test('sends what is different and nothing else', async () => {
  const visit = await openForm();
  const { page } = visit;
  await page.getByLabel('Compact electric crossover').check();
  await page.getByLabel('When would you like to buy?').selectOption('');
  await page.getByLabel('ZIP code', { exact: true }).fill('33316');
  await page.getByLabel('Mobile phone').fill('212.555.0199');
  await email(visit).uncheck();
  await save(visit).click();
  await saved(visit).waitFor();
  expect(changes(visit)).toEqual([
    {
      model: 'crossover-compact',
      timeframe: null,
      zip: '33316',
      phone: '+12125550199',
      consents: { email: false, version },
    },
  ]);
  await main(visit).getByText('Mercedes-Benz of Fort Lauderdale gets your details again, as they are now.').waitFor();
  await page.getByText('Expected 2027, not confirmed.').first().waitFor();
});

test('the page’s own language can be changed while the form is open: all that was typed stays', async () => {
  const visit = await openForm(callableAnswer('en-US'));
  const { page } = visit;
  await chooseStore(visit, 'AutoNation Audi Pembroke Pines');
  await calls(visit).check();
  await page.getByLabel('ZIP code', { exact: true }).fill('33316');
  await page.getByRole('button', { name: 'Español' }).click();
  await page.getByRole('heading', { level: 1, name: 'Cambiar su reserva' }).waitFor();
  await page.getByText('Se espera que ofrezca Alpine, sin confirmar').waitFor();
  await calls(visit).waitFor();
  expect(await calls(visit).isChecked()).toBe(true);
  // Messages stay in the reservation's language, and with them the words of its consents.
  const label = page.locator('label[for="change-consent-phone"]');
  expect(await label.innerText()).toContain('Alpine and AutoNation Audi Pembroke Pines may call or text me');
  await page.getByRole('button', { name: 'Guardar los cambios' }).click();
  await page.locator('h2:focus').getByText('Sus cambios están guardados').waitFor();
  expect(changes(visit)).toEqual([{ dealerId: 'store-2', zip: '33316', consents: { phone: true, version } }]);
});

test('all that is wrong is named at once with links to it, and goes away when it is corrected', async () => {
  const visit = await openForm();
  const { page } = visit;
  const phone = page.getByLabel('Mobile phone');
  const zip = page.getByLabel('ZIP code', { exact: true });
  await phone.fill('12');
  await zip.fill('abc');
  await save(visit).click();
  await page.locator('.adl-summary:focus').waitFor();
  await summary(visit).getByText('Please correct 2 things').waitFor();
  await summary(visit).getByRole('link', { name: 'Enter a ZIP code that exists' }).click();
  expect(await zip.evaluate((input) => input.matches(':focus'))).toBe(true);
  expect(await zip.getAttribute('aria-describedby')).toBe('change-zip-fault');
  await zip.pressSequentially('d');
  expect(await zip.getAttribute('aria-invalid')).toBe('true');
  await zip.fill('33316');
  expect(await zip.getAttribute('aria-invalid')).toBeNull();
  await summary(visit).getByText('Please correct one thing').waitFor();
  await phone.fill('');
  expect(await summary(visit).isHidden()).toBe(true);
  expect(changes(visit)).toEqual([]);
});

test('what the API refuses is named at its field; all that was typed is kept', async () => {
  const visit = await openForm();
  const { page } = visit;
  await chooseStore(visit, 'AutoNation Audi Pembroke Pines');
  await page.getByLabel('ZIP code', { exact: true }).fill('00001');
  const errors = ['#/zip', '#/dealerId'].map((pointer) => ({ pointer, detail: 'is wrong' }));
  visit.answer('PATCH /v1/reservation', () => ({ status: 400, body: problem(400, { errors }) }));
  await save(visit).click();
  await page.locator('.adl-summary:focus').waitFor();
  await summary(visit).getByRole('link', { name: 'This store cannot be chosen any more.' }).click();
  await page.locator('#change-store:focus').waitFor();
  expect(await page.getByLabel('ZIP code', { exact: true }).inputValue()).toBe('00001');
  await chooseStore(visit, 'Land Rover Fort Lauderdale');
  await summary(visit).getByText('Please correct one thing').waitFor();
  await page.getByLabel('ZIP code', { exact: true }).fill('33316');
  expect(await summary(visit).isHidden()).toBe(true);
});

test('a link that has ended while the form was open says so, and how to get a new one', async () => {
  const visit = await openForm();
  visit.answer('PATCH /v1/reservation', () => ({ status: 401, body: problem(401) }));
  await visit.page.getByRole('button', { name: 'No store yet' }).click();
  await save(visit).click();
  await visit.page.locator('h1:focus').getByText('This link is no longer valid').waitFor();
  await visit.page.getByText('we mail you a new link to it').waitFor();
});

test('a change that is being saved cannot be left as if nothing were changed', async () => {
  const visit = await openForm();
  const { page } = visit;
  const answered = Promise.withResolvers<void>();
  const held = reservationAnswers(reservationAnswer('en-US'))['PATCH /v1/reservation'];
  visit.answer('PATCH /v1/reservation', async (request): Promise<Answer> => {
    await answered.promise;
    return held?.(request) ?? 'abort';
  });
  await page.getByRole('button', { name: 'No store yet' }).click();
  await save(visit).click();
  await page.getByRole('button', { name: 'Saving…' }).waitFor();
  await page.getByRole('button', { name: 'Back without changing anything' }).click({ force: true });
  answered.resolve();
  await saved(visit).waitFor();
  await main(visit).getByText('No store gets your details until you choose one.').waitFor();
});

test('nothing different is not sent', async () => {
  const visit = await openForm();
  await save(visit).click();
  await summary(visit).getByText('Nothing is different yet.').waitFor();
  expect(changes(visit)).toEqual([]);
  await visit.page.getByRole('button', { name: 'Back without changing anything' }).click();
  await visit.page.locator('h1:focus').getByText('Your reservation').waitFor();
});

test('a double click saves once; a slow answer is said to be slow; a lost one can be tried again', async () => {
  const visit = await openForm();
  const { page } = visit;
  const answered = Promise.withResolvers<void>();
  visit.answer('PATCH /v1/reservation', async (): Promise<Answer> => {
    await answered.promise;
    return 'abort';
  });
  await page.getByRole('button', { name: 'No store yet' }).click();
  await save(visit).dblclick();
  await page.getByRole('button', { name: 'Saving…' }).waitFor();
  await page.clock.fastForward(4_000);
  await page.getByText('Still saving. Your connection seems slow').waitFor();
  await expect.poll(() => changes(visit).length).toBe(1);
  answered.resolve();
  await page.locator('.adl-summary:focus').getByText('We could not connect.').waitFor();
  expect(await page.getByText('Still saving.').count()).toBe(0);
  for (const [operation, answering] of Object.entries(reservationAnswers(reservationAnswer('en-US')))) {
    visit.answer(operation, answering);
  }
  await save(visit).click();
  await saved(visit).waitFor();
  expect(changes(visit)).toEqual([{ dealerId: null }, { dealerId: null }]);
});
