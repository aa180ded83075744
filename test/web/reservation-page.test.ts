import { expect, test } from 'vitest';
import { problem, receiptAnswer, reservationAnswer } from './stub-answers.ts';
import type { Visit } from './stub-site.ts';
import { tabTo, useSite } from './use-site.ts';

const site = useSite();
const heading = ({ page }: Visit, name: string) => page.getByRole('heading', { level: 1, name });
const asked = ({ requests }: Visit) =>
  requests.map((request) => `${request.method()} ${new URL(request.url()).pathname}`);

test('confirms on a click only, and takes the link out of the address bar', async () => {
  const visit = await site.open('/reservation/#confirm=the-token');
  await heading(visit, 'Confirm your reservation').waitFor();
  expect(new URL(visit.page.url()).hash).toBe('');
  expect(visit.requests).toEqual([]);
  await visit.page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await heading(visit, 'Your interest is reserved').waitFor();
  expect(visit.requests[0]?.postDataJSON()).toEqual({ token: 'the-token' });
  expect(await visit.page.locator('dd').allTextContents()).toEqual([
    'ALP-7K3Q-9XTM',
    expect.stringMatching(/^November 23, 2026 at /),
    'Mercedes-Benz of Fort Lauderdale',
    'A110',
    '14 at this store',
  ]);
});

test('from the mail to withdrawn by keyboard alone', async () => {
  const visit = await site.open('/reservation/#confirm=the-token');
  const { page } = visit;
  const press = async (name: string) => {
    await tabTo(page, page.getByRole('button', { name }));
    await page.keyboard.press('Enter');
  };
  await heading(visit, 'Confirm your reservation').waitFor();
  await press('Confirm my reservation');
  await page.locator('h1:focus').getByText('Your interest is reserved').waitFor();
  await press('See or withdraw my reservation');
  await page.locator('h1:focus').getByText('Your reservation').waitFor();
  await press('Withdraw my reservation');
  await page.locator('h1:focus').getByText('Withdraw your reservation?').waitFor();
  await press('Keep my reservation');
  await page.locator('h1:focus').getByText('Your reservation').waitFor();
  expect(asked(visit)).not.toContain('DELETE /v1/reservation');
  await press('Withdraw my reservation');
  await press('Withdraw and erase');
  await page.locator('h1:focus').getByText('Your reservation is withdrawn').waitFor();
  expect(visit.requests.at(-1)?.headers()['authorization']).toBe('Bearer manage-token');
});

test('shows all that is held, in the language of the reservation', async () => {
  const visit = await site.open('/reservation/#manage=manage-token', { locale: 'en-US' });
  visit.answer('GET /v1/reservation', () => ({ status: 200, body: reservationAnswer('es-US') }));
  await visit.page.goto(new URL('/reservation/?again#manage=manage-token', visit.page.url()).href);
  await heading(visit, 'Su reserva').waitFor();
  const text = await visit.page.locator('main').textContent();
  for (const held of [
    'Ana Ruiz',
    'ana@example.com',
    '(305) 555-0123',
    '33324',
    'En los 6 meses',
    'Usted aceptó',
    'Formulario enviado',
  ]) {
    expect(text).toContain(held);
  }
  await visit.page.getByRole('button', { name: 'English' }).click();
  await heading(visit, 'Your reservation').waitFor();
  await visit.page.getByText('Within 6 months of launch').waitFor();
  expect(await visit.page.locator('html').getAttribute('lang')).toBe('en-US');
});

test('a receipt without a store has neither store nor place', async () => {
  const visit = await site.open('/reservation/#confirm=the-token');
  visit.answer('POST /v1/interests/confirm', () => ({
    status: 200,
    body: { ...receiptAnswer(), dealer: null, placeInLine: null, model: 'undecided' },
  }));
  await visit.page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await visit.page.getByText('No store chosen yet').waitFor();
  await visit.page.getByText('Not decided yet').waitFor();
  expect(await visit.page.getByText('Place in line').count()).toBe(0);
});

test('a link that is not valid is said to be so, with a way on', async () => {
  const visit = await site.open('/reservation/#confirm=forged');
  visit.answer('POST /v1/interests/confirm', () => ({ status: 404, body: problem(404) }));
  await visit.page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await heading(visit, 'This link is no longer valid').waitFor();
  expect(await visit.page.getByRole('link', { name: 'Find a store' }).getAttribute('href')).toBe('/');
});

test('a lost answer can be asked for again', async () => {
  const visit = await site.open('/reservation/#confirm=the-token');
  visit.answer('POST /v1/interests/confirm', () => 'abort');
  await visit.page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await visit.page.getByText('We could not connect.').waitFor();
  visit.answer('POST /v1/interests/confirm', () => ({ status: 200, body: receiptAnswer() }));
  await visit.page.getByRole('button', { name: 'Try again' }).click();
  await heading(visit, 'Your interest is reserved').waitFor();
});

test('another link opened in the same tab is taken up', async () => {
  const visit = await site.open('/reservation/');
  await heading(visit, 'Open the link in your mail').waitFor();
  await visit.page.evaluate(() => {
    location.hash = '#confirm=the-token';
  });
  await heading(visit, 'Confirm your reservation').waitFor();
  expect(new URL(visit.page.url()).hash).toBe('');
});
