import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter } from '../../local/aws/event-filter.ts';
import { HostError } from '../../local/host-error.ts';
import { NEW_DELIVERY_FILTER } from '../../shared/outbox/outbox-table.ts';

const passes = (pattern: unknown, record: unknown): boolean => compileFilter(JSON.stringify(pattern))(record);
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

describe('a filter pattern', () => {
  test('passes a record whose value is among the alternatives, and no other', () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1 }), leaf, (alternatives, value) => {
        expect(passes({ a: { b: alternatives } }, { a: { b: value } })).toBe(alternatives.includes(value));
      }),
    );
  });

  test('of the outbox passes what nobody has tried to send, new or renewed, and no claim or outcome', () => {
    const eventNames = fc.constantFrom('INSERT', 'MODIFY', 'REMOVE');
    const statuses = fc.constantFrom('pending', 'delivered', 'failed', 'cancelled');
    fc.assert(
      fc.property(eventNames, statuses, fc.nat(20), (eventName, status, attempts) => {
        const image = marshall({ pk: 'lead#1', sk: 'delivery#lead-mail', status, attempts, due: 'due' });
        // What is deleted leaves no new image.
        const dynamodb = eventName === 'REMOVE' ? {} : { NewImage: image };
        expect(passes(NEW_DELIVERY_FILTER, { eventName, dynamodb })).toBe(
          eventName !== 'REMOVE' && status === 'pending' && attempts === 0,
        );
      }),
    );
    // A lead's own row has neither.
    expect(
      passes(NEW_DELIVERY_FILTER, { eventName: 'INSERT', dynamodb: { NewImage: marshall({ pk: 'lead#1' }) } }),
    ).toBe(false);
  });

  test('compares DynamoDB’s numbers as the text that they are in a stream, digit by digit', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (wanted, value) => {
        const record = { dynamodb: { NewImage: marshall({ n: value }) } };
        const pattern = (alternative: unknown) => ({ dynamodb: { NewImage: { n: { N: [alternative] } } } });
        expect(passes(pattern(String(wanted)), record)).toBe(wanted === value);
        expect(passes(pattern(String(value)), record)).toBe(true);
        // So neither a number nor a comparison of numbers in a pattern ever passes one.
        expect(passes(pattern(value), record)).toBe(false);
        expect(passes(pattern({ numeric: ['=', value] }), record)).toBe(false);
      }),
    );
  });

  test('asks for all members and for any alternative', () => {
    const pattern = { eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage: { kind: { S: ['lead'] } } } };
    const record = (eventName: string, kind: string) => ({ eventName, dynamodb: { NewImage: { kind: { S: kind } } } });
    expect(passes(pattern, record('INSERT', 'lead'))).toBe(true);
    expect(passes(pattern, record('MODIFY', 'lead'))).toBe(true);
    expect(passes(pattern, record('REMOVE', 'lead'))).toBe(false);
    expect(passes(pattern, record('INSERT', 'fact'))).toBe(false);
    expect(passes(pattern, { eventName: 'INSERT' })).toBe(false);
  });

  test('compares prefixes and suffixes as text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (part, value) => {
        expect(passes({ a: [{ prefix: part }] }, { a: value })).toBe(value.startsWith(part));
        expect(passes({ a: [{ suffix: part }] }, { a: value })).toBe(value.endsWith(part));
        expect(passes({ a: [{ 'anything-but': { prefix: part } }] }, { a: value })).toBe(!value.startsWith(part));
      }),
    );
  });

  test('passes by anything-but what is there and is none of the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1 }),
        fc.option(fc.string(), { nil: undefined }),
        (values, value) => {
          expect(passes({ a: [{ 'anything-but': values }] }, { a: value })).toBe(
            value !== undefined && !values.includes(value),
          );
        },
      ),
    );
  });

  test('compares numbers with one bound or two, and never text', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (low, high, value) => {
        expect(passes({ a: [{ numeric: ['>', low, '<=', high] }] }, { a: value })).toBe(value > low && value <= high);
        expect(passes({ a: [{ numeric: ['=', low] }] }, { a: value })).toBe(value === low);
        expect(passes({ a: [{ numeric: ['>=', low] }] }, { a: String(value) })).toBe(false);
      }),
    );
  });

  test('tests the presence of leaves only: an object counts as absent', () => {
    const exists = (there: boolean) => ({ a: [{ exists: there }] });
    for (const value of ['', 0, null, false]) expect(passes(exists(true), { a: value })).toBe(true);
    expect(passes(exists(true), { a: { S: 'x' } })).toBe(false);
    expect(passes(exists(false), { b: 1 })).toBe(true);
    expect(passes(exists(false), { a: null })).toBe(false);
  });

  test('matches a list when one of its items matches', () => {
    expect(passes({ a: ['x'] }, { a: ['w', 'x'] })).toBe(true);
    expect(passes({ a: ['x'] }, { a: ['w'] })).toBe(false);
    expect(passes({ a: { b: ['x'] } }, { a: [{ b: 'w' }, { b: 'x' }] })).toBe(true);
  });

  test('takes one of several patterns by $or', () => {
    const pattern = { $or: [{ a: [1] }, { b: [2] }] };
    expect([{ a: 1 }, { b: 2 }, { a: 2, b: 1 }].map((record) => passes(pattern, record))).toEqual([true, true, false]);
  });

  test('sees own members only', () => {
    expect(passes({ constructor: [{ exists: true }] }, {})).toBe(false);
  });

  test.each([
    ['{', 'not JSON'],
    ['[]', 'not an object'],
    ['{"a":"x"}', 'wants a list'],
    ['{"a":[]}', 'lists no value'],
    ['{}', 'names no member'],
    ['{"a":[{"like":"x"}]}', '"like"'],
    ['{"a":[{"numeric":["~",1]}]}', '"numeric"'],
    ['{"a":[{"prefix":1}]}', 'text'],
  ])('refuses %s', (pattern, reason) => {
    expect(() => compileFilter(pattern)).toThrow(HostError);
    expect(() => compileFilter(pattern)).toThrow(reason);
  });
});
