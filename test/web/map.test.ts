import { describe, expect, test } from 'vitest';
import { dealersAnswer } from './stub-answers.ts';
import type { Visit } from './stub-site.ts';
import { useSite } from './use-site.ts';

const site = useSite();

const pins = ({ page }: Visit) => page.getByRole('toolbar', { name: 'Stores on the map' }).getByRole('button');
const frame = ({ page }: Visit) => page.getByRole('group', { name: 'Map of the stores' });
const item = ({ page }: Visit, number: number) => page.locator('.list .store').nth(number - 1);

/** The first page with its widget set by attributes, after a search that found ten stores. */
async function openMap(attributes: Readonly<Record<string, string>> = {}, width = 1280): Promise<Visit> {
  const visit = await site.open('/', { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  visit.answer('GET /v1/dealers', () => ({ status: 200, body: dealersAnswer({ count: 10 }) }));
  await visit.page.locator('alpine-dealer-locator').evaluate((widget, values) => {
    for (const [name, value] of Object.entries({ near: '33324', ...values })) widget.setAttribute(name, value);
  }, attributes);
  if (attributes['view'] !== 'list') await pins(visit).first().waitFor();
  return visit;
}

/** Where the pins lie in the frame, in whole pixels. */
async function pinPlaces(visit: Visit): Promise<readonly { x: number; y: number; width: number; height: number }[]> {
  const area = await frame(visit).boundingBox();
  const boxes = await Promise.all((await pins(visit).all()).map((pin) => pin.boundingBox()));
  return boxes.map((box) => {
    if (area === null || box === null) throw new Error('nothing is shown');
    const { round } = Math;
    return { x: round(box.x - area.x), y: round(box.y - area.y), width: round(box.width), height: round(box.height) };
  });
}

describe('the pins', () => {
  test.each([1280, 320])('are named, can be hit, and cover neither one another nor the edge (%i px)', async (width) => {
    const visit = await openMap({}, width);
    expect(await pins(visit).count()).toBe(10);
    expect(await pins(visit).nth(2).getAttribute('aria-label')).toBe('3. Land Rover Fort Lauderdale, about 16 mi away');
    const area = await frame(visit).boundingBox();
    const places = await pinPlaces(visit);
    for (const [index, a] of places.entries()) {
      expect(Math.min(a.width, a.height)).toBeGreaterThanOrEqual(24);
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= (area?.width ?? 0) && a.y + a.height <= (area?.height ?? 0)).toBe(
        true,
      );
      for (const b of places.slice(index + 1)) {
        expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(28);
      }
    }
  });

  test('show the store in the list, and the list shows the store on the map', async () => {
    const visit = await openMap();
    await visit.page.evaluate(() =>
      document.addEventListener('dealer-highlight', (event) => {
        document.body.dataset['heard'] = JSON.stringify(event instanceof CustomEvent && event.detail);
      }),
    );
    await pins(visit).nth(8).click();
    expect(await item(visit, 9).getAttribute('aria-current')).toBe('true');
    await expect
      .poll(() =>
        item(visit, 9).evaluate((element) => {
          const { top, bottom } = element.getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        }),
      )
      .toBe(true);
    expect(await visit.page.locator('body').getAttribute('data-heard')).toBe('{"dealerId":"store-9"}');
    await item(visit, 2)
      .getByRole('link', { name: /Directions/ })
      .focus();
    expect(await pins(visit).nth(1).getAttribute('aria-pressed')).toBe('true');
    expect(await pins(visit).nth(8).getAttribute('aria-pressed')).toBe('false');
    expect(await item(visit, 9).getAttribute('aria-current')).toBeNull();
  });

  test('are one stop of Tab, with arrows from one to the next, and Enter chooses', async () => {
    const visit = await openMap({ view: 'map' });
    const { keyboard } = visit.page;
    await pins(visit).first().focus();
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowLeft');
    expect(
      await pins(visit)
        .nth(1)
        .evaluate((pin) => pin.matches(':focus')),
    ).toBe(true);
    expect(
      await pins(visit).evaluateAll(
        (all) => all.filter((pin) => pin instanceof HTMLElement && pin.tabIndex === 0).length,
      ),
    ).toBe(1);
    await keyboard.press('Enter');
    await visit.page.locator('.card').getByText('AutoNation Audi Pembroke Pines').waitFor();
    await visit.page.getByRole('button', { name: 'Reserve at this store: AutoNation Audi Pembroke Pines' }).click();
    await visit.page.getByRole('heading', { name: 'Reserve your interest' }).waitFor();
    await visit.page.getByRole('button', { name: 'Back to the stores' }).click();
    expect(await visit.page.locator('.card [data-dealer]').evaluate((button) => button.matches(':focus'))).toBe(true);
  });
});

describe('the map', () => {
  test('zooms and moves by its buttons, by keys and by dragging, and comes back to all stores', async () => {
    const visit = await openMap();
    const { page } = visit;
    const start = await pinPlaces(visit);
    const spread = async () => {
      const places = await pinPlaces(visit);
      return Math.max(...places.map(({ y }) => y)) - Math.min(...places.map(({ y }) => y));
    };
    const before = await spread();
    await page.getByRole('button', { name: 'Zoom out' }).click();
    expect(await spread()).toBeLessThan(before);
    await page.getByRole('button', { name: 'Show all stores' }).click();
    expect(await pinPlaces(visit)).toEqual(start);
    await frame(visit).focus();
    await page.keyboard.press('-');
    expect(await spread()).toBeLessThan(before);
    await page.keyboard.press('0');
    expect(await pinPlaces(visit)).toEqual(start);
    await page.keyboard.press('ArrowRight');
    const [moved] = await pinPlaces(visit);
    expect(moved?.x).toBeLessThan((start[0]?.x ?? 0) - 50);
    await page.keyboard.press('0');
    const area = await frame(visit).boundingBox();
    if (area === null) throw new Error('no frame');
    await page.mouse.move(area.x + 120, area.y + 60);
    await page.mouse.down();
    await page.mouse.move(area.x + 150, area.y + 80, { steps: 4 });
    await page.mouse.up();
    const [dragged] = await pinPlaces(visit);
    expect(dragged?.x).toBeCloseTo((start[0]?.x ?? 0) + 30, 0);
    expect(dragged?.y).toBeCloseTo((start[0]?.y ?? 0) + 20, 0);
    await page.keyboard.press('0');
    // What dragging does can be done without: a press brings a place to the middle.
    await page.mouse.click(area.x + 100, area.y + area.height / 2);
    const [centered] = await pinPlaces(visit);
    expect(centered?.x).toBeCloseTo((start[0]?.x ?? 0) + area.width / 2 - 100, 0);
  });

  test('pinches with two fingers, and leaves the wheel to the page', async () => {
    const visit = await openMap();
    const before = await pinPlaces(visit);
    await frame(visit).evaluate((element) => {
      const { left, top } = element.getBoundingClientRect();
      const finger = (type: string, pointerId: number, x: number, y: number) =>
        element.dispatchEvent(
          new PointerEvent(type, {
            pointerId,
            pointerType: 'touch',
            clientX: left + x,
            clientY: top + y,
            bubbles: true,
          }),
        );
      // Made-up pointers cannot be captured.
      element.setPointerCapture = () => {};
      finger('pointerdown', 11, 200, 300);
      finger('pointerdown', 12, 260, 300);
      finger('pointermove', 12, 230, 300);
      finger('pointerup', 11, 200, 300);
      finger('pointerup', 12, 230, 300);
    });
    const after = await pinPlaces(visit);
    const height = (places: typeof before) => (places[9]?.y ?? 0) - (places[4]?.y ?? 0);
    expect(Math.abs(height(after) / height(before))).toBeCloseTo(0.5, 1);
    const area = await frame(visit).boundingBox();
    await visit.page.mouse.move((area?.x ?? 0) + 100, (area?.y ?? 0) + 100);
    await visit.page.mouse.wheel(0, 200);
    await expect.poll(() => visit.page.evaluate(() => scrollY)).toBeGreaterThan(0);
    expect(await pinPlaces(visit)).toEqual(after);
  });

  test('says what it does not show, and shows the rest', async () => {
    const visit = await openMap();
    const found = dealersAnswer({ count: 3 });
    const [first, ...others] = found.dealers;
    visit.answer('GET /v1/dealers', () => ({
      status: 200,
      body: {
        ...found,
        origin: { label: 'San Juan, PR', lat: 18.4655, lng: -66.1057 },
        dealers: [{ ...first, location: { lat: 18.42, lng: -66.07 } }, ...others],
      },
    }));
    await visit.page.getByRole('button', { name: 'Search' }).click();
    await visit.page.getByText('San Juan, PR is not on this map: it shows the 50 states.').waitFor();
    await visit.page.getByText('One store is not on this map, which shows the 50 states. The list has it.').waitFor();
    await expect.poll(() => pins(visit).count()).toBe(2);
    expect(await item(visit, 1).isVisible()).toBe(true);
  });

  test('that does not load leaves the list, says so, and comes on another try', async () => {
    const visit = await site.open('/', { reducedMotion: 'reduce' });
    await visit.page.route('**/widget/v1/map-*', (route) => route.abort());
    await visit.page.getByRole('combobox').first().fill('33324');
    await visit.page.keyboard.press('Enter');
    await visit.page.getByText('The map could not be loaded. The list has all stores.').waitFor();
    expect(await item(visit, 1).isVisible()).toBe(true);
    await visit.page.unroute('**/widget/v1/map-*');
    await visit.page.getByRole('button', { name: 'Try again' }).click();
    await pins(visit).first().waitFor();
  });

  test('whose script is not the one that was built is not run', async () => {
    const visit = await site.open('/', { reducedMotion: 'reduce' });
    await visit.page.route('**/widget/v1/map-*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `document.title = 'Taken over'; ${await response.text()}` });
    });
    await visit.page.getByRole('combobox').first().fill('33324');
    await visit.page.keyboard.press('Enter');
    await visit.page.getByText('The map could not be loaded.').waitFor();
    expect(await visit.page.title()).toBe('Alpine: find a store near you');
  });

  test('is not loaded for a list alone', async () => {
    const scripts: string[] = [];
    const visit = await site.open('/');
    visit.page.on('request', (request) => scripts.push(request.url()));
    await visit.page.locator('alpine-dealer-locator').evaluate((widget) => {
      widget.setAttribute('view', 'list');
      widget.setAttribute('near', '33324');
    });
    await visit.page.getByRole('heading', { level: 3 }).first().waitFor();
    await visit.page.waitForLoadState('networkidle');
    expect(scripts.filter((url) => /\/(us-)?map-/.test(url))).toEqual([]);
    expect(await visit.page.locator('.map-place').isVisible()).toBe(false);
  });
});

/** In place of MapLibre: puts a place at as many pixels as it has degrees, and notes what it is asked for. */
const STUB_LIBRARY = `
  const asked = [];
  export class Map {
    constructor(options) { asked.push('style ' + options.style); this.options = options; }
    on(type, listener) { this.listener = listener; }
    project([lng, lat]) { return { x: (lng + 82) * 100, y: (28 - lat) * 100 }; }
    fitBounds(bounds) { asked.push('fit ' + bounds.map((each) => each.toFixed(1))); this.listener(); }
    zoomTo(zoom) { asked.push('zoom ' + zoom.toFixed(1)); this.listener(); }
    getZoom() { return 8; }
    panBy() { this.listener(); }
    resize() {}
    remove() { asked.push('removed'); }
  }
  globalThis.asked = asked;`;

describe('a site’s own tile map', () => {
  test('takes the place of ours, by the library that the site gives, under the same pins', async () => {
    const visit = await site.open('/', { reducedMotion: 'reduce' });
    const asked: string[] = [];
    visit.page.on('request', (request) => asked.push(request.url()));
    await visit.page.route('**/maplibre-stub.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: STUB_LIBRARY }),
    );
    await visit.page.locator('alpine-dealer-locator').evaluate((widget) => {
      widget.setAttribute('map-style', '/style.json');
      widget.setAttribute('map-library', '/maplibre-stub.js');
      widget.setAttribute('near', '33324');
    });
    await pins(visit).first().waitFor();
    const [first] = await pinPlaces(visit);
    expect([Math.round((first?.x ?? 0) + 14), Math.round((first?.y ?? 0) + 14)]).toEqual([186, 190]);
    await visit.page.getByRole('button', { name: 'Zoom in' }).click();
    const notes = await visit.page.evaluate(() => Reflect.get(globalThis, 'asked'));
    expect(notes).toEqual(['style /style.json', 'fit -80.3,26.0,-80.1,26.1', 'zoom 8.8']);
    expect(asked.filter((url) => url.includes('us-map'))).toEqual([]);
    expect(await visit.page.getByText('US Census Bureau').count()).toBe(0);
  });

  test('that does not work is reported to the page, and ours is shown', async () => {
    const visit = await site.open('/', { reducedMotion: 'reduce' });
    await visit.page.locator('alpine-dealer-locator').evaluate((widget) => {
      widget.setAttribute('map-style', '/style.json');
      widget.setAttribute('near', '33324');
    });
    await pins(visit).first().waitFor();
    await visit.page.getByText('US Census Bureau').waitFor();
    expect(visit.complaints.splice(0)).toEqual([expect.stringContaining('map-style needs MapLibre')]);
  });

  test('whose script does not come either leaves the list, and nothing for the page’s own log of errors', async () => {
    const visit = await site.open('/', { reducedMotion: 'reduce' });
    await visit.page.route(/\/widget\/v1\/(map|tiles)-/, (route) => route.abort());
    await visit.page.locator('alpine-dealer-locator').evaluate((widget) => {
      widget.setAttribute('map-style', '/style.json');
      widget.setAttribute('near', '33324');
    });
    await visit.page.getByText('The map could not be loaded. The list has all stores.').waitFor();
    expect(await item(visit, 1).isVisible()).toBe(true);
  });
});
