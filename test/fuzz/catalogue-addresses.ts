import { OPERATIONS } from '../../shared/contract/operations.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { Expectation } from './fuzz-request.ts';
import { type OperationUnderFuzz, targetOf } from './operation-under-fuzz.ts';

/** What a query string can be besides right. */
export function queryItems(): readonly CatalogueItem[] {
  const withQuery = (
    name: string,
    queries: (under: OperationUnderFuzz) => readonly string[],
    expects: Expectation,
  ): CatalogueItem => ({
    name,
    of(under) {
      const target = targetOf(under.path, under.right);
      return queries(under).map((query) =>
        under.write(under.right, {
          label: `${name}: ${query.slice(0, 60)}`,
          target: `${target}${target.includes('?') ? '&' : '?'}${query}`,
          expects,
        }),
      );
    },
  });
  const names = ({ document }: OperationUnderFuzz): readonly string[] =>
    (document.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  return [
    withQuery('repeated parameters', (under) => names(under).map((name) => `${name}=1&${name}=2`), { statuses: [400] }),
    withQuery(
      'unknown parameters',
      () => ['zq=1', '__proto__=1', 'constructor=1', 'NEAR=33324', '=1', '&&zq', 'a[b]=1', 'zq%00=1'],
      { statuses: [400] },
    ),
    withQuery(
      'bad percent-encoding',
      (under) => names(under).flatMap((name) => [`${name}=%`, `${name}=%zz`, `${name}=%FF%FE`]),
      {
        outside: true,
      },
    ),
    {
      name: 'forged cursors',
      of(under, world) {
        if (!names(under).includes('cursor')) return [];
        const forged = [
          'x',
          '~',
          Buffer.from('2026-01-01T00:00:00.000Z#').toString('base64url'),
          Buffer.from(`9999-99-99T99:99:99.999Z#${world.holder.leadId}`).toString('base64url'),
          Buffer.from(`2026-01-01T00:00:00.000Z#${world.holder.leadId}`).toString('base64'),
          Buffer.from(JSON.stringify({ pk: 'person#x' })).toString('base64url'),
          'A'.repeat(201),
        ];
        return forged.map((cursor) =>
          under.write({ ...under.right, query: { ...under.right.query, cursor } }, { label: `a forged cursor` }),
        );
      },
    },
    {
      name: 'very long queries',
      of: (under) => [
        under.write(under.right, {
          label: 'a query of 7,000 characters',
          target: `${under.path.replace(/\{\w+\}/, 'x')}?${'a'.repeat(7_000)}=1`,
          expects: { outside: true },
        }),
      ],
    },
  ];
}

export function headerItems(): readonly CatalogueItem[] {
  const withHeaders = (
    name: string,
    headers: readonly (readonly [string, string])[],
    expects: (under: OperationUnderFuzz) => Expectation = () => ({}),
    fits: (under: OperationUnderFuzz) => boolean = () => true,
  ): CatalogueItem => ({
    name,
    of: (under) =>
      fits(under)
        ? headers.map((header) =>
            under.write(under.right, { label: `${name}: ${header[0]}`, headers: [header], expects: expects(under) }),
          )
        : [],
  });
  return [
    withHeaders('huge headers', [['x-zq', 'x'.repeat(20_000)]], () => ({ statuses: [431], outside: true })),
    withHeaders('many headers', [['cookie', 'zq=1; '.repeat(1_500)]]),
    withHeaders('a foreign Origin', [
      ['origin', 'https://evil.example'],
      ['origin', 'null'],
      ['origin', 'http://127.0.0.1.evil.example'],
    ]),
    withHeaders('forged addresses', [
      ['x-forwarded-for', '10.0.0.1, 203.0.113.9'],
      ['x-viewer-address', '203.0.113.9'],
      ['cloudfront-viewer-address', '203.0.113.9:1'],
      ['x-forwarded-host', 'evil.example'],
    ]),
    withHeaders('methods in disguise', [
      ['x-http-method-override', 'DELETE'],
      ['x-method-override', 'DELETE'],
    ]),
    withHeaders(
      'odd Accept',
      [
        ['accept', '*/*;q=0'],
        ['accept', 'text/html;q=NaN, ,;'],
        ['accept', 'application/geo+json;q=2'],
        ['if-none-match', '*'],
        ['if-none-match', '""'],
        ['range', 'bytes=0-1'],
      ],
      () => ({}),
      ({ method }) => method === 'GET',
    ),
    withHeaders(
      'bad idempotency keys',
      [
        ['idempotency-key', 'x'.repeat(256)],
        ['idempotency-key', '\u00e9'],
        ['idempotency-key', 'a\tb'],
        ['idempotency-key', ''],
      ],
      ({ operation }) => (operation.idempotencyKey ? { statuses: [400], names: 'Idempotency-Key' } : {}),
      ({ operation }) => operation.idempotencyKey === true,
    ),
  ];
}

/** Methods, paths and request lines. */
export function addressItems(): readonly CatalogueItem[] {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'get', 'ZQ'];
  return [
    {
      name: 'wrong methods',
      of(under) {
        const taken = methodsOf(under.path);
        return methods
          .filter((method) => !taken.has(method) && !(method === 'HEAD' && taken.has('GET')))
          .map((method) => {
            const isUsual = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
            return under.write(
              { ...under.right, body: undefined },
              { label: `method ${method}`, method, expects: isUsual ? { statuses: [405] } : { outside: true } },
            );
          });
      },
    },
    {
      name: 'bad paths',
      of(under) {
        const path = under.path.replace(/\{\w+\}/, 'x');
        return [
          `${path}%ff`,
          `${path}%`,
          `${path}/%c0%ae%c0%ae/`,
          `${path}%00`,
          `/v1/../${path}`,
          path.toUpperCase(),
          `/${path}`,
          `${path}?a?b#c`,
          `${path}\u00e9`,
        ].map((target) =>
          under.write(
            { ...under.right, body: undefined },
            { label: `path ${JSON.stringify(target)}`, target, expects: { outside: true } },
          ),
        );
      },
    },
    {
      name: 'no HTTP',
      of: (under) => [
        under.write(
          { ...under.right, body: undefined },
          { label: 'a line break in the request line', target: `${under.path}\r\nx: y z`, expects: { outside: true } },
        ),
        under.write(
          { ...under.right, body: undefined },
          { label: 'a space in the target', target: `${under.path} zq`, expects: { outside: true } },
        ),
        under.write(under.right, {
          label: 'two lengths',
          headers: [
            ['content-length', '1'],
            ['transfer-encoding', 'chunked'],
          ],
          expects: { outside: true },
        }),
      ],
    },
  ];
}

function methodsOf(path: string): ReadonlySet<string> {
  const routes = Object.keys(OPERATIONS).map((route) => route.split(' '));
  return new Set(routes.flatMap(([method = '', at]) => (at === path ? [method] : [])));
}
