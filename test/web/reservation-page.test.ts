import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { callableAnswer, formAnswer, problem, receiptAnswer, reservationAnswer } from './stub-answers.ts';
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
  const texts = await visit.page.locator('dd').allInnerTexts();
  expect(texts.map((text) => text.split(/\n+/))).toEqual([
    ['ALP-7K3Q-9XTM'],
    [expect.stringMatching(/^November 23, 2026 at /)],
    ['Mercedes-Benz of Fort Lauderdale', 'Expected to carry Alpine, not confirmed'],
    ['A110', 'US sale under review, not confirmed.'],
    ['14 at this store', expect.stringMatching(/^As of now\./)],
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
  await press('See, change or withdraw my reservation');
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
  await visit.page.getByRole('main').getByText('US launch expected 2027, not confirmed.').waitFor();
});

test('a store that is no longer listed is said to be so, and the reservation still shows', async () => {
  const visit = await site.open('/reservation/#confirm=the-token');
  visit.answer('GET /v1/dealers/store-1', () => ({ status: 404, body: problem(404) }));
  await visit.page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await visit.page.getByText('This store is no longer on our list.').waitFor();
  await visit.page.getByText('Mercedes-Benz of Fort Lauderdale').waitFor();
});

test('all that is held can be taken along as JSON, without asking for it again', async () => {
  const visit = await site.open('/reservation/#manage=manage-token');
  const button = visit.page.getByRole('button', { name: 'Download as JSON' });
  await button.waitFor();
  const before = visit.requests.length;
  const [download] = await Promise.all([visit.page.waitForEvent('download'), button.click()]);
  expect(download.suggestedFilename()).toBe('ALP-7K3Q-9XTM.json');
  expect(await json(await download.createReadStream())).toEqual(reservationAnswer('en-US'));
  expect(visit.requests.length).toBe(before);
});

test('every consent shows as evidence: question, answer, words, version, time, number, page and privacy signal', async () => {
  const visit = await site.open('/reservation/');
  const reservation = callableAnswer('es-US');
  const [email, phone] = reservation.consents;
  if (email === undefined || phone === undefined) throw new Error('the stub has two consents');
  const later = {
    ...phone,
    granted: false,
    at: '2026-11-25T10:00:00Z',
    phone: '+12125550199',
    globalPrivacyControl: true,
  };
  visit.answer('GET /v1/reservation', () => ({
    status: 200,
    body: { ...reservation, locale: 'en-US', consents: [email, phone, later] },
  }));
  await visit.page.goto(new URL('/reservation/?again#manage=manage-token', visit.page.url()).href);
  await heading(visit, 'Your reservation').waitFor();
  const records = visit.page.locator('.records').first().locator('> li');
  const texts = await records.allInnerTexts();
  expect(texts.map((text) => text.split('\n')[0])).toEqual([
    'Calls and texts: You did not agree',
    'Calls and texts: You agreed',
    'News by e-mail: You agreed',
  ]);
  for (const part of [later.text, later.version, 'November 25, 2026', '(212) 555-0199', 'https://alpine.example/']) {
    expect(texts[0]).toContain(part);
  }
  expect(texts[0]).toContain('Global Privacy Control');
  expect(texts[1]).not.toContain('Global Privacy Control');
  expect(await records.first().locator('blockquote').getAttribute('lang')).toBe('es-US');
});

test('a name of one long word makes nothing wider than the page', async () => {
  const visit = await site.open('/reservation/', { viewport: { width: 320, height: 900 } });
  const overflow = () => visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const dealer = { id: 'store-1', name: 'Automobile'.repeat(10) };
  visit.answer('GET /v1/reservation', () => ({ status: 200, body: { ...reservationAnswer('en-US'), dealer } }));
  await visit.page.evaluate(() => {
    location.hash = '#manage=manage-token';
  });
  await visit.page.getByRole('button', { name: 'Withdraw my reservation' }).click();
  await visit.page.getByText(`We tell ${dealer.name}`).waitFor();
  expect(await overflow()).toBe(0);
  await visit.page.getByRole('button', { name: 'Keep my reservation' }).click();
  await visit.page.getByRole('button', { name: 'Change my reservation' }).click();
  await visit.page.locator('#change-consent-phone').waitFor();
  expect(await overflow()).toBe(0);
});

test('a throw-away mailbox is spoken of only when it is one', async () => {
  const visit = await site.open('/reservation/#manage=manage-token');
  await heading(visit, 'Your reservation').waitFor();
  expect(await visit.page.getByText('throw-away').count()).toBe(0);
  visit.answer('GET /v1/reservation', () => ({
    status: 200,
    body: { ...reservationAnswer('en-US'), disposableAddress: true },
  }));
  await visit.page.goto(new URL('/reservation/?again#manage=manage-token', visit.page.url()).href);
  await visit.page.getByText('Of a service for throw-away mailboxes.').waitFor();
});

test('the receipt prints on one page, without buttons and without what else is held', async () => {
  const visit = await site.open('/reservation/#manage=manage-token', { colorScheme: 'dark' });
  const { page } = visit;
  await page.getByRole('button', { name: 'Print the receipt' }).waitFor();
  const pages = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length;
  expect(pages(await page.pdf({ format: 'Letter' }))).toBe(1);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('button:visible').count()).toBe(0);
  const printed = await page.locator('main').innerText();
  for (const part of ['ALP-7K3Q-9XTM', 'Mercedes-Benz of Fort Lauderdale', 'not confirmed', '14 at this store']) {
    expect(printed).toContain(part);
  }
  expect(printed).not.toContain('ana@example.com');
  // Dark paper takes a cartridge.
  expect(await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
});

test('prints when asked to', async () => {
  const { page } = await site.open('/reservation/#manage=manage-token');
  await page.evaluate(() => {
    Object.assign(window, { print: () => document.body.setAttribute('data-printed', '') });
  });
  await page.getByRole('button', { name: 'Print the receipt' }).click();
  expect(await page.locator('body').getAttribute('data-printed')).toBe('');
});

test('before withdrawing it says what is erased and which store is told, and asks once', async () => {
  const visit = await site.open('/reservation/#manage=manage-token');
  const { page } = visit;
  await page.getByRole('button', { name: 'Withdraw my reservation' }).click();
  await page.getByText('We erase your name, e-mail address, phone number').waitFor();
  await page.getByText('We tell Mercedes-Benz of Fort Lauderdale that it is over').waitFor();
  await page.getByRole('button', { name: 'Withdraw and erase' }).dblclick();
  await heading(visit, 'Your reservation is withdrawn').waitFor();
  expect(asked(visit).filter((each) => each.startsWith('DELETE'))).toHaveLength(1);
});

test.each([
  ['a connection that broke', 'abort'],
  ['a fault of the gateway', { status: 504 }],
] as const)('after %s a withdrawal that had been done is said to be done', async (_, lost) => {
  const visit = await site.open('/reservation/#manage=manage-token');
  const { page } = visit;
  visit.answer('DELETE /v1/reservation', () => lost);
  await page.getByRole('button', { name: 'Withdraw my reservation' }).click();
  await page.getByRole('button', { name: 'Withdraw and erase' }).click();
  visit.answer('DELETE /v1/reservation', () => ({ status: 401, body: problem(401) }));
  await page.getByRole('button', { name: 'Try again' }).click();
  await heading(visit, 'Your reservation is withdrawn').waitFor();
});

test('a withdrawal by a link that has ended meanwhile is said not to be one', async () => {
  const visit = await site.open('/reservation/#manage=manage-token');
  await visit.page.getByRole('button', { name: 'Withdraw my reservation' }).click();
  visit.answer('DELETE /v1/reservation', () => ({ status: 401, body: problem(401) }));
  await visit.page.getByRole('button', { name: 'Withdraw and erase' }).click();
  await heading(visit, 'This link is no longer valid').waitFor();
});

test('says why the mail came, before and after confirming', async () => {
  const { page } = await site.open('/reservation/#confirm=the-token');
  await page.getByText('Someone entered your address in the form on this site').waitFor();
  await page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await page.getByRole('button', { name: 'See, change or withdraw my reservation' }).click();
  await page.getByText('Whoever has the link can see, change and withdraw it').waitFor();
});

test('a language chosen while the words of another are on their way gets its own', async () => {
  const visit = await site.open('/reservation/#confirm=the-token');
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  visit.answer('GET /v1/form', async (request) => {
    const locale = request.url().endsWith('es-US') ? 'es-US' : 'en-US';
    asked.resolve();
    if (locale === 'en-US') await answered.promise;
    return { status: 200, body: formAnswer(locale) };
  });
  await visit.page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await asked.promise;
  await visit.page.getByRole('button', { name: 'Español' }).click();
  await visit.page.getByText('Un momento…').waitFor();
  answered.resolve();
  await heading(visit, 'Su interés está reservado').waitFor();
  await visit.page.getByText('Venta en EE. UU.').waitFor();
});

test('a slow answer is said to be slow', async () => {
  const visit = await site.open('/reservation/');
  const answered = Promise.withResolvers<void>();
  visit.answer('GET /v1/reservation', async () => {
    await answered.promise;
    return { status: 200, body: reservationAnswer('en-US') };
  });
  const asking = visit.page.waitForRequest('**/v1/reservation');
  await visit.page.evaluate(() => {
    location.hash = '#manage=manage-token';
  });
  await asking;
  await visit.page.getByText('One moment…').waitFor();
  await visit.page.clock.fastForward(4_000);
  await visit.page.getByRole('main').getByText('Your connection seems slow.').waitFor();
  expect(await visit.page.locator('#announcements').textContent()).toContain('slow');
  answered.resolve();
  await heading(visit, 'Your reservation').waitFor();
});

test('a link that is not valid is said to be so, with a way on', async () => {
  const visit = await site.open('/reservation/#confirm=forged');
  visit.answer('POST /v1/interests/confirm', () => ({ status: 404, body: problem(404) }));
  await visit.page.getByRole('button', { name: 'Confirm my reservation' }).click();
  await heading(visit, 'This link is no longer valid').waitFor();
  expect(await visit.page.getByRole('link', { name: 'Find a store' }).getAttribute('href')).toBe('/');
  await visit.page.getByRole('button', { name: 'Español' }).click();
  expect(await visit.page.getByRole('link', { name: 'Buscar un concesionario' }).getAttribute('href')).toBe('/es/');
});

test('a manage link that is not valid says how to get a new one', async () => {
  const visit = await site.open('/reservation/');
  visit.answer('GET /v1/reservation', () => ({ status: 401, body: problem(401) }));
  await visit.page.evaluate(() => {
    location.hash = '#manage=forged';
  });
  await heading(visit, 'This link is no longer valid').waitFor();
  await visit.page.getByText('we mail you a new link to it').waitFor();
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
