import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { DASHBOARD_MESSAGES as messages } from '../../web/messages/dashboard-messages.ts';
import { serverFault } from './counts-answers.ts';
import { awaitCounts, openDashboard, openSignedIn, readTable, searchOf, signIn } from './use-dashboard.ts';
import { tabTo, useSite } from './use-site.ts';

const site = useSite();
const open = (search?: string) => openSignedIn(site, search);
const number = (text: string | undefined) => Number(text?.replaceAll(',', ''));

describe('filters', () => {
  test('stand in the address, narrow every request, and go back and forth with the history', async () => {
    const { page, requests } = await open();
    expect(searchOf(page)).toBe('');
    requests.length = 0;
    await page.getByLabel(messages.filterNames.model, { exact: true }).selectOption('a110');
    await awaitCounts(page);
    await page.getByRole('button', { name: messages.ranges['30d'] }).click();
    await awaitCounts(page);
    expect(searchOf(page)).toBe('?range=30d&model=a110');
    for (const request of requests.filter((each) => each.url().includes('interest-counts'))) {
      expect(new URL(request.url()).searchParams.get('model')).toBe('a110');
    }
    await page.goBack();
    await awaitCounts(page);
    expect(searchOf(page)).toBe('?model=a110');
    expect(await page.getByRole('button', { name: messages.ranges['90d'] }).getAttribute('aria-pressed')).toBe('true');
    await page.goBack();
    await awaitCounts(page);
    expect(await page.getByLabel(messages.filterNames.model, { exact: true }).inputValue()).toBe('');
    await page.goForward();
    await awaitCounts(page);
    expect(await page.getByLabel(messages.filterNames.model, { exact: true }).inputValue()).toBe('a110');
  });

  test('of an address are shown, also those that nothing is known of', async () => {
    const { page, api } = await open('?state=CA&campaign=gone&measure=submitted&from=2026-01-01&to=2026-12-31');
    expect(await page.getByLabel(messages.filterNames.state, { exact: true }).inputValue()).toBe('CA');
    expect(await page.getByLabel(messages.filterNames.campaign, { exact: true }).inputValue()).toBe('gone');
    expect(await page.getByLabel(messages.from, { exact: true }).inputValue()).toBe('2026-01-01');
    expect(api.count('state=CA&campaign=gone').total.submitted).toBe(0);
    await page.locator('#models').getByText(messages.empty).waitFor();
    await page.getByRole('button', { name: messages.clear }).click();
    await awaitCounts(page);
    expect(searchOf(page)).toBe('?from=2026-01-01&to=2026-12-31&measure=submitted');
    await page.getByRole('button', { name: messages.clear }).waitFor({ state: 'hidden' });
  });

  test('by day move the other end when it would lie behind', async () => {
    const { page } = await open('?from=2026-05-01&to=2026-05-31');
    await page.getByLabel(messages.from, { exact: true }).fill('2026-06-10');
    await page.getByLabel(messages.from, { exact: true }).blur();
    await expect.poll(() => searchOf(page)).toBe('?from=2026-06-10&to=2026-06-10');
  });

  test('by day wait until a year is typed to its end', async () => {
    const { page } = await open();
    const searches: string[] = [];
    page.on('framenavigated', (frame) => searches.push(new URL(frame.url()).search));
    await page.getByLabel(messages.from, { exact: true }).focus();
    await page.keyboard.type('06102026');
    await expect.poll(() => searchOf(page)).toBe('?from=2026-06-10');
    expect(searches.filter((search) => /from=[01]/.test(search))).toEqual([]);
  });
});

describe('the pictures', () => {
  test('show what the API says: the numbers at a glance, and what stood and came in each week', async () => {
    const { page, api } = await open();
    const from = await page.getByLabel(messages.from, { exact: true }).inputValue();
    const standing = api.count('').total;
    const during = api.count(`from=${from}`).total;
    const values = await page.locator('#headline dd.value').allTextContents();
    expect([0, 1, 2, 4].map((index) => number(values[index]))).toEqual([
      standing.active,
      during.submitted,
      during.confirmed,
      during.withdrawn,
    ]);
    const weeks = await readTable(page, 'growth');
    const { groups } = api.count(`by=week&from=${from}`);
    expect(weeks.filter((row) => number(row[1]) > 0).map(([week, submitted]) => [week, number(submitted)])).toEqual(
      groups.filter(({ submitted }) => Number(submitted) > 0).map(({ week, submitted }) => [week, submitted]),
    );
    expect(number(weeks.at(-1)?.at(-1))).toBe(standing.active);
    expect(number(weeks[0]?.at(-1)) + groups.slice(1).reduce((sum, { active }) => sum + Number(active), 0)).toBe(
      standing.active,
    );
  });

  test('have no lines between one and two people, however few there are', async () => {
    const { page, api } = await open();
    const few = api.count('by=state').groups.find(({ active }) => active !== null && active >= 1 && active <= 3);
    await page.getByLabel(messages.filterNames.state, { exact: true }).selectOption(String(few?.['state']));
    await awaitCounts(page);
    const counts = (await page.locator('#growth svg text').allTextContents()).filter((label) => /^[\d.]+$/.test(label));
    expect(counts.length).toBeGreaterThan(2);
    expect(counts.filter((label) => label.includes('.'))).toEqual([]);
  });

  test('have the numbers of their tables: models, distances, stores, and demand without a store', async () => {
    const { page, api } = await open('?measure=confirmed&range=all');
    for (const [panel, key] of [
      ['models', 'model'],
      ['bands', 'distance-band'],
      ['stores', 'dealer'],
    ] as const) {
      const { groups } = api.count(`by=${key}`);
      const rows = await readTable(page, panel);
      expect(
        rows.map((row) => number(row[2])).toSorted((a, b) => a - b),
        panel,
      ).toEqual(groups.map(({ confirmed }) => Number(confirmed)).toSorted((a, b) => a - b));
      const chart = await page.locator(`#${panel} svg.chart`).first().getAttribute('aria-label');
      const drawn = panel === 'stores' ? rows.filter(([name]) => name !== messages.noStore).slice(0, 12) : rows;
      for (const [name, , confirmed] of drawn) expect(chart).toContain(`${name} ${confirmed}`);
    }
    const far = api
      .count('by=state,distance-band')
      .groups.filter((group) => ['100-250', '250+', 'none'].includes(String(group['distance-band'])))
      .reduce((sum, { confirmed }) => sum + Number(confirmed), 0);
    const share = await page.locator('#unserved .share').first().textContent();
    expect(number(share?.split(' of ')[0])).toBe(far);
  });

  test('of how fast stores respond name their rows where they lie below each other, and never lose a name in words', async () => {
    const { page } = await open();
    const name = (await readTable(page, 'stores'))
      .map(([store = '']) => store)
      .find((store) => store !== messages.noStore);
    if (name === undefined) throw new Error('no store');
    const picture = page.locator('#stores svg.chart').nth(1);
    const named = () => picture.getByText(name.slice(0, 12)).count();
    expect(await picture.getAttribute('aria-label')).toContain(name);
    expect(await named()).toBe(0);
    await page.setViewportSize({ width: 600, height: 900 });
    await expect.poll(named).toBe(1);
    expect(await picture.getAttribute('aria-label')).toContain(name);
    await page.setViewportSize({ width: 1280, height: 900 });
    await expect.poll(named).toBe(0);
  });

  test('hide what is not told, and never sum over it', async () => {
    const { page, api } = await open();
    api.suppressBelow(5);
    await page.getByRole('button', { name: messages.refresh }).click();
    await page.getByText(messages.suppressed(5)).waitFor();
    const cells = (await readTable(page, 'map')).flat();
    expect(cells).toContain('< 5');
    expect(cells.filter((cell) => ['1', '2', '3', '4'].includes(cell))).toEqual([]);
    await expect.poll(() => page.locator('#unserved .share').first().textContent()).toMatch(/^≥ /);
  });

  test('say that searches are not counted by an API that does not, and show the rest', async () => {
    const { page, answer } = await openDashboard(site);
    answer('GET /v1/search-counts', () => ({ status: 405 }));
    await signIn(page);
    await page.getByText(messages.searchesNotCounted).waitFor();
    expect(await page.locator('#unserved svg.chart').count()).toBe(1);
  });
});

describe('the map', () => {
  test('colours each state by its count, and names it where it is pointed at', async () => {
    const { page, api } = await open('?range=all');
    const counts = new Map(api.count('by=state').groups.map(({ state, active }) => [state, Number(active)]));
    const shapes = page.locator('#map .shapes path[role=button]');
    expect(await shapes.count()).toBe(51);
    const drawn = await shapes.evaluateAll((paths) =>
      paths.map((path) => [path.getAttribute('data-focus')?.slice(4) ?? '', path.getAttribute('fill') ?? '']),
    );
    const colors = drawn.map(([code, fill]) => ({
      count: counts.get(code) ?? 0,
      color: Number(fill?.match(/\d/)?.[0]),
    }));
    const ordered = colors.toSorted((a, b) => a.count - b.count);
    for (const [index, { color }] of ordered.slice(1).entries())
      expect(color).toBeGreaterThanOrEqual(ordered[index]?.color ?? 0);
    expect(ordered.at(-1)?.color).toBe(6);
    await page.locator('[data-focus=map-TX]').hover();
    await page
      .locator('.readout')
      .getByText(messages.place('Texas', String(counts.get('TX'))))
      .waitFor();
    const boxes = await page.locator('#map .elsewhere').textContent();
    expect(boxes).toContain(`Puerto Rico ${counts.get('PR') ?? 0}`);
  });

  test('looks into a state with a click, into its metro areas, and comes back by its path', async () => {
    const { page, api } = await open();
    await page.locator('[data-focus=map-TX]').click({ position: { x: 60, y: 60 } });
    await awaitCounts(page);
    expect(searchOf(page)).toBe('?state=TX');
    expect(await page.locator('#map .shapes path').count()).toBeGreaterThan(200);
    const counties = api.count('by=county&state=TX');
    const rows = await readTable(page, 'map');
    expect(rows).toHaveLength(counties.groups.length);
    expect(rows[0]?.[0]).toMatch(/County, TX$/);
    await page.getByRole('button', { name: messages.areas.metro }).click();
    await awaitCounts(page);
    expect(searchOf(page)).toBe('?state=TX&area=metro');
    const metros = api.count('by=metro&state=TX').groups.map(({ active }) => Number(active));
    expect((await readTable(page, 'map')).map((row) => number(row.at(-1))).toSorted((a, b) => a - b)).toEqual(
      metros.toSorted((a, b) => a - b),
    );
    await page.locator('[data-focus="map-19100"]').click();
    await awaitCounts(page);
    expect(searchOf(page)).toBe('?state=TX&metro=19100&area=metro');
    await page.getByRole('button', { name: messages.country }).click();
    await awaitCounts(page);
    expect(searchOf(page)).toBe('?area=metro');
  });

  test('is one stop of Tab, its arrow keys lead to neighbours, and Enter looks into a state', async () => {
    const { page } = await open();
    const first = page.locator('#map [role=button][tabindex="0"]');
    expect(await first.count()).toBe(1);
    await page.locator('#map .files button').focus();
    await tabTo(page, first);
    await page.locator('[data-focus=map-KS]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-focus'))).toBe('map-MO');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-focus'))).toBe('map-IA');
    expect(await page.locator('.readout').textContent()).toMatch(/^Iowa: /);
    await page.keyboard.press('Enter');
    await awaitCounts(page);
    expect(searchOf(page)).toBe('?state=IA');
    // What had the focus is gone; its panel keeps it.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('map-heading');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(messages.country);
  });

  test('lists the places of a state that has no shapes', async () => {
    const { page, api } = await open('?state=CT&range=all');
    await page.getByText(messages.noShapes('Connecticut')).waitFor();
    const [first] = await readTable(page, 'map');
    expect(first?.[0]).toMatch(/Planning Region, CT$/);
    expect(number(first?.at(-1))).toBe(
      Math.max(...api.count('by=county&state=CT').groups.map(({ active }) => Number(active))),
    );
  });
});

describe('files', () => {
  test('have the rows of the table, from the API, with the token in a header', async () => {
    const { page, requests } = await open('?model=a110');
    const rows = await readTable(page, 'models');
    requests.length = 0;
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: messages.csvOf(messages.models) }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toBe('interest-counts-model.csv');
    const [request] = requests;
    expect(request?.headers()).toMatchObject({
      accept: 'text/csv;dialect=spreadsheet',
      authorization: expect.stringMatching(/^Bearer /),
    });
    expect(new URL(request?.url() ?? '').search).toBe('?by=model&model=a110');
    const file = await text(await download.createReadStream());
    const records = parse<Record<string, string>>(file, { columns: true, bom: true });
    expect(records.map(({ submitted, active }) => [Number(submitted), Number(active)])).toEqual(
      rows.map((row) => [number(row[1]), number(row.at(-1))]),
    );
  });

  test('that cannot be had say why, and can be tried again', async () => {
    const { page, api, answer } = await open();
    answer('GET /v1/interest-counts', serverFault);
    await page.getByRole('button', { name: messages.csvOf(messages.models) }).click();
    const failure = page.locator('#models .failure');
    await failure.getByText(messages.csvFailed).waitFor();
    await failure.getByText(messages.requestId('request-1')).waitFor();
    for (const [operation, answering] of Object.entries(api.answers)) answer(operation, answering);
    const saving = page.waitForEvent('download');
    await failure.getByRole('button', { name: messages.tryAgain }).click();
    await saving;
    await failure.waitFor({ state: 'detached' });
  });

  test('are not made of an answer that is none', async () => {
    const { page, answer } = await open();
    answer('GET /v1/interest-counts', () => ({ status: 200, body: {} }));
    await page.getByRole('button', { name: messages.csvOf(messages.models) }).click();
    await page.locator('#models').getByText(messages.csvFailed).waitFor();
  });
});
