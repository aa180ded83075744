import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChangeBody, UnsubscribeBody } from '../../shared/contract/interests.ts';
import { HttpProblem } from '../../shared/http/http-problem.ts';
import { bearerTokenOf, bodyOf, parseInput, senderAddressOf } from '../../shared/http/request.ts';
import { gatewayEvent } from '../support/gateway-event.ts';

describe('a body', () => {
  test('is read as its operation says: as JSON, or as a form', async () => {
    const sent = (contentType: string, body: string) =>
      gatewayEvent({ headers: { 'content-type': contentType }, body });
    const form = 'application/x-www-form-urlencoded';
    expect(await bodyOf(sent('application/json', '{"a":"b"}'), undefined)).toEqual({ a: 'b' });
    expect(await bodyOf(sent(form, 'a=b'), true)).toEqual({ a: 'b' });
    await expect(bodyOf(sent(form, 'a=b'), undefined)).rejects.toMatchObject({ status: 415 });
    await expect(bodyOf(sent('application/json', '{"a":"b"}'), true)).rejects.toMatchObject({ status: 415 });
  });

  test.each([
    ['that changes nothing', ChangeBody, {}, [{ pointer: '#', detail: 'must have at least one member to change' }]],
    ['that is no object', ChangeBody, null, [{ pointer: '#', detail: 'must be a JSON object' }]],
    ['that is a list', ChangeBody, [], [{ pointer: '#', detail: 'must be a JSON object' }]],
    [
      'with an unknown member alone',
      ChangeBody,
      { number: 'x' },
      [
        { pointer: '#/number', detail: 'is not a member of this body' },
        { pointer: '#', detail: 'must have at least one member to change' },
      ],
    ],
    [
      'of a mail program that says something else',
      UnsubscribeBody,
      { 'List-Unsubscribe': 'x' },
      [{ pointer: '#/List-Unsubscribe', detail: 'must be One-Click' }],
    ],
  ])('%s is told the fix', (_, schema, body, errors) => {
    expect(parseInput(schema, '#', body)).toEqual({ errors });
  });
});

describe('the sender’s address', () => {
  test('is what the edge reports, whoever the gateway’s peer is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(senderAddressOf(gatewayEvent({ headers: { 'x-viewer-address': address } }))).toBe(address);
      }),
    );
  });

  test.each([[undefined], [''], ['unknown'], ['192.0.2.7, 192.0.2.8'], ['192.0.2.7:443']])(
    'is the gateway’s peer when the edge’s header is %j: nobody goes uncounted',
    (header) => {
      const headers = header === undefined ? {} : { 'x-viewer-address': header };
      expect(senderAddressOf(gatewayEvent({ headers }))).toBe('192.0.2.1');
    },
  );

  test('is never what others claim of it', () => {
    const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.1', 'x-real-ip': '198.51.100.1' };
    expect(senderAddressOf(gatewayEvent({ headers }))).toBe('192.0.2.1');
  });
});

test('a bearer token is taken whatever the scheme’s case, and anything else is one refusal', () => {
  const tokenOf = (authorization?: string) =>
    bearerTokenOf(gatewayEvent({ headers: authorization === undefined ? {} : { authorization } }));
  expect(tokenOf('bearer a.b-c_d')).toBe('a.b-c_d');
  const refusals = [undefined, '', 'Bearer', 'Bearer ', 'Basic a', 'Bearer a b', `Bearer ${'a'.repeat(1_001)}`].map(
    (authorization) => {
      try {
        return tokenOf(authorization);
      } catch (error) {
        return error instanceof HttpProblem ? JSON.stringify([error.toProblem('1'), error.parts]) : error;
      }
    },
  );
  expect(new Set(refusals)).toHaveLength(1);
  expect(refusals[0]).toContain('401');
});
