import { expect, test } from 'vitest';
import { dealersAnswer, formAnswer, problem } from './stub-answers.ts';
import type { Visit } from './stub-site.ts';
import { answersHeard, useSite } from './use-site.ts';

const site = useSite();

const box = ({ page }: Visit) => page.getByRole('combobox', { name: 'ZIP code, city or place' });
const summary = ({ page }: Visit) => page.locator('.summary');
const stores = ({ page }: Visit) => page.getByRole('heading', { level: 3 });

async function search(visit: Visit, text: string): Promise<void> {
  await box(visit).fill(text);
  await box(visit).press('Enter');
}

/** The queries of all searches so far. */
function searches({ requests }: Visit): URLSearchParams[] {
  return requests
    .map((request) => new URL(request.url()))
    .filter(({ pathname }) => pathname === '/v1/dealers')
    .map(({ searchParams }) => searchParams);
}

test('shows the stores with what is true of them', async () => {
  const visit = await site.open('/');
  await search(visit, '33324');
  await visit.page.getByText('3 stores within 100 mi of Plantation, FL 33324').waitFor();
  expect(await stores(visit).allTextContents()).toEqual([
    'Mercedes-Benz of Fort Lauderdale',
    'AutoNation Audi Pembroke Pines',
    'Land Rover Fort Lauderdale',
  ]);
  expect(await visit.page.locator('.status').allTextContents()).toEqual(
    Array(3).fill('Expected to carry Alpine, not confirmed'),
  );
  expect(await visit.page.locator('.distance').allTextContents()).toEqual([
    '8.3 mi away',
    '12.3 mi away',
    'about 16 mi away',
  ]);
  expect(searches(visit).map(String)).toEqual(['near=33324&radius=100&unit=mi&limit=10']);
});

test('takes a place of the list by keyboard and asks once for what is typed in one go', async () => {
  const visit = await site.open('/');
  await box(visit).pressSequentially('mia');
  await visit.page.getByRole('option').first().waitFor();
  await box(visit).press('ArrowDown');
  await box(visit).press('ArrowDown');
  const option = visit.page.locator('#places').getByRole('option', { selected: true });
  expect(await option.textContent()).toBe('Miami Beach, FL');
  expect(await box(visit).getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'));
  await box(visit).press('Enter');
  await stores(visit).first().waitFor();
  expect(searches(visit)[0]?.get('near')).toBe('Miami Beach, FL');
  expect(visit.requests.filter((request) => request.url().includes('/v1/places'))).toHaveLength(1);
  expect(await box(visit).getAttribute('aria-expanded')).toBe('false');
});

test('Escape closes the list, then empties the box, and is then for what the widget stands in', async () => {
  const visit = await site.open('/');
  await visit.page.evaluate(() =>
    document.addEventListener('keydown', (event) => {
      document.body.dataset['taken'] = String(event.defaultPrevented);
    }),
  );
  const taken = () => visit.page.locator('body').getAttribute('data-taken');
  await box(visit).pressSequentially('mia');
  await visit.page.locator('#places li').first().waitFor();
  await box(visit).press('Escape');
  expect([await visit.page.locator('#places li').count(), await box(visit).inputValue(), await taken()]).toEqual([
    0,
    'mia',
    'true',
  ]);
  await box(visit).press('Escape');
  expect([await box(visit).inputValue(), await taken()]).toEqual(['', 'true']);
  await box(visit).press('Escape');
  expect(await taken()).toBe('false');
});

test('says that nothing is near, and shows the nearest anyway', async () => {
  const visit = await site.open('/');
  visit.answer('GET /v1/dealers', () => ({
    status: 200,
    body: dealersAnswer({ count: 2, beyondRadius: true, label: 'Attu, AK' }),
  }));
  await search(visit, 'Attu, AK');
  await visit.page.getByText('No store within 100 mi of Attu, AK. These are the nearest 2.').waitFor();
  expect(await stores(visit).count()).toBe(2);
});

test('a full list is called the nearest stores, for there may be more', async () => {
  const visit = await site.open('/');
  visit.answer('GET /v1/dealers', () => ({ status: 200, body: dealersAnswer({ count: 10 }) }));
  await search(visit, '33324');
  await visit.page.getByText('The 10 nearest stores within 100 mi of Plantation, FL 33324').waitFor();
});

test.each([320, 1280])('a name of one long word makes nothing wider than the page (%i px)', async (width) => {
  const visit = await site.open('/', { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  const overflow = () => visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const found = dealersAnswer();
  const name = 'Automobile'.repeat(10);
  visit.answer('GET /v1/dealers', () => ({
    status: 200,
    body: { ...found, dealers: found.dealers.map((dealer) => ({ ...dealer, name })) },
  }));
  await search(visit, '33324');
  await visit.page.locator('.pin').first().click();
  expect(await overflow()).toBe(0);
  await visit.page.locator('.list [data-dealer]').first().click();
  await visit.page.locator('.adl-store').getByText(name).waitFor();
  expect(await overflow()).toBe(0);
  await visit.page.getByRole('button', { name: 'Back to the stores' }).click();
  visit.answer('GET /v1/dealers', () => ({ status: 404, body: problem(404) }));
  await search(visit, name);
  await visit.page.getByText('We do not know').waitFor();
  expect(await overflow()).toBe(0);
});

test('an unknown place is named, with places to choose instead', async () => {
  const visit = await site.open('/');
  const suggestions = [{ label: 'Plantation, FL', near: 'Plantation, FL' }];
  visit.answer('GET /v1/dealers', () => ({ status: 404, body: problem(404, { suggestions }) }));
  await search(visit, 'Plantatoin');
  await visit.page.getByText('We do not know “Plantatoin”.').waitFor();
  visit.answer('GET /v1/dealers', () => ({ status: 200, body: dealersAnswer() }));
  await visit.page.getByRole('button', { name: 'Plantation, FL' }).click();
  await stores(visit).first().waitFor();
  expect(await box(visit).inputValue()).toBe('Plantation, FL');
});

test.each([
  ['a broken connection', 'abort', 'We could not connect.'],
  ['a fault of the API', { status: 500, body: problem(500) }, 'Something went wrong on our side.'],
  ['a page of some proxy', { status: 502 }, 'Something went wrong on our side.'],
  ['too many requests', { status: 429, body: problem(429) }, 'Too many requests came from your network.'],
] as const)('%s is said, never shown as no stores, and trying again works', async (_name, answer, words) => {
  const visit = await site.open('/');
  visit.answer('GET /v1/dealers', () => answer);
  await search(visit, '33324');
  await visit.page.getByText(words).waitFor();
  visit.answer('GET /v1/dealers', () => ({ status: 200, body: dealersAnswer() }));
  await visit.page.getByRole('button', { name: 'Try again' }).click();
  await stores(visit).first().waitFor();
  expect(await summary(visit).textContent()).toBe('3 stores within 100 mi of Plantation, FL 33324');
});

test('a late answer never replaces that of a newer search', async () => {
  const visit = await site.open('/');
  const late = Promise.withResolvers<void>();
  const lateIsDone = Promise.withResolvers<void>();
  visit.answer('GET /v1/dealers', async (request) => {
    if (!request.url().includes('near=11111'))
      return { status: 200, body: dealersAnswer({ count: 1, label: 'the newer' }) };
    await late.promise;
    lateIsDone.resolve();
    return { status: 200, body: dealersAnswer({ count: 2, label: 'the older' }) };
  });
  await search(visit, '11111');
  await visit.page.getByText('Searching…').waitFor();
  await search(visit, '22222');
  await visit.page.getByText('1 store within 100 mi of the newer').waitFor();
  late.resolve();
  await lateIsDone.promise;
  await answersHeard(visit.page);
  expect(await summary(visit).textContent()).toBe('1 store within 100 mi of the newer');
  expect(await stores(visit).count()).toBe(1);
});

test('a slow network is told of, and the stores found before stay in sight', async () => {
  const visit = await site.open('/');
  await search(visit, '33324');
  await stores(visit).first().waitFor();
  const answer = Promise.withResolvers<void>();
  visit.answer('GET /v1/dealers', async () => {
    await answer.promise;
    return { status: 200, body: dealersAnswer({ count: 1 }) };
  });
  await search(visit, '33316');
  await visit.page.getByText('Searching…').waitFor();
  await visit.page.clock.fastForward(5_000);
  await visit.page.getByText('Still searching. Your connection seems slow.').waitFor();
  expect(await stores(visit).count()).toBe(3);
  answer.resolve();
  await visit.page.getByText('1 store within').waitFor();
});

test('the browser’s place is asked for on a click only, and sent to three decimals', async () => {
  const visit = await site.open('/', {
    geolocation: { latitude: 26.112_349, longitude: -80.263_951 },
    permissions: ['geolocation'],
  });
  await box(visit).waitFor();
  expect(searches(visit)).toEqual([]);
  await visit.page.getByRole('button', { name: 'Use my location' }).click();
  await stores(visit).first().waitFor();
  expect(searches(visit)[0]?.get('near')).toBe('26.112,-80.264');
  expect(await box(visit).inputValue()).toBe('Your location');
});

test('a browser’s place that comes after a newer search changes nothing', async () => {
  const visit = await site.open('/');
  await visit.page.evaluate(() => {
    const answers: (() => void)[] = [];
    Object.assign(globalThis, { answers });
    navigator.geolocation.getCurrentPosition = (found, failed) => {
      answers.push(() => found({ coords: { latitude: 40, longitude: -80 } } as GeolocationPosition));
      answers.push(() => failed?.({ code: 3, PERMISSION_DENIED: 1 } as GeolocationPositionError));
    };
  });
  const locate = visit.page.getByRole('button', { name: 'Use my location' });
  for (const late of [0, 1]) {
    await locate.click();
    await search(visit, '33324');
    await stores(visit).first().waitFor();
    await visit.page.evaluate((index) => Reflect.get(globalThis, 'answers').splice(0)[index](), late);
    await locate.waitFor();
    expect(await box(visit).inputValue()).toBe('33324');
    expect(await visit.page.locator('#place-fault').textContent()).toBe('');
  }
  expect(searches(visit).map((query) => query.get('near'))).toEqual(['33324', '33324']);
});

test('a refused place is said with another way', async () => {
  const visit = await site.open('/', { permissions: [] });
  await visit.page.getByRole('button', { name: 'Use my location' }).click();
  await visit.page
    .getByText('Your browser did not give us your location. Type a ZIP code or a city instead.')
    .waitFor();
  expect(await visit.page.getByRole('button', { name: 'Use my location' }).isEnabled()).toBe(true);
});

test('an empty box is not sent', async () => {
  const visit = await site.open('/');
  await visit.page.getByRole('button', { name: 'Search' }).click();
  await visit.page.getByRole('alert').getByText('Type a ZIP code or a city and state').waitFor();
  expect(await box(visit).getAttribute('aria-invalid')).toBe('true');
  expect(searches(visit)).toEqual([]);
});

test('radius and unit search again at once', async () => {
  const visit = await site.open('/');
  await search(visit, '33324');
  await stores(visit).first().waitFor();
  await visit.page.getByLabel('Within').selectOption('250');
  await visit.page.getByLabel('Unit').selectOption('kilometers');
  await expect.poll(() => searches(visit).at(-1)?.toString()).toBe('near=33324&radius=250&unit=km&limit=10');
});

test('attributes set the search, and a change of them starts it anew', async () => {
  const visit = await site.open('/');
  await visit.page.evaluate(() => {
    const widget = document.createElement('alpine-dealer-locator');
    for (const [name, value] of Object.entries({
      near: '33324',
      radius: '75',
      unit: 'km',
      model: 'a110',
      locale: 'es-MX',
    })) {
      widget.setAttribute(name, value);
    }
    document.querySelector('alpine-dealer-locator')?.replaceWith(widget);
  });
  await visit.page.getByText('3 concesionarios a menos de').waitFor();
  expect(searches(visit).map(String)).toEqual(['near=33324&radius=75&unit=km&limit=10&model=a110']);
  await visit.page.locator('alpine-dealer-locator').evaluate((widget) => widget.setAttribute('locale', 'en-US'));
  await visit.page.getByText('3 stores within').waitFor();
});

test('moved on its page, it searches on; what was set while it was away is taken up', async () => {
  const visit = await site.open('/');
  const answered = Promise.withResolvers<void>();
  visit.answer('GET /v1/dealers', async () => {
    await answered.promise;
    return { status: 200, body: dealersAnswer() };
  });
  await search(visit, '33324');
  await visit.page.getByText('Searching…').waitFor();
  const widget = visit.page.locator('alpine-dealer-locator');
  await widget.evaluate((element) => document.querySelector('main')?.prepend(element));
  answered.resolve();
  await visit.page.getByText('3 stores within').waitFor();
  expect(await box(visit).inputValue()).toBe('33324');
  await widget.evaluate((element) => {
    element.remove();
    element.setAttribute('near', '33316');
    document.querySelector('main')?.append(element);
  });
  await expect.poll(() => searches(visit).at(-1)?.get('near')).toBe('33316');
});

test('a model chosen while the models’ names are loading stays chosen', async () => {
  const visit = await site.open('/?model=a110&near=33324');
  const named = Promise.withResolvers<void>();
  visit.answer('GET /v1/form', async () => {
    await named.promise;
    return { status: 200, body: formAnswer('en-US') };
  });
  await visit.page.reload();
  const model = visit.page.getByLabel('Model');
  await stores(visit).first().waitFor();
  expect(await model.inputValue()).toBe('a110');
  await model.selectOption('Any model');
  named.resolve();
  await model.locator('option', { hasText: 'Midsize electric crossover' }).waitFor({ state: 'attached' });
  expect(await model.inputValue()).toBe('');
});

test('what the address asks for goes along to the other language', async () => {
  const visit = await site.open('/?near=33324&model=a110');
  await stores(visit).first().waitFor();
  await visit.page.getByRole('link', { name: 'Español' }).click();
  await visit.page.getByText('3 concesionarios a menos de').waitFor();
  expect(searches(visit).map(String)).toEqual(Array(2).fill('near=33324&radius=100&unit=mi&limit=10&model=a110'));
});

test('the page hears of searches and choices, and nothing of the person', async () => {
  const visit = await site.open('/');
  await visit.page.evaluate(() => {
    for (const type of ['dealer-search', 'dealer-select']) {
      document.addEventListener(type, (event) => {
        const heard = `${type} ${JSON.stringify(event instanceof CustomEvent && event.detail)}`;
        document.body.dataset['heard'] = [document.body.dataset['heard'], heard].filter(Boolean).join('\n');
      });
    }
  });
  await search(visit, '33324');
  await visit.page.getByRole('button', { name: 'Reserve at this store: Land Rover Fort Lauderdale' }).click();
  expect(await visit.page.locator('body').getAttribute('data-heard')).toBe(
    [
      'dealer-search {"radius":100,"unit":"mi","model":null,"storeCount":3,"beyondRadius":false}',
      'dealer-select {"dealerId":"store-3"}',
    ].join('\n'),
  );
});

test('works on another company’s page, in its language, from its own origin’s API', async () => {
  const visit = await site.open(site.foreignUrl());
  await visit.page.getByText('3 concesionarios a menos de').waitFor();
  expect(searches(visit).map(String)).toEqual(['near=33324&radius=100&unit=km&limit=10']);
  await visit.page.getByRole('button', { name: /^1\. Mercedes-Benz/ }).waitFor();
  await visit.page.getByRole('button', { name: 'Reservar sin elegir concesionario' }).click();
  await visit.page.getByLabel('Correo electrónico', { exact: true }).waitFor();
  expect(await visit.page.locator('form.adl-form').evaluate((form) => getComputedStyle(form).display)).toBe('grid');
});

test('the model filter has the names of the API, and searches again at once', async () => {
  const visit = await site.open('/');
  await search(visit, '33324');
  await stores(visit).first().waitFor();
  await visit.page.getByLabel('Model').selectOption('Midsize electric crossover');
  await expect
    .poll(() => searches(visit).at(-1)?.toString())
    .toBe('near=33324&radius=100&unit=mi&limit=10&model=crossover-midsize');
  await visit.page.locator('.list [data-dealer]').first().click();
  expect(await visit.page.getByLabel('Midsize electric crossover').isChecked()).toBe(true);
  // The form that the filter was filled from is the form that is filled in.
  expect(visit.requests.filter((request) => request.url().includes('/v1/form'))).toHaveLength(1);
});
