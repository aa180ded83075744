import { readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { SEARCH_COUNT_TABLE } from '../../shared/counts/search-count-table.ts';
import { call } from '../support/api-call.ts';
import { until } from '../support/inbox.ts';
import { scanTables } from '../support/stack-tables.ts';

interface SearchCounts {
  readonly asOf: string;
  readonly definitions: Record<string, string>;
  readonly total: { readonly searches: number };
  readonly groups: readonly ({ readonly searches: number } & Record<string, string | number>)[];
  readonly names: { readonly state?: Record<string, string> };
}

const { siteUrl, tokens, logFile } = inject('locator');

async function searchCounts(query: string): Promise<SearchCounts> {
  const { status, json, text } = await call('GET', `/v1/search-counts${query}`, {
    headers: { authorization: `Bearer ${tokens.counts}` },
  });
  expect(status, text).toBe(200);
  return json as SearchCounts;
}

/** Searches of a state at a distance, as the counts have them. */
async function counted(state: string, band: string): Promise<number> {
  const { groups } = await searchCounts('?by=state,distance-band');
  return groups.find((group) => group['state'] === state && group['distance-band'] === band)?.searches ?? 0;
}

/** The same, as the log has them: of other tests too. */
function logged(state: string, band: string): number {
  const lines = readFileSync(logFile, 'utf8').split('\n');
  return lines.filter(
    (line) =>
      line.includes('"answered"') &&
      line.includes('"route":"GET /v1/dealers"') &&
      /"status":(200|304)\b/.test(line) &&
      line.includes(`"state":"${state}"`) &&
      line.includes(`"distanceBand":"${band}"`),
  ).length;
}

const find = async (near: string, more: Parameters<typeof call>[2] = {}, method: 'GET' | 'HEAD' = 'GET') =>
  await call(method, `/v1/dealers?near=${encodeURIComponent(near)}`, more);

describe('searches', () => {
  test('are told by state and by distance to the nearest store, from ZIP, city and coordinates', async () => {
    const places = [
      // Pembroke Pines has a store, 12 miles from Miami; the nearest one to Honolulu, Guam and the Azores is an ocean away.
      ['33027', 'FL', '0-10'],
      ['Miami, FL', 'FL', '10-25'],
      ['33131', 'FL', '10-25'],
      ['Honolulu, HI', 'HI', '250+'],
      ['13.47,144.75', 'GU', '250+'],
      ['37.74,-25.67', 'unknown', '250+'],
    ] as const;
    const before = await Promise.all(places.map(([, state, band]) => counted(state, band)));
    for (const [near] of places) expect((await find(near)).status).toBe(200);
    await until('the searches in the counts', async () => {
      const now = await Promise.all(places.map(([, state, band]) => counted(state, band)));
      const more = places.map(([, state, band], index) => {
        const searched = places.filter((place) => place[1] === state && place[2] === band).length;
        return (now[index] ?? 0) - (before[index] ?? 0) >= searched;
      });
      return more.every(Boolean) || undefined;
    });
    const { groups, names, definitions, total, asOf } = await searchCounts('?by=state,distance-band');
    expect(names.state).toMatchObject({ FL: 'Florida', GU: 'Guam', HI: 'Hawaii' });
    expect(names.state).not.toHaveProperty('unknown');
    expect(total.searches).toBe(groups.reduce((sum, { searches }) => sum + searches, 0));
    expect(definitions['searches']).toContain('at least');
    expect(Math.abs(Date.parse(asOf) - Date.now())).toBeLessThan(60_000);
  });

  test('count when they are answered, also with 304; a HEAD and a refusal do not', async () => {
    const first = await find('96799');
    const etag = first.headers.get('etag') ?? '';
    expect((await find('96799', { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await find('96799', {}, 'HEAD')).status).toBe(200);
    expect((await call('GET', '/v1/dealers?near=96799&radius=0')).status).toBe(400);
    expect((await find('Pago Pag, AS')).status).toBe(404);
    // What came later is there: so is what came before, if it was ever to be.
    const hawaii = await counted('HI', '250+');
    expect((await find('Hilo, HI')).status).toBe(200);
    await until('the last search', async () => (await counted('HI', '250+')) > hawaii || undefined);
    await until('as many searches as the log tells', async () => {
      const inCounts = await counted('AS', '250+');
      return inCounts === logged('AS', '250+') || undefined;
    });
    const lines = readFileSync(logFile, 'utf8').split('\n');
    expect(lines.some((line) => line.includes('"route":"HEAD /v1/dealers"') && line.includes('"state":"AS"'))).toBe(
      true,
    );
  });

  test('can be had by time and of one state', async () => {
    expect((await find('Honolulu, HI')).status).toBe(200);
    const today = new Date().toISOString().slice(0, 10);
    await until('a search of Hawaii', async () => (await counted('HI', '250+')) || undefined);
    const { groups, names } = await searchCounts('?by=month,day&state=HI');
    expect(names).toEqual({});
    for (const { month, day } of groups) expect(String(day).startsWith(`${month}-`)).toBe(true);
    expect((await searchCounts('?from=2020-01-01&to=2020-12-31')).total.searches).toBe(0);
    expect((await searchCounts(`?from=2020-01-01&to=${today}&state=HI`)).total.searches).toBeGreaterThan(0);
    expect((await searchCounts('?by=week&state=unknown')).groups.length).toBeLessThanOrEqual(2);
  });

  test('come as a file too: the rows that the JSON has, and in the dialect of spreadsheets', async () => {
    await find('Honolulu, HI');
    await until('a search of Hawaii', async () => (await counted('HI', '250+')) || undefined);
    const fileOf = async (accept: string) =>
      await call('GET', '/v1/search-counts?by=state,distance-band&state=HI', {
        headers: { authorization: `Bearer ${tokens.counts}`, accept },
      });
    const { status, headers, text } = await fileOf('text/csv');
    expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      'accept',
    ]);
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="search-counts-state-distance-band-\d{4}-\d\d-\d\d\.csv"$/,
    );
    expect(text).toMatch(/^state,stateName,distance-band,searches,asOf\r\nHI,Hawaii,250\+,\d+,[\dTZ:-]+\r\n$/);
    const spreadsheet = 'text/csv;dialect=spreadsheet';
    // Whoever decodes it eats the byte order mark.
    expect((await fileOf(spreadsheet)).text).toMatch(
      /^state,stateName,distance-band,searches,asOf\r\nHI,Hawaii,250\+,\d+,/,
    );
    const raw = await fetch(new URL('/v1/search-counts', siteUrl), {
      headers: { authorization: `Bearer ${tokens.counts}`, accept: spreadsheet },
    });
    expect([...new Uint8Array(await raw.arrayBuffer()).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });

  test('are kept as numbers: no row holds anything of a place but its state', async () => {
    await find('33131');
    const rows = (await scanTables(inject('locator'))).get(SEARCH_COUNT_TABLE.environmentVariable) ?? [];
    for (const { pk, sk, expiresAtSeconds: _, ...rest } of rows) {
      expect(`${pk} ${sk}`).toMatch(/^(searches#\d+ \d{4}-\d\d-\d\d#[\w+-]+|batch#[0-9a-f]{64} mark)$/);
      for (const [name, value] of Object.entries(rest)) {
        expect(name).toMatch(/^([A-Z]{2}|unknown)$/);
        expect(value).toBeTypeOf('number');
      }
    }
  });

  test('are told to marketing alone: 401 without a token, 403 with another scope', async () => {
    expect((await call('GET', '/v1/search-counts')).status).toBe(401);
    for (const token of [tokens.none, tokens.leads]) {
      const { status } = await call('GET', '/v1/search-counts', { headers: { authorization: `Bearer ${token}` } });
      expect(status).toBe(403);
    }
  });

  test.each([
    ['by=county', ['?by']],
    ['by=state,state', ['?by']],
    ['by=state,day,week', ['?by']],
    ['by=', ['?by']],
    ['by=zip&from=2026-02-30&to=yesterday&state=Florida&near=33131', ['?by', '?from', '?near', '?state', '?to']],
    ['from=2026-11-25&to=2026-11-24', ['?to']],
    ['state=fl', ['?state']],
  ])('with %s names %j', async (query, pointers) => {
    const { status, json } = await call('GET', `/v1/search-counts?${query}`, {
      headers: { authorization: `Bearer ${tokens.counts}` },
    });
    expect(status).toBe(400);
    const { errors = [] } = json as { errors?: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(pointers);
  });
});
