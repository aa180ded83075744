import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { log } from '../../shared/runtime/log.ts';
import { dataOfAnswer, dataOfRequest, repetitionsIn, type SentDatum } from './sent-data.ts';

const TOKEN = `1.${Buffer.from('["id",1,2]').toString('base64url')}.${'s'.repeat(43)}`;
const data: SentDatum[] = [
  { kind: 'e-mail', value: 'Ann.Lee+x@buyers.example' },
  { kind: 'name', value: 'O’Neil "李"' },
  { kind: 'phone', value: '+13055551234' },
  { kind: 'ZIP+4', value: '33324-1234' },
  { kind: 'token', value: TOKEN },
  { kind: 'idempotency key', value: 'key-12345678' },
  { kind: 'person key', value: `1:${'k'.repeat(43)}` },
  { kind: 'network address', value: '127.33.44.55' },
];

describe('what the stack logs', () => {
  test.each([
    ['e-mail', 'mail to ann.lee+x@BUYERS.example refused'],
    ['e-mail', 'GET /x?q=Ann.Lee%2Bx%40buyers.example'],
    ['name', JSON.stringify({ name: 'O’Neil "李"' })],
    ['name', 'name=O%E2%80%99Neil%20%22%E6%9D%8E%22'],
    ['phone', 'tel:+13055551234'],
    ['phone', '"phone":3055551234'],
    ['ZIP+4', 'near=33324-1234'],
    ['token', `Bearer ${TOKEN}`],
    ['token', `signature ${'s'.repeat(43)} is bad`],
    ['idempotency key', 'key-12345678'],
    ['person key', `person#1:${'k'.repeat(43)}`],
    ['network address', '127.33.44.55:4711'],
  ])('repeats a %s in %s: found, by its line', (kind, text) => {
    expect(repetitionsIn(`fine\n${text}\nfine`, data)).toEqual([{ kind, line: 2 }]);
  });

  test('repeats nothing when it says what the stack says', () => {
    const lines = [
      '{"route":"POST /v1/interests","status":202}',
      'mail#8b1c',
      '33324',
      '305 5551',
      'O’Nei',
      '127.0.0.1:80',
    ];
    expect(repetitionsIn(lines.join('\n'), data)).toEqual([]);
  });

  test('is found out when a function hands an address to the log, wherever it puts it', () => {
    const email = 'someone@buyers.example';
    const written: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = (chunk: string | Uint8Array) => written.push(String(chunk)) > 0;
    try {
      log('info', 'answered', { route: 'POST /v1/interests', status: 202 });
      log('info', `took the form of ${email}`);
      log('error', 'failed', { outcome: email });
      log('error', 'failed', {}, new TypeError(`${email} is not iterable`));
    } finally {
      process.stdout.write = write;
    }
    expect(repetitionsIn(written.join(''), [{ kind: 'e-mail', value: email }])).toEqual([
      { kind: 'e-mail', line: 2 },
      { kind: 'e-mail', line: 3 },
      { kind: 'e-mail', line: 4 },
    ]);
  });
});

describe('what tests send', () => {
  const request = { query: new URLSearchParams(), headers: {}, body: undefined, from: undefined };

  test('is collected from body, query, credentials, key and address, and from the tokens of answers', () => {
    const body = JSON.stringify({
      email: 'a@buyers.example',
      givenName: 'Zoë',
      familyName: 'O’Neil',
      phone: '+13055551234',
      zip: '90621-1234',
      consents: { email: true, phone: false },
      formToken: TOKEN,
    });
    const headers = { authorization: `Bearer ${TOKEN}x`, 'idempotency-key': 'key-12345678' };
    const query = new URLSearchParams({ token: `${TOKEN}y`, near: '33324-1234' });
    const kinds = dataOfRequest({ query, headers, body, from: '127.1.2.3' }).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual([
      'ZIP+4',
      'ZIP+4',
      'e-mail',
      'idempotency key',
      'name',
      'name',
      'network address',
      'phone',
      'token',
      'token',
      'token',
    ]);
    expect(dataOfAnswer({ manageToken: TOKEN, dealer: { phone: '+19545551234' } })).toEqual([
      { kind: 'token', value: TOKEN },
    ]);
  });

  test('is nothing when it would stand in a log by chance, or is no JSON at all', () => {
    const body = JSON.stringify({ email: 'x', givenName: 'X', phone: '555', zip: '90621', token: 'x.y.z' });
    expect(dataOfRequest({ ...request, body, headers: { 'idempotency-key': 'k' } })).toEqual([]);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => dataOfRequest({ ...request, body: text })).not.toThrow();
      }),
    );
  });
});
