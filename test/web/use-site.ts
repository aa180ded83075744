import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { type Site, serveSite, type Visit, visit } from './stub-site.ts';

/**
 * A browser and a site for the tests of a file. After each test its pages are closed, and none of them may have
 * broken the policy, thrown, or asked another host for anything.
 */
export function useSite(): {
  open(path: string, options?: BrowserContextOptions): Promise<Visit>;
  foreignUrl(): string;
} {
  let browser: Browser;
  let site: Site;
  let visits: Visit[] = [];
  beforeAll(async () => {
    // To close it leaves the run's browser to the other files.
    [browser, site] = await Promise.all([chromium.connect(inject('browserAddress')), serveSite()]);
  });
  afterEach(async () => {
    const complaints = visits.flatMap((each) => each.complaints);
    await Promise.all(visits.map(({ page }) => page.context().close()));
    visits = [];
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });
  return {
    async open(path, options) {
      const opened = await visit(browser, site, path, options);
      visits.push(opened);
      return opened;
    },
    foreignUrl: () => site.foreignUrl,
  };
}

/** Lets the page hear of all that has been answered so far: the answer to a later request comes after it. */
export async function answersHeard(page: Page): Promise<void> {
  await page.evaluate(() => fetch('/favicon.svg').then((response) => response.text()));
}

/** Goes on with Tab alone until a control has the focus. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (await control.evaluate((element) => element.matches(':focus'))) return;
  }
  throw new Error(`Tab does not reach ${control}`);
}
