import type { Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { DASHBOARD_MESSAGES as messages } from '../../web/messages/dashboard-messages.ts';
import { awaitCounts, openDashboard, signIn } from './use-dashboard.ts';
import { useSite } from './use-site.ts';

const site = useSite();
const again = (page: Page) => page.getByRole('button', { name: messages.signInAgain });

/** Answers nothing within the time of a request. */
const letTimePass = (route: Route) => route.request().frame().page().clock.fastForward(20_000);

describe('signing in', () => {
  test('asks for a click, comes back to the view that was opened, and leaves neither code nor token in an address', async () => {
    const { page, requests } = await openDashboard(site, '?state=FL&range=30d');
    const addresses: string[] = [];
    page.on('framenavigated', (frame) => addresses.push(frame.url()));
    await page.getByRole('heading', { level: 1, name: messages.signInHeading }).waitFor();
    expect(requests).toEqual([]);
    await signIn(page);
    expect(new URL(page.url()).search).toBe('?state=FL&range=30d');
    await expect.poll(() => page.title()).toContain(messages.title);
    const tokens = requests.map((request) => request.headers()['authorization'] ?? '').filter((value) => value !== '');
    expect(tokens.length).toBeGreaterThan(0);
    for (const url of [...requests.map((request) => request.url()), ...addresses]) {
      for (const token of tokens) expect(url).not.toContain(token.replace('Bearer ', ''));
    }
    // The one address with the code is the issuer's redirect: the page has replaced it in the history.
    await page.goBack();
    expect(page.url()).not.toContain('code=');
  });

  test('sends a challenge, a state and a nonce that no other sign-in had', async () => {
    const asked: URLSearchParams[] = [];
    for (let tries = 0; tries < 2; tries += 1) {
      const { page } = await openDashboard(site);
      page.on('request', (request) => {
        const url = new URL(request.url());
        if (url.pathname.endsWith('/authorize') && !url.searchParams.has('person')) asked.push(url.searchParams);
      });
      await signIn(page);
    }
    const [first, second] = asked;
    expect(first?.get('code_challenge_method')).toBe('S256');
    expect(first?.get('scope')).toBe('openid counts leads');
    for (const name of ['code_challenge', 'state', 'nonce']) {
      expect(first?.get(name)?.length).toBeGreaterThanOrEqual(43);
      expect(first?.get(name)).not.toBe(second?.get(name));
    }
  });

  test('does not take an answer with a state that is not this tab’s', async () => {
    const { page, requests } = await openDashboard(site);
    await page.route('**/authorize**person=**', async (route) => {
      const answer = await route.fetch({ maxRedirects: 0 });
      const back = new URL(answer.headers()['location'] ?? '');
      back.searchParams.set('state', 'forged');
      await route.fulfill({ status: 302, headers: { location: back.href } });
    });
    await page.getByRole('button', { name: messages.signIn, exact: true }).click();
    await page.getByRole('link', { name: 'Marketing' }).click();
    await page.getByRole('heading', { level: 1, name: messages.signInFaultHeading }).waitFor();
    await page.getByText(messages.signInFaults.answer).waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(requests).toEqual([]);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  test('does not take an answer that nobody here asked for', async () => {
    const { page, requests } = await openDashboard(site, '?code=stolen&state=foreign');
    await page.getByText(messages.signInFaults.answer).waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(requests).toEqual([]);
  });

  test('does not take a token whose nonce is another’s', async () => {
    const { page } = await openDashboard(site);
    await page.route('**/authorize**', (route) => {
      const url = new URL(route.request().url());
      if (url.searchParams.has('nonce')) url.searchParams.set('nonce', 'another');
      return route.continue({ url: url.href });
    });
    await page.getByRole('button', { name: messages.signIn, exact: true }).click();
    await page.getByRole('link', { name: 'Marketing' }).click();
    await page.getByText(messages.signInFaults.answer).waitFor();
  });

  test('says when the issuer cannot be reached, and works when it can again', async () => {
    const { page } = await openDashboard(site);
    await page.route('**/.well-known/**', (route) => route.abort());
    await page.getByRole('button', { name: messages.signIn, exact: true }).click();
    await page.getByText(messages.signInFaults.unreachable).waitFor();
    await page.unroute('**/.well-known/**');
    await again(page).click();
    await page.getByRole('link', { name: 'Marketing' }).click();
    await awaitCounts(page);
  });

  test('says when the browser lets the page keep nothing', async () => {
    const { page } = await openDashboard(site);
    await page.addInitScript(() => {
      Object.defineProperty(window, 'sessionStorage', {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      });
    });
    await page.reload();
    await page.getByRole('heading', { level: 1, name: messages.signInFaultHeading }).waitFor();
    await page.getByText(messages.signInFaults.storage).waitFor();
    await again(page).click();
    await page.getByText(messages.signInFaults.storage).waitFor();
  });

  test('can be asked for again after coming back from the issuer without one', async () => {
    const { page } = await openDashboard(site);
    const button = page.getByRole('button', { name: messages.signIn, exact: true });
    const left = Promise.withResolvers<void>();
    await page.route('**/authorize**', async (route) => {
      left.resolve();
      await route.fulfill({ status: 204 });
    });
    await button.click();
    await left.promise;
    expect(await button.isDisabled()).toBe(true);
    // As a browser shows the page that it has kept.
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    expect(await button.isEnabled()).toBe(true);
  });

  test('says when there is no configuration', async () => {
    const { page } = await openDashboard(site);
    await page.route('**/dashboard/config.json', (route) => route.fulfill({ status: 403 }));
    await page.reload();
    await page.getByRole('heading', { level: 1, name: messages.configHeading }).waitFor();
  });
});

describe('permissions', () => {
  test('without counts: the page names the scope and whom to ask, shows no numbers, and lets someone else in', async () => {
    const { page } = await openDashboard(site);
    await signIn(page, 'Newcomer');
    await page.getByRole('heading', { level: 1, name: messages.deniedHeading }).waitFor();
    await page.getByText(messages.denied('counts')).waitFor();
    expect(await page.getByRole('link', { name: /@/ }).getAttribute('href')).toBe(
      'mailto:locator@alpine-locator.example',
    );
    expect(await page.locator('.panel').count()).toBe(0);
    await page.getByRole('button', { name: messages.signInAsOther }).click();
    await page.getByRole('heading', { level: 1, name: messages.signInHeading }).waitFor();
    await signIn(page);
  });

  test('without leads: the stores’ response times say so, and all else is there', async () => {
    const { page, api } = await openDashboard(site);
    await signIn(page, 'Agency');
    await page.locator('#stores').getByText(messages.leadsDenied('leads')).waitFor();
    const { active } = api.count('').total;
    await page
      .locator('#headline dd.value')
      .first()
      .getByText(Number(active).toLocaleString('en-US'), { exact: true })
      .waitFor();
    expect(await page.locator('.failure').count()).toBe(0);
    expect(await page.locator('#stores svg.chart').count()).toBe(1);
  });
});

describe('a session', () => {
  const refuse = { status: 401, body: { message: 'Unauthorized' }, contentType: 'application/json' } as const;

  test('whose token the API takes no more is renewed without anybody noticing', async () => {
    const { page, api, answer, requests } = await openDashboard(site);
    await signIn(page);
    const old = requests.at(-1)?.headers()['authorization'];
    expect(old).toMatch(/^Bearer /);
    const count = api.answers['GET /v1/interest-counts'];
    answer('GET /v1/interest-counts', (request) =>
      request.headers()['authorization'] === old || count === undefined ? refuse : count(request),
    );
    api.setAsOf('2026-11-25T14:05:09Z');
    await page.getByRole('button', { name: messages.refresh }).click();
    await page.getByText(messages.asOf('14:05:09')).waitFor();
    expect(await again(page).count()).toBe(0);
    const fresh = new Set(requests.map((request) => request.headers()['authorization']).filter(Boolean));
    // All panels found out at once; one renewal served them all.
    expect(fresh.size).toBe(2);
  });

  test.each([
    ['a connection that breaks', (route: Route) => route.abort(), messages.failures.unreachable],
    ['a fault of the issuer', (route: Route) => route.fulfill({ status: 503 }), messages.failures.server],
    [
      'an issuer that is asked too much',
      (route: Route) => route.fulfill({ status: 429, json: { error: 'slow_down' } }),
      messages.failures.busy,
    ],
    ['an issuer that does not answer in time', letTimePass, messages.failures.slow],
  ])('outlives %s while it is renewed', async (_what, trouble, told) => {
    const { page, api, answer, requests } = await openDashboard(site);
    // A time-out of the page's clock, which the tests move.
    await page.addInitScript(() => {
      AbortSignal.timeout = (milliseconds) => {
        const ending = new AbortController();
        setTimeout(() => ending.abort(new DOMException('The operation timed out.', 'TimeoutError')), milliseconds);
        return ending.signal;
      };
    });
    await signIn(page);
    const old = requests.at(-1)?.headers()['authorization'];
    const count = api.answers['GET /v1/interest-counts'];
    answer('GET /v1/interest-counts', (request) =>
      request.headers()['authorization'] === old || count === undefined ? refuse : count(request),
    );
    await page.route('**/token', trouble);
    await page.getByRole('button', { name: messages.refresh }).click();
    await page.locator('#map').getByText(told).waitFor();
    expect(await again(page).count()).toBe(0);
    await page.unroute('**/token');
    api.setAsOf('2026-11-25T14:05:09Z');
    await page.getByRole('button', { name: messages.refresh }).click();
    await page.getByText(messages.asOf('14:05:09')).waitFor();
  });

  test('that is left while it is being renewed leaves nothing behind', async () => {
    const { page, answer } = await openDashboard(site);
    await signIn(page);
    const asked = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    await page.route('**/token', async (route) => {
      asked.resolve();
      await left.promise;
      await route.continue();
    });
    await page.route('**/revoke', async (route) => {
      const renewed = page.waitForResponse('**/token');
      left.resolve();
      await (await renewed).finished();
      await route.continue();
    });
    answer('GET /v1/interest-counts', () => refuse);
    await page.getByRole('button', { name: messages.refresh }).click();
    await asked.promise;
    await page.getByRole('button', { name: messages.signOut }).click();
    await page.getByRole('heading', { level: 1, name: messages.signInHeading }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  test('that cannot be renewed ends with what was seen in place, and goes on at the same view', async () => {
    const { page, api, answer } = await openDashboard(site, '?state=TX');
    await signIn(page);
    // A reload keeps the token, and forgets what would renew it.
    await page.reload();
    await awaitCounts(page);
    answer('GET /v1/interest-counts', () => refuse);
    await page.getByRole('button', { name: messages.refresh }).click();
    await page.getByText(messages.ended).waitFor();
    expect(await page.locator('#map svg.chart').count()).toBe(1);
    for (const [operation, answering] of Object.entries(api.answers)) answer(operation, answering);
    await again(page).click();
    // The issuer knows who it is. The address is the same before and after: what was ended has to go.
    await page.getByText(messages.ended).waitFor({ state: 'detached' });
    await page.waitForURL('**/dashboard/?state=TX');
    await awaitCounts(page);
    expect(await page.getByText(messages.ended).count()).toBe(0);
  });

  test('of another tab is not this one’s, and signing out ends it here and at the issuer', async () => {
    const { page } = await openDashboard(site);
    await signIn(page);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole('heading', { level: 1, name: messages.signInHeading }).waitFor();
    await other.close();
    const signedOut = page.waitForRequest((request) => request.url().includes('/endsession'));
    await page.getByRole('button', { name: messages.signOut }).click();
    const url = new URL((await signedOut).url());
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'post_logout_redirect_uri']);
    await page.getByRole('heading', { level: 1, name: messages.signInHeading }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    // The issuer asks again who it is.
    await page.getByRole('button', { name: messages.signIn, exact: true }).click();
    await page.getByRole('link', { name: 'Agency' }).waitFor();
  });
});
