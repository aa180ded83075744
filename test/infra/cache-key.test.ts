import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findDealers } from '../../shared/contract/dealers.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { chooseMediaType } from '../../shared/http/media-type.ts';
import { queryOf } from '../../shared/http/request.ts';
import { gatewayEvent } from '../support/gateway-event.ts';

interface EdgeRequest {
  readonly querystring: Record<string, { value: string; multiValue?: { value: string }[] }>;
  readonly headers: Record<string, { value: string }>;
}

const context = createContext({});
new Script(readFileSync(new URL('../../infra/edge/cache-key.js', import.meta.url), 'utf8')).runInContext(context);
const run = new Script('JSON.stringify(handler(JSON.parse(input)))');
const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));

function cacheKey(query: string, accept?: string): { query: string; accept: string | undefined } {
  const querystring: EdgeRequest['querystring'] = {};
  for (const part of query.split('&').filter(Boolean)) {
    const [name = '', value = ''] = part.split(/=(.*)/s);
    const held = querystring[name];
    if (held === undefined) querystring[name] = { value };
    else held.multiValue = [...(held.multiValue ?? [{ value: held.value }]), { value }];
  }
  context['input'] = JSON.stringify({
    request: { querystring, headers: accept === undefined ? {} : { accept: { value: accept } } },
  });
  const request = JSON.parse(run.runInContext(context)) as EdgeRequest;
  const parts = Object.entries(request.querystring).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((one) => `${name}=${one.value}`),
  );
  return { query: parts.join('&'), accept: request.headers['accept']?.value };
}

/** What the API makes of a query: the fields it names as bad, or the question as it understands it. */
function understood(query: string): unknown {
  let parameters: Record<string, string>;
  try {
    parameters = queryOf(gatewayEvent({ rawQueryString: query }));
  } catch {
    return 'repeated';
  }
  const parsed = findDealers.query.safeParse(parameters);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => [path.join('.'), message]);
  const near = gazetteer.resolveNear(parsed.data.near);
  return { ...parsed.data, near: near.kind === 'found' ? near : near.kind };
}

const arbitraryQuery = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('near', 'radius', 'unit', 'limit', 'model') },
        fc.constantFrom('x', 'Near'),
      ),
      fc.oneof(
        fc.constantFrom(
          '33324',
          '33324-1234',
          '26.1,-80.2',
          'Fort  Lauderdale, FL ',
          ' miami, fl',
          '100',
          '10',
          'mi',
          'km',
          'a110',
          '',
          '%',
        ),
        fc.string({ unit: 'grapheme', maxLength: 8 }),
      ),
    ),
    { maxLength: 6 },
  )
  .map((pairs) =>
    pairs
      .map(([name, value]) => `${name}=${value === '%' ? '%ff' : encodeURIComponent(value.toWellFormed())}`)
      .join('&'),
  );

test('the key asks the API the same question as the query that was sent, or gets the same refusal', () => {
  fc.assert(
    fc.property(arbitraryQuery, (query) => {
      expect(understood(cacheKey(query).query)).toEqual(understood(query));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['radius=100&near=33324', 'near=33324'],
  ['near=33324-0001&unit=mi&limit=10', 'near=33324'],
  ['near=Fort+Lauderdale,+FL', 'near=fort%20lauderdale%2C%20fl'],
  ['near=%20fort%20%20lauderdale%2C%20FL', 'near=fort%20lauderdale%2C%20fl'],
  ['unit=km&near=1,2&limit=5', 'limit=5&near=1%2C2&unit=km'],
  ['near=33324%0A', 'near=33324%0a'],
])('%s and %s share an answer', (query, same) => {
  expect(cacheKey(query).query.toLowerCase()).toBe(cacheKey(same).query.toLowerCase());
});

test('the coordinates of a search are never rounded', () => {
  expect(cacheKey('near=26.123456,-80.654321').query).toBe('near=26.123456%2C-80.654321');
});

test('every browser’s Accept is one of the two that the API tells apart', () => {
  const offered = ['application/json', 'application/geo+json'];
  for (const accept of [
    undefined,
    '*/*',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'application/geo+json',
    'Application/GEO+JSON;q=0.9, */*;q=0.1',
  ]) {
    const { accept: forwarded } = cacheKey('near=33324', accept);
    expect(chooseMediaType(forwarded, offered)).toBe(chooseMediaType(accept, offered));
    if (!/geo/i.test(accept ?? '')) expect(forwarded).toBe('application/json');
  }
});
