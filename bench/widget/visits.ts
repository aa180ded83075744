import type { Browser, BrowserContext, Page } from 'playwright-core';

/** A connection as DevTools sets it up, and how much slower than this machine the processor is. */
export interface Profile {
  readonly name: string;
  readonly latencyMilliseconds: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  readonly slowdown: number;
}

/** What one visit took, in milliseconds from the start of the navigation, or of the search. */
export interface VisitTimes {
  /** Until the box for a place could be typed into. */
  readonly usable: number;
  /** From the search to the stores in the list. */
  readonly stores: number;
  /** From the search to the pins on the map. */
  readonly pins: number;
  /** Cumulative layout shift over the whole visit. */
  readonly shift: number;
  /** The longest interaction, as INP takes it with fewer than 50 of them. */
  readonly interaction: number;
  /** The longest that handlers themselves took in an interaction: what is the widget's own of the above. */
  readonly handling: number;
  /** Requests to anybody but the site. */
  readonly foreign: number;
}

/** Visits the page with nothing in the cache: searches, chooses on the map, zooms, opens the form and sends it empty. */
export async function visitOnce(browser: Browser, url: string, profile: Profile): Promise<VisitTimes> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    return await measure(context, url, profile);
  } finally {
    await context.close();
  }
}

async function measure(context: BrowserContext, url: string, profile: Profile): Promise<VisitTimes> {
  const page = await context.newPage();
  let foreign = 0;
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) foreign += 1;
  });
  await page.addInitScript(watch);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: profile.latencyMilliseconds,
    downloadThroughput: profile.downBytesPerSecond,
    uploadThroughput: profile.upBytesPerSecond,
  });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: profile.slowdown });
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByRole('combobox').first().waitFor();
  await page.getByRole('combobox').first().click();
  await page.keyboard.type('33324', { delay: 60 });
  await page.keyboard.press('Enter');
  await page.locator('.pin').first().waitFor();
  await settled(page);
  await page.locator('.pin').nth(3).click();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.getByLabel('Within').selectOption('250');
  await page.locator('.results[aria-busy="false"]').waitFor();
  await settled(page);
  await page.locator('.list [data-dealer]').first().click();
  await page.getByRole('button', { name: 'Send my reservation' }).click();
  await page.locator('.adl-summary').waitFor();
  await settled(page);
  const seen = await page.evaluate((): Omit<VisitTimes, 'foreign'> => Reflect.get(globalThis, 'seen'));
  return { ...seen, foreign };
}

/** Lets the browser tell of what it has painted. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => setTimeout(done, 500)));
}

/** Runs in the page before anything else: notes what there is to see, at the frame in which it is. */
function watch(): void {
  const seen = { usable: 0, stores: 0, pins: 0, shift: 0, interaction: 0, handling: 0 };
  Object.assign(globalThis, { seen });
  let searched = 0;
  addEventListener('submit', (event) => event.preventDefault(), { capture: true });
  addEventListener('keydown', ({ key }) => {
    if (key === 'Enter' && searched === 0) searched = performance.now();
  });
  const look = () => {
    const root = document.querySelector('alpine-dealer-locator')?.shadowRoot;
    const has = (selector: string) => root?.querySelector(selector) !== null && root !== undefined && root !== null;
    const now = performance.now();
    if (seen.usable === 0 && has('#place')) seen.usable = now;
    if (searched > 0 && seen.stores === 0 && has('.stores')) seen.stores = now - searched;
    if (searched > 0 && seen.pins === 0 && has('.pin')) seen.pins = now - searched;
    if (seen.pins === 0) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!Reflect.get(entry, 'hadRecentInput')) seen.shift += Reflect.get(entry, 'value');
    }
  }).observe({ type: 'layout-shift', buffered: true });
  const options = { type: 'event', buffered: true, durationThreshold: 16 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!Reflect.get(entry, 'interactionId')) continue;
      const handled = Reflect.get(entry, 'processingEnd') - Reflect.get(entry, 'processingStart');
      seen.interaction = Math.max(seen.interaction, entry.duration);
      seen.handling = Math.max(seen.handling, handled);
    }
  }).observe(options);
}
