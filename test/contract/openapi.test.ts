import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../shared/contract/openapi.ts';
import { OPERATIONS } from '../../shared/contract/operations.ts';

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
});
