import { describe, expect, test } from 'vitest';
import { InterestBody } from '../../shared/contract/interests.ts';
import { formAnswer, interestAnswer, problem } from './stub-answers.ts';
import type { Visit } from './stub-site.ts';
import { tabTo, useSite } from './use-site.ts';

const site = useSite();

const send = ({ page }: Visit) => page.getByRole('button', { name: 'Send my reservation' });
const summary = ({ page }: Visit) => page.locator('.adl-summary');
const sent = ({ page }: Visit) => page.getByRole('heading', { name: 'One more step: check your mail' });
const sendings = ({ requests }: Visit) => requests.filter((request) => request.url().endsWith('/v1/interests'));

/** The form, opened for the first store of a search around 33324. */
async function openForm(path = '/'): Promise<Visit> {
  const visit = await site.open(path);
  await visit.page.getByRole('combobox').first().fill('33324');
  await visit.page.keyboard.press('Enter');
  await visit.page.locator('.list button[data-dealer]').first().click();
  await send(visit).waitFor();
  return visit;
}

async function fillIn({ page }: Visit): Promise<void> {
  await page.getByLabel('First name').fill('Ana');
  await page.getByLabel('Last name').fill('Ruiz');
  await page.getByLabel('E-mail', { exact: true }).fill('ana@example.com');
  await page.getByLabel('I am 18 years old or older.').check();
  await page.getByLabel('I live in the United States.').check();
  await page.clock.fastForward(3_000);
}

test('from search to sent by keyboard alone', async () => {
  const visit = await site.open('/');
  const { page } = visit;
  const { keyboard } = page;
  await tabTo(page, page.getByRole('combobox').first());
  await keyboard.type('mia');
  await page.getByRole('option').first().waitFor();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  const reserve = page.getByRole('button', { name: 'Reserve at this store: AutoNation Audi Pembroke Pines' });
  await reserve.waitFor();
  await tabTo(page, reserve);
  await keyboard.press('Enter');
  await page.locator('h2:focus').getByText('Reserve your interest').waitFor();
  await tabTo(page, page.getByLabel('I have not decided yet'));
  await keyboard.press('ArrowDown');
  for (const [label, text] of [
    ['First name', 'Ana'],
    ['Last name', 'Ruiz'],
    ['E-mail', 'ana@example.com'],
    ['ZIP code', '33324'],
  ] as const) {
    await tabTo(page, page.getByLabel(label, { exact: true }));
    await keyboard.type(text);
  }
  for (const label of ['I am 18 years old or older.', 'I live in the United States.']) {
    await tabTo(page, page.getByLabel(label));
    await keyboard.press('Space');
  }
  await tabTo(page, send(visit));
  await page.clock.fastForward(3_000);
  await keyboard.press('Enter');
  await page.locator('h2:focus').getByText('One more step: check your mail').waitFor();
  const body = InterestBody.parse(sendings(visit)[0]?.postDataJSON());
  expect(body).toMatchObject({ email: 'ana@example.com', model: 'a110', dealerId: 'store-2', company: '' });
});

test('sends what was answered, nothing ticked beforehand', async () => {
  const visit = await openForm('/?utm_campaign=spring');
  expect(await visit.page.locator('form.adl-form :is([type=checkbox]):checked').count()).toBe(0);
  await fillIn(visit);
  await visit.page.getByLabel('Mobile phone').fill('(305) 555-0123');
  await visit.page.getByLabel('Alpine and Mercedes-Benz of Fort Lauderdale may call or text me').check();
  await send(visit).click();
  await sent(visit).waitFor();
  expect(sendings(visit)[0]?.postDataJSON()).toEqual({
    email: 'ana@example.com',
    givenName: 'Ana',
    familyName: 'Ruiz',
    phone: '+13055550123',
    zip: '33324',
    model: 'undecided',
    dealerId: 'store-1',
    locale: 'en-US',
    consents: { email: false, phone: true, version: formAnswer('en-US').consents[0]?.version },
    attestations: { adult: true, usResident: true },
    source: { page: new URL('/', visit.page.url()).href, campaign: 'spring' },
    formToken: 'form-token',
    company: '',
  });
});

test('is ready for browsers and password managers: in the page’s own tree, named and typed', async () => {
  const { page } = await openForm();
  const fields = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement>('.adl-field input')].map(
      ({ autocomplete, type, inputMode, labels }) => [autocomplete, type, inputMode, labels?.length].join(' '),
    ),
  );
  expect(fields).toEqual([
    'given-name text  1',
    'family-name text  1',
    'email email email 1',
    'postal-code text numeric 1',
    'tel tel tel 1',
  ]);
});

test('the trap is out of reach for people, and tells of a robot', async () => {
  const visit = await openForm();
  const trap = visit.page.locator('.adl-trap input');
  expect(await visit.page.getByRole('textbox', { name: 'Leave this field empty' }).count()).toBe(0);
  expect(await trap.getAttribute('tabindex')).toBe('-1');
  await fillIn(visit);
  await trap.evaluate((input: HTMLInputElement) => {
    input.value = 'https://spam.example';
  });
  await send(visit).click();
  await sent(visit).waitFor();
  expect(sendings(visit)[0]?.postDataJSON()).toMatchObject({ company: 'https://spam.example' });
});

test('all faults stand in one summary that has the focus and leads to the fields; the text is kept', async () => {
  const visit = await openForm();
  const { page } = visit;
  await page.getByLabel('First name').fill('Ana');
  await page.getByLabel('E-mail', { exact: true }).fill('ana@');
  await page.getByLabel('may call or text me').check();
  await send(visit).click();
  await page.locator('.adl-summary:focus').waitFor();
  expect(await summary(visit).getByRole('heading').textContent()).toBe('Please correct 5 things');
  await summary(visit).getByRole('link', { name: 'Enter an e-mail address' }).click();
  const email = page.getByLabel('E-mail', { exact: true });
  expect(await email.evaluate((element) => element.matches(':focus'))).toBe(true);
  expect(await email.getAttribute('aria-invalid')).toBe('true');
  const described = await email.evaluate((element) => element.ariaDescribedByElements?.map((each) => each.textContent));
  expect(described).toEqual(['Enter an e-mail address such as name@example.com.']);
  expect(await page.getByLabel('First name').inputValue()).toBe('Ana');
  expect(new URL(page.url()).hash).toBe('');
  expect(sendings(visit)).toEqual([]);
});

test('a fault goes as soon as it is corrected, at its field and in the summary, and no other', async () => {
  const visit = await openForm();
  const { page } = visit;
  const email = page.getByLabel('E-mail', { exact: true });
  const heading = () => summary(visit).getByRole('heading').textContent();
  await fillIn(visit);
  await email.fill('ana@');
  await page.getByLabel('ZIP code', { exact: true }).fill('333');
  await page.getByLabel('may call or text me').check();
  await page.getByLabel('I live in the United States.').uncheck();
  await send(visit).click();
  expect(await heading()).toBe('Please correct 4 things');
  await page.getByLabel('may call or text me').uncheck();
  expect(await heading()).toBe('Please correct 3 things');
  await email.fill('ana@example');
  expect(await email.getAttribute('aria-invalid')).toBe('true');
  await email.fill('ana@example.com');
  expect(await email.getAttribute('aria-invalid')).toBe(null);
  expect(await heading()).toBe('Please correct 2 things');
  await page.getByLabel('I live in the United States.').check();
  expect(await summary(visit).getByRole('listitem').allTextContents()).toEqual([
    'Enter a ZIP code that exists, such as 33324.',
  ]);
  await page.getByLabel('ZIP code', { exact: true }).fill('33324');
  expect(await summary(visit).isVisible()).toBe(false);
  expect(await page.locator('form.adl-form [aria-invalid]').count()).toBe(0);
});

test('what was refused of a field counts as corrected once it is changed, by a suggestion too', async () => {
  const visit = await openForm();
  const { page } = visit;
  visit.answer('POST /v1/interests', () => ({
    status: 400,
    body: problem(400, {
      errors: ['#/email', '#/dealerId', '#/model', '#/zip'].map((pointer) => ({ pointer, detail: 'is refused' })),
    }),
  }));
  await fillIn(visit);
  const email = page.getByLabel('E-mail', { exact: true });
  await email.fill('ana@gmial.com');
  await send(visit).click();
  const items = summary(visit).getByRole('listitem');
  await expect.poll(() => items.count()).toBe(4);
  await page.getByRole('button', { name: 'Use ana@gmail.com' }).click();
  await expect.poll(() => items.count()).toBe(3);
  await page.getByRole('button', { name: 'Reserve without a store' }).click();
  await expect.poll(() => items.count()).toBe(2);
  await page.getByLabel('I have not decided yet').click();
  await page.getByRole('radio').first().check();
  expect(await items.allTextContents()).toEqual(['Enter a ZIP code that exists, such as 33324.']);
});

test('on a narrow page the first press on a store’s button opens the form: the chosen store’s card does not push it away', async () => {
  const visit = await site.open('/', { viewport: { width: 390, height: 844 } });
  const { page } = visit;
  await page.getByRole('combobox').first().fill('33324');
  await page.keyboard.press('Enter');
  await page.locator('.pin').first().waitFor();
  await page.locator('.list button[data-dealer]').first().click();
  await send(visit).waitFor();
});

test('a question that comes as the address is left takes no click away', async () => {
  const { page } = await openForm();
  await page.getByLabel('E-mail', { exact: true }).fill('ana@gmial.com');
  await page.getByLabel('I live in the United States.').check();
  await page.getByRole('button', { name: 'Use ana@gmail.com' }).waitFor();
});

test('what the API refuses is shown at its field', async () => {
  const visit = await openForm();
  visit.answer('POST /v1/interests', () => ({
    status: 400,
    body: problem(400, { errors: [{ pointer: '#/zip', detail: 'is not a ZIP that exists' }] }),
  }));
  await fillIn(visit);
  await send(visit).click();
  await summary(visit).getByRole('link', { name: 'Enter a ZIP code that exists' }).click();
  expect(await visit.page.getByLabel('ZIP code', { exact: true }).evaluate((input) => input.matches(':focus'))).toBe(
    true,
  );
});

test('a try after a lost answer carries the same key, a changed form another', async () => {
  const visit = await openForm();
  visit.answer('POST /v1/interests', () => 'abort');
  await fillIn(visit);
  await send(visit).click();
  await summary(visit).getByText('We could not connect.').waitFor();
  await send(visit).click();
  await expect.poll(() => sendings(visit).length).toBe(2);
  await summary(visit).getByText('We could not connect.').waitFor();
  await visit.page.getByLabel('First name').fill('Anna');
  visit.answer('POST /v1/interests', () => ({ status: 202, body: interestAnswer() }));
  await send(visit).click();
  await sent(visit).waitFor();
  const keys = sendings(visit).map((request) => request.headers()['idempotency-key']);
  expect(keys).toHaveLength(3);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

test('a form past its time is renewed: answers stay, and consents whose wording is another are asked for anew', async () => {
  const visit = await openForm();
  await fillIn(visit);
  await visit.page.getByLabel('Alpine may e-mail me news').check();
  visit.answer('POST /v1/interests', () => ({
    status: 400,
    body: problem(400, { errors: [{ pointer: '#/formToken', detail: 'is older than 24 hours' }] }),
  }));
  const renewed = formAnswer('en-US', 'newer-token');
  visit.answer('GET /v1/form', () => ({ status: 200, body: renewed }));
  await send(visit).click();
  await summary(visit).getByText('has been renewed').waitFor();
  expect(await visit.page.getByLabel('First name').inputValue()).toBe('Ana');
  expect(await visit.page.getByLabel('Alpine may e-mail me news').isChecked()).toBe(true);

  const reworded = renewed.consents.map((consent) => ({ ...consent, version: '2027-01-01' }));
  visit.answer('GET /v1/form', () => ({ status: 200, body: { ...renewed, consents: reworded } }));
  await visit.page.clock.fastForward(3_000);
  await send(visit).click();
  await expect.poll(() => visit.page.getByLabel('Alpine may e-mail me news').isChecked()).toBe(false);

  visit.answer('POST /v1/interests', () => ({ status: 202, body: interestAnswer() }));
  await visit.page.clock.fastForward(3_000);
  await send(visit).click();
  await sent(visit).waitFor();
  expect(sendings(visit).at(-1)?.postDataJSON()).toMatchObject({
    formToken: 'newer-token',
    consents: { email: false, version: '2027-01-01' },
  });
});

test('the store can be changed or left out; whom calls are allowed to is then asked for anew', async () => {
  const visit = await openForm();
  const { page } = visit;
  await fillIn(visit);
  await page.getByLabel('Mobile phone').fill('3055550123');
  await page.getByLabel('Alpine and Mercedes-Benz of Fort Lauderdale may call').check();
  await page.getByRole('button', { name: 'Change store' }).click();
  expect(await page.locator('.list button[data-dealer="store-1"]').evaluate((button) => button.matches(':focus'))).toBe(
    true,
  );
  await page.getByRole('button', { name: 'Reserve at this store: Land Rover Fort Lauderdale' }).click();
  expect(await page.getByLabel('Alpine and Land Rover Fort Lauderdale may call').isChecked()).toBe(false);
  await page.getByRole('button', { name: 'Reserve without a store' }).click();
  await page.getByText('No store chosen yet.').waitFor();
  expect(await page.getByLabel('Alpine and the store I choose may call').isChecked()).toBe(false);
  expect(await page.getByLabel('First name').inputValue()).toBe('Ana');
  await send(visit).click();
  await sent(visit).waitFor();
  expect(sendings(visit)[0]?.postDataJSON()).toMatchObject({ dealerId: null, consents: { phone: false } });
});

test('the mail is named after sending; a second sending is another one', async () => {
  const visit = await openForm();
  await fillIn(visit);
  await send(visit).click();
  await visit.page.getByText('We have sent a message to ana@example.com.').waitFor();
  await visit.page.getByRole('button', { name: 'Back to the form' }).click();
  await send(visit).click();
  await sent(visit).waitFor();
  const keys = sendings(visit).map((request) => request.headers()['idempotency-key']);
  expect(new Set(keys).size).toBe(2);
});

test('moved into another tree, the form keeps what was typed and how it looks', async () => {
  const visit = await openForm();
  await fillIn(visit);
  await visit.page.locator('alpine-dealer-locator').evaluate((widget) => {
    const host = document.createElement('div');
    host.attachShadow({ mode: 'open' }).append(widget);
    document.querySelector('main')?.append(host);
  });
  const form = visit.page.locator('form.adl-form');
  expect(await form.evaluate((element) => getComputedStyle(element).display)).toBe('grid');
  await send(visit).click();
  await sent(visit).waitFor();
});

test('a form that does not come can be asked for again', async () => {
  const visit = await site.open('/');
  visit.answer('GET /v1/form', () => ({ status: 503 }));
  await visit.page.getByRole('button', { name: 'Reserve without choosing a store' }).click();
  await visit.page.getByText('Something went wrong on our side.').waitFor();
  visit.answer('GET /v1/form', () => ({ status: 200, body: formAnswer('en-US') }));
  await visit.page.getByRole('button', { name: 'Try again' }).click();
  await send(visit).waitFor();
});

describe('an answer that comes while another store is looked at', () => {
  /** A reservation at the first store whose answer is held back. */
  async function sendSlowly(): Promise<{ readonly visit: Visit; answerNow(): void }> {
    const visit = await openForm();
    const { page } = visit;
    await page.evaluate(() =>
      document.addEventListener('reservation-submitted', (event) => {
        document.body.dataset['heard'] = JSON.stringify(event instanceof CustomEvent && event.detail);
      }),
    );
    const answered = Promise.withResolvers<void>();
    visit.answer('POST /v1/interests', async () => {
      await answered.promise;
      return { status: 202, body: interestAnswer() };
    });
    await fillIn(visit);
    await send(visit).click();
    await page.getByRole('button', { name: 'Sending…' }).waitFor();
    await page.getByRole('button', { name: 'Back to the stores' }).click();
    return { visit, answerNow: answered.resolve };
  }
  const heard = ({ page }: Visit) => page.locator('body[data-heard]').getAttribute('data-heard');
  const told = ({ page }: Visit) =>
    page.getByRole('status').getByText('Your reservation at Mercedes-Benz of Fort Lauderdale was sent.');

  test('is told without taking that store’s form away; the page hears of the store that was sent', async () => {
    const { visit, answerNow } = await sendSlowly();
    const { page } = visit;
    await page.getByRole('button', { name: 'Reserve at this store: Land Rover Fort Lauderdale' }).click();
    const name = page.getByLabel('First name');
    await name.focus();
    answerNow();
    await told(visit).waitFor();
    expect(await told(visit).textContent()).toContain('ana@example.com');
    expect(await heard(visit)).toBe('{"dealerId":"store-1","model":"undecided"}');
    expect(await name.evaluate((input) => input.matches(':focus'))).toBe(true);
    await send(visit).click();
    await sent(visit).waitFor();
    expect(await told(visit).count()).toBe(0);
    expect(sendings(visit).at(-1)?.postDataJSON()).toMatchObject({ dealerId: 'store-3' });
  });

  test('is told with the next form when it came while the stores were looked at', async () => {
    const { visit, answerNow } = await sendSlowly();
    const { page } = visit;
    answerNow();
    expect(await heard(visit)).toBe('{"dealerId":"store-1","model":"undecided"}');
    await page.getByRole('button', { name: 'Reserve at this store: Land Rover Fort Lauderdale' }).click();
    await told(visit).waitFor();
    expect(await send(visit).isVisible()).toBe(true);
  });
});
