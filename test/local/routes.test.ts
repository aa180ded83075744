import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRouter } from '../../local/http/routes.ts';

const keys = (...routeKeys: string[]) => createRouter(routeKeys.map((routeKey) => ({ routeKey, target: routeKey })));

test('prefers a literal to a parameter to a greedy parameter to $default, whatever their order', () => {
  const ranked = [
    'GET /pets/dog/1',
    'GET /pets/dog/{id}',
    'GET /pets/{kind}/1',
    'GET /pets/{proxy+}',
    'ANY /{proxy+}',
    '$default',
  ];
  fc.assert(
    fc.property(fc.subarray(ranked, { minLength: 1 }), fc.infiniteStream(fc.nat()), (some, order) => {
      const shuffled = [...some].sort(() => (order.next().value ?? 0) % 2);
      expect(keys(...shuffled)('GET', '/pets/dog/1')?.route.target).toBe(some[0]);
    }),
  );
});

test('prefers a named method to ANY on the same path', () => {
  const match = keys('ANY /v1/dealers', 'GET /v1/dealers');
  expect(match('GET', '/v1/dealers')?.route.target).toBe('GET /v1/dealers');
  expect(match('POST', '/v1/dealers')?.route.target).toBe('ANY /v1/dealers');
});

test('gives the parameters of a path', () => {
  expect(keys('GET /a/{x}/b/{y+}')('GET', '/a/1 2/b/c/d')?.pathParameters).toEqual({ x: '1 2', y: 'c/d' });
});

test('matches neither an empty parameter, nor a longer path, nor another method', () => {
  const match = keys('GET /a/{x}');
  expect([match('GET', '/a/'), match('GET', '/a/1/2'), match('GET', '/a'), match('POST', '/a/1')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
