import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileLogPattern } from '../../local/aws/log-pattern.ts';
import { HostError } from '../../local/host-error.ts';
import { SEARCHED_LINES } from '../../shared/counts/searched-lines.ts';

const fits = (pattern: string, value: unknown): boolean =>
  compileLogPattern(pattern)(typeof value === 'string' ? value : JSON.stringify(value));

describe('a filter pattern', () => {
  test.each([
    ['{ $.a = "x" }', { a: 'x' }, { a: 'X' }],
    ['{ $.a = x }', { a: 'x' }, { b: 'x' }],
    ['{$.a="x"}', { a: 'x' }, { a: ['x'] }],
    ['{ $.a = "*" }', { a: '' }, { a: 5 }],
    ['{ $.a = "GET /v1/*" }', { a: 'GET /v1/dealers' }, { a: 'POST GET /v1/dealers' }],
    ['{ $.a = "(1+1).*" }', { a: '(1+1).5' }, { a: '(1+1)5' }],
    ['{ $.a.b-c = "x" }', { a: { 'b-c': 'x' } }, { 'a.b-c': 'x' }],
    ['{ $.a = 200 }', { a: 200 }, { a: '200' }],
    ['{ $.a = -1.5 }', { a: -1.5 }, { a: 1.5 }],
    ['{ $.a >= 400 }', { a: 400 }, { a: 399 }],
    ['{ $.a < 400 }', { a: 399 }, { a: null }],
    ['{ ($.a = 1) && ($.b = 2) }', { a: 1, b: 2 }, { a: 1 }],
    ['{ $.a = 1 || $.a = 2 }', { a: 2 }, { a: 3 }],
    ['{ $.toString = "*" || $.constructor.name = "*" }', { toString: 'own' }, { a: 1 }],
    [SEARCHED_LINES, searched('GET', 200), searched('HEAD', 200)],
    [SEARCHED_LINES, searched('GET', 304), searched('GET', 404)],
    [SEARCHED_LINES, searched('GET', 304), { ...searched('GET', 304), message: 'request failed' }],
    [SEARCHED_LINES, searched('GET', 304), { ...searched('GET', 304), distanceBand: undefined }],
  ])('%s takes %j and not %j', (pattern, taken, left) => {
    expect(fits(pattern, taken)).toBe(true);
    expect(fits(pattern, left)).toBe(false);
  });

  test('has "and" bind closer than "or", and parentheses closest', () => {
    const bit = fc.boolean().map(Number);
    fc.assert(
      fc.property(bit, bit, bit, (a, b, c) => {
        expect(fits('{ $.a = 1 || $.b = 1 && $.c = 1 }', { a, b, c })).toBe(a === 1 || (b === 1 && c === 1));
        expect(fits('{ $.a = 1 && $.b = 1 || $.c = 1 }', { a, b, c })).toBe((a === 1 && b === 1) || c === 1);
        expect(fits('{ ($.a = 1 || $.b = 1) && $.c = 1 }', { a, b, c })).toBe((a === 1 || b === 1) && c === 1);
      }),
    );
  });

  test('takes no line that is no JSON object, whatever it is', () => {
    const takes = compileLogPattern('{ $.a = "*" || $.a >= 0 }');
    for (const line of ['', 'a', '{"a":', '"a"', '5', 'null', 'START {"a":1}']) expect(takes(line), line).toBe(false);
    fc.assert(fc.property(fc.string(), (line) => !takes(line)));
  });

  test.each([
    '',
    'ERROR',
    '"two words"',
    '[ip, user]',
    '{ }',
    '{ $.a }',
    '{ $.a = }',
    '{ $.a != 1 }',
    '{ $.a NOT EXISTS }',
    '{ $.a IS NULL }',
    '{ $.a = %x% }',
    '{ $.a[0] = 1 }',
    '{ $.a > "x" }',
    '{ a = 1 }',
    '{ ($.a = 1 }',
    '{ $.a = 1) }',
    '{ $.a = 1 $.b = 2 }',
    '{ $.a = 1 && }',
    '{ $.a = "x\\"y" }',
  ])('is refused with a sentence when it is %s', (pattern) => {
    expect(() => compileLogPattern(pattern)).toThrow(HostError);
  });
});

function searched(method: string, status: number): object {
  return {
    level: 'info',
    message: 'answered',
    route: `${method} /v1/dealers`,
    status,
    state: 'FL',
    distanceBand: '0-10',
  };
}
