import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../shared/contract/openapi.ts';
import type { Operation } from '../../shared/contract/operation.ts';
import { OPERATIONS } from '../../shared/contract/operations.ts';
import { parseFormBody } from '../../shared/http/form-body.ts';

const document = openApiDocument('1.2.3');

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  test('names every operation once, each with an id of its own', () => {
    const named = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(named.toSorted()).toEqual(Object.keys(OPERATIONS).toSorted());
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => (operation as { operationId: string }).operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says which number a query takes, and not how its text is matched', () => {
    const radius = JSON.parse(JSON.stringify(document.paths['/v1/dealers'])).get.parameters.find(
      ({ name }: { name: string }) => name === 'radius',
    );
    expect(radius).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'number', minimum: 1, maximum: 500, default: 100 },
    });
    expect(radius.schema.pattern).toBeUndefined();
  });

  test('describes the body that each operation takes, in the media type that its function reads', () => {
    for (const [route, operation] of Object.entries(OPERATIONS) as [string, Operation][]) {
      const [method = '', path = ''] = route.split(' ');
      const { requestBody } = describedOperation(path, method);
      const types = Object.keys(requestBody?.content ?? {});
      const taken = operation.form
        ? ['application/x-www-form-urlencoded', 'multipart/form-data']
        : ['application/json'];
      expect(types, route).toEqual(operation.body === undefined ? [] : taken);
      expect(requestBody?.required, route).toBe(operation.body === undefined ? undefined : true);
    }
  });

  test('describes the form of a mail program as the function takes it', async () => {
    const { requestBody, parameters, responses } = describedOperation('/v1/reservation/unsubscribe', 'POST');
    expect(parameters).toEqual([expect.objectContaining({ name: 'token', in: 'query', required: true })]);
    expect(Object.keys(responses).toSorted()).toEqual(['204', '400', '404', '405', '413', '415', '503', 'default']);
    expect(responses['204']).not.toHaveProperty('content');
    const [[contentType, { schema }] = ['', { schema: {} }]] = Object.entries(requestBody?.content ?? {});
    const isDescribed = new Ajv2020().compile(schema);
    const operation = OPERATIONS['POST /v1/reservation/unsubscribe'];
    for (const text of [
      'List-Unsubscribe=One-Click',
      'List-Unsubscribe=one-click',
      'List-Unsubscribe=',
      'List-Unsubscribe=One-Click&x=1',
      'list-unsubscribe=One-Click',
      '',
    ]) {
      const form = await parseFormBody({ contentType, contentEncoding: undefined, text, isBase64: false });
      expect(isDescribed(form), text).toBe(operation.body.safeParse(form).success);
      expect(isDescribed(form), text).toBe(text === 'List-Unsubscribe=One-Click');
    }
  });

  test('names 304 for what shared caches may keep, and for nothing else', () => {
    for (const [route, operation] of Object.entries(OPERATIONS) as [string, Operation][]) {
      const [method = '', path = ''] = route.split(' ');
      const { responses } = describedOperation(path, method);
      expect('304' in responses, route).toBe(operation.cache === 'public');
      if (operation.cache) expect(responses['304']).not.toHaveProperty('content');
    }
  });

  test('says of every operation that it may be too busy, and when to come again', () => {
    for (const route of Object.keys(OPERATIONS)) {
      const [method = '', path = ''] = route.split(' ');
      expect(describedOperation(path, method).responses['503'], route).toMatchObject({
        headers: { 'Retry-After': { schema: { type: 'integer' } } },
        content: { 'application/problem+json': {} },
      });
    }
  });

  test('says in whose words a token is refused: the gateway’s for the issuer’s, ours for a reservation’s', () => {
    for (const [route, { security, refusals }] of Object.entries(OPERATIONS) as [string, Operation][]) {
      const [method = '', path = ''] = route.split(' ');
      const { responses } = describedOperation(path, method);
      const mediaType = security.startsWith('oidc') ? 'application/json' : 'application/problem+json';
      for (const status of refusals.filter((refusal) => refusal === 401 || refusal === 403)) {
        expect(Object.keys((responses[status] as { content: object }).content), route).toEqual([mediaType]);
      }
    }
  });

  test('names the same refusals for a token of a reservation, whatever is asked of it', () => {
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const { security, responses } = describedOperation('/v1/reservation', method);
      expect(security).toEqual([{ manageToken: [] }]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401', '405', 'default']));
    }
  });
});

interface Described {
  readonly security: object[];
  readonly parameters?: object[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, object>;
}

function describedOperation(path: string, method: string): Described {
  return document.paths[path]?.[method.toLowerCase()] as Described;
}
