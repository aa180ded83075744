import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../local/http/exchange.ts';
import { gatewayAnswer } from '../../local/http/gateway-answer.ts';
import { gatewayEvent } from '../../local/http/gateway-event.ts';

const request = (parts: Partial<HttpRequest>): HttpRequest => ({
  method: 'GET',
  path: '/',
  query: '',
  headers: new Map(),
  body: Buffer.alloc(0),
  sourceIp: '192.0.2.1',
  sourcePort: 1234,
  ...parts,
});

const eventOf = (parts: Partial<HttpRequest>) =>
  gatewayEvent(
    request(parts),
    {
      apiId: 'api-id',
      domainName: 'id.execute-api.us-east-1.amazonaws.com',
      routeKey: '$default',
      stage: '$default',
      decodedPath: '/my/path',
      pathParameters: {},
      grant: undefined,
    },
    'id',
    new Date('2020-03-12T19:03:58.390Z'),
  );

describe('the event of an HTTP API', () => {
  test('is the one that AWS documents for payload format 2.0', () => {
    const event = gatewayEvent(
      request({
        method: 'POST',
        path: '/my/path',
        query: 'parameter1=value1&parameter1=value2&parameter2=value',
        headers: new Map([
          ['header1', ['value1']],
          ['header2', ['value1', 'value2']],
          ['cookie', ['cookie1; cookie2']],
          ['content-type', ['text/plain']],
          ['user-agent', ['agent']],
        ]),
        body: Buffer.from('Hello from client'),
      }),
      {
        apiId: 'api-id',
        domainName: 'id.execute-api.us-east-1.amazonaws.com',
        routeKey: '$default',
        stage: '$default',
        decodedPath: '/my/path',
        pathParameters: { parameter1: 'value1' },
        grant: { claims: { claim1: 'value1', claim2: 'value2' }, scopes: ['scope1', 'scope2'] },
      },
      'id',
      new Date('2020-03-12T19:03:58.390Z'),
    );
    expect(event).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/my/path',
      rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=value',
      cookies: ['cookie1', 'cookie2'],
      headers: {
        header1: 'value1',
        header2: 'value1,value2',
        'content-type': 'text/plain',
        'content-length': '17',
        'user-agent': 'agent',
        'x-forwarded-for': '192.0.2.1',
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'api-id',
        authorizer: { jwt: { claims: { claim1: 'value1', claim2: 'value2' }, scopes: ['scope1', 'scope2'] } },
        domainName: 'id.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'id',
        http: { method: 'POST', path: '/my/path', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'agent' },
        requestId: 'id',
        routeKey: '$default',
        stage: '$default',
        time: '12/Mar/2020:19:03:58 +0000',
        timeEpoch: Date.parse('2020-03-12T19:03:58.390Z'),
      },
      body: 'Hello from client',
      pathParameters: { parameter1: 'value1' },
      isBase64Encoded: false,
    });
  });

  test('leaves out what the request does not have', () => {
    const event = eventOf({});
    for (const member of ['body', 'cookies', 'queryStringParameters', 'pathParameters'])
      expect(event).not.toHaveProperty(member);
    expect(event.isBase64Encoded).toBe(false);
  });

  test('carries any body unchanged, and in base64 unless its type is plainly text', () => {
    const types = [
      'application/json',
      'Application/JSON; charset=utf-8',
      'text/csv',
      'application/problem+json',
      'application/xml',
    ];
    const others = ['application/x-www-form-urlencoded', 'image/png', 'application/octet-stream', undefined];
    fc.assert(
      fc.property(fc.constantFrom(...types, ...others), fc.string({ minLength: 1, unit: 'binary' }), (type, text) => {
        const body = Buffer.from(text);
        const event = eventOf({ headers: new Map(type === undefined ? [] : [['content-type', [type]]]), body });
        expect(event.isBase64Encoded).toBe(type === undefined || others.includes(type));
        expect(Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')).toEqual(body);
      }),
    );
  });

  test('encodes a compressed body', () => {
    const headers = new Map([
      ['content-type', ['application/json']],
      ['content-encoding', ['gzip']],
    ]);
    expect(eventOf({ headers, body: Buffer.from([0x1f, 0x8b]) }).isBase64Encoded).toBe(true);
  });

  test('joins repeated parameters with a comma and decodes them, whatever they are called', () => {
    const text = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(text, fc.constant('__proto__')), fc.string()), { minLength: 1 }),
        (pairs) => {
          const { queryStringParameters } = eventOf({ query: new URLSearchParams(pairs).toString() });
          const expected = new Map<string, string>();
          for (const [name, value] of pairs) {
            expected.set(name, expected.has(name) ? `${expected.get(name)},${value}` : value);
          }
          expect(new Map(Object.entries(queryStringParameters ?? {}))).toEqual(expected);
        },
      ),
    );
  });
});

describe('a function’s result', () => {
  const read = (result: unknown) => {
    const answer = gatewayAnswer(result);
    return (
      answer && { status: answer.status, headers: Object.fromEntries(answer.headers), body: answer.body.toString() }
    );
  };

  test('without a status is a 200 and its own JSON', () => {
    const headers = { 'content-type': ['application/json'] };
    expect(read({ a: 1 })).toEqual({ status: 200, headers, body: '{"a":1}' });
    expect(read('Hello from Lambda!')).toEqual({ status: 200, headers, body: 'Hello from Lambda!' });
    expect(read(null)).toEqual({ status: 200, headers, body: 'null' });
  });

  test('becomes status, lower-case headers, several cookies and a body', () => {
    const result = { statusCode: 201, headers: { 'X-Number': 7 }, cookies: ['a=1', 'b=2'], body: 'ok' };
    const headers = { 'x-number': ['7'], 'set-cookie': ['a=1', 'b=2'], 'content-type': ['text/plain;charset=UTF-8'] };
    expect(read(result)).toEqual({ status: 201, headers, body: 'ok' });
  });

  test('is decoded when it says that it is base64', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const result = { statusCode: 200, body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true };
        expect(gatewayAnswer(result)?.body).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test.each([
    { statusCode: 'many' },
    { statusCode: 99 },
    { statusCode: 200, body: { an: 'object' } },
    { statusCode: 200, headers: { 'x-a': ['list'] } },
    { statusCode: 200, headers: { 'x-a': 'line\r\nbreak' } },
    { statusCode: 200, headers: { 'bad name': 'x' } },
    { statusCode: 200, cookies: ['a=1\nb'] },
  ])('is malformed as %j', (result) => {
    expect(read(result)).toBeUndefined();
  });
});
