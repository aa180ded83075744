import { randomUUID } from 'node:crypto';
import { stringify } from 'csv-stringify/sync';
import type { Request } from 'playwright-core';
import * as z from 'zod/mini';
import { InterestCountsAnswer, InterestCountsQuery } from '../../shared/contract/interest-counts.ts';
import { LeadsAnswer } from '../../shared/contract/leads.ts';
import { SearchCountsAnswer, SearchCountsQuery } from '../../shared/contract/search-counts.ts';
import { countFacts, DEFINITIONS, type GroupKey } from '../../shared/counts/grouping.ts';
import { dayOf } from '../../shared/counts/period.ts';
import type { SeededInterests } from '../support/seeded-interests.ts';
import { problem } from './stub-answers.ts';
import type { Answer } from './stub-site.ts';

/** The API's counts over made-up buyers: it groups with the API's own code, and knows tokens by their scope. */
export function countsApi(interests: SeededInterests) {
  const { facts, searches, gazetteer, dealers } = interests;
  /** Counts below it become null. */
  let suppressedBelow: number | null = null;
  let asOf = `${new Date().toISOString().slice(0, 19)}Z`;

  const nameOf: Partial<Record<GroupKey, (code: string) => string | undefined>> = {
    state: (code) => gazetteer.findState(code)?.name,
    county: (code) => gazetteer.countyName(code),
    metro: (code) => gazetteer.metroTitle(code),
    dealer: (code) => dealers.get(code),
  };
  const namesOf = (by: readonly GroupKey[], groups: readonly Partial<Record<GroupKey, string>>[]) =>
    Object.fromEntries(
      by.flatMap((key) => {
        const find = nameOf[key];
        if (find === undefined) return [];
        const codes = new Set(groups.map((group) => group[key] ?? ''));
        const named = [...codes].flatMap((code) => {
          const name = find(code);
          return name === undefined ? [] : [[code, name] as const];
        });
        return [[key, Object.fromEntries(named)]];
      }),
    );
  const suppress = <Row extends object>(row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        suppressedBelow !== null && typeof value === 'number' && value > 0 && value < suppressedBelow ? null : value,
      ]),
    ) as Row;

  function count(query: URLSearchParams) {
    const { by = [], from, to, dealerId, ...filters } = z.parse(InterestCountsQuery, Object.fromEntries(query));
    const inRange = facts.filter(({ hour }) => {
      const day = dayOf(hour);
      return (from === undefined || day >= from) && (to === undefined || day <= to);
    });
    const { total, groups } = countFacts(inRange, by, { ...filters, dealer: dealerId }, (state) =>
      gazetteer.findState(state),
    );
    return {
      by,
      answer: z.parse(InterestCountsAnswer, {
        asOf,
        complete: true,
        definitions: DEFINITIONS,
        suppressedBelow,
        total: suppress(total),
        groups: groups.map(suppress),
        names: namesOf(by, groups),
      }),
    };
  }

  function countSearches(query: URLSearchParams) {
    const { by = [], from, to, state } = z.parse(SearchCountsQuery, Object.fromEntries(query));
    const keys = by as ('state' | 'distance-band' | 'day')[];
    const inRange = searches.filter(
      (search) =>
        (from === undefined || search.day >= from) &&
        (to === undefined || search.day <= to) &&
        (state === undefined || search.state === state),
    );
    const groups = [...Map.groupBy(inRange, (search) => JSON.stringify(keys.map((key) => search[key])))].map(
      ([values, rows]) => ({
        ...Object.fromEntries((JSON.parse(values) as string[]).map((value, index) => [keys[index], value])),
        searches: rows.length,
      }),
    );
    const definitions = {
      searches: 'Searches that the API answered. Answers from the edge’s cache are not seen: a lower bound.',
    };
    const total = { searches: inRange.length };
    return z.parse(SearchCountsAnswer, { asOf, definitions, total, groups, names: namesOf(['state'], groups) });
  }

  const answers: Record<string, (request: Request) => Answer> = {
    'GET /v1/interest-counts': (request) => {
      const refusal = refusalOf(request, 'counts');
      if (refusal !== undefined) return refusal;
      const { by, answer } = count(new URL(request.url()).searchParams);
      return request.headers()['accept']?.startsWith('text/csv')
        ? csvOf(by, answer.groups)
        : { status: 200, body: answer };
    },
    'GET /v1/search-counts': (request) => {
      const refusal = refusalOf(request, 'counts');
      if (refusal !== undefined) return refusal;
      return { status: 200, body: countSearches(new URL(request.url()).searchParams) };
    },
    'GET /v1/leads': (request) => {
      const refusal = refusalOf(request, 'leads');
      if (refusal !== undefined) return refusal;
      const stores = [...dealers.keys()].flatMap((dealerId, index) => {
        const leads = (index * 7) % 23;
        const acknowledged = Math.min(leads, (index * 5) % 19);
        const medianResponseSeconds = acknowledged === 0 ? null : 600 + ((index * 7919) % 190_000);
        return leads === 0 ? [] : [{ dealerId, leads, acknowledged, medianResponseSeconds }];
      });
      const since = '2026-10-26T00:00:00Z';
      return { status: 200, body: z.parse(LeadsAnswer, { leads: [], cursor: null, summary: { since, stores } }) };
    },
  };
  return {
    answers,
    /** What the API would say. @param query with its question mark or without */
    count: (query: string) => count(new URLSearchParams(query)).answer,
    setAsOf(time: string) {
      asOf = time;
    },
    suppressBelow(below: number | null) {
      suppressedBelow = below;
    },
  };
}

/** As the gateway refuses: 401 without a token, 403 without the scope, each with a body of its own. */
function refusalOf(request: Request, scope: string): Answer | undefined {
  const token = request.headers()['authorization']?.replace(/^Bearer /, '');
  const headers = { 'apigw-requestid': randomUUID() };
  if (token === undefined)
    return { status: 401, body: { message: 'Unauthorized' }, contentType: 'application/json', headers };
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { scope?: string };
  if (claims.scope?.split(' ').includes(scope)) return undefined;
  return { status: 403, body: { message: 'Forbidden' }, contentType: 'application/json', headers };
}

function csvOf(by: readonly string[], groups: readonly object[]): Answer {
  const columns = [...by, 'submitted', 'confirmed', 'withdrawn', 'movedIn', 'movedOut', 'active'];
  return {
    status: 200,
    text: stringify([...groups], { header: true, columns, record_delimiter: 'windows', bom: true }),
    contentType: 'text/csv; charset=utf-8',
    headers: { 'content-disposition': `attachment; filename="interest-counts-${by.join('-') || 'total'}.csv"` },
  };
}

/** A fault of the API's own, with the id it is found by. */
export function serverFault(): Answer {
  return { status: 500, body: problem(500) };
}
