import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostError } from '../../local/host-error.ts';
import type { Resource, Stack } from '../../local/template/assembly.ts';
import { createResolver } from '../../local/template/intrinsics.ts';

interface StackParts extends Partial<Omit<Stack, 'resources'>> {
  readonly resources?: Readonly<Record<string, { type: string; properties?: Record<string, unknown> }>>;
}

function makeStack({ resources = {}, ...parts }: StackParts): Stack {
  const made = new Map<string, Resource>();
  const stack: Stack = {
    name: 'App',
    region: 'us-east-1',
    outputs: {},
    parameterDefaults: {},
    assetPaths: new Map(),
    ...parts,
    resources: made,
  };
  for (const [logicalId, { type, properties = {} }] of Object.entries(resources)) {
    made.set(logicalId, { stack, logicalId, type, properties, metadata: {} });
  }
  return stack;
}

const secretNamed = (id: string, key: string): string => `secret ${id}/${key}`;
const resolveIn = (parts: StackParts, value: unknown): unknown => {
  const stack = makeStack(parts);
  return createResolver([stack], secretNamed).resolve(stack, value);
};

const TABLE = {
  Orders: { type: 'AWS::DynamoDB::Table', properties: { TableName: { 'Fn::Sub': `orders-\${AWS::Region}` } } },
};

describe('the resolver', () => {
  test('leaves plain JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).match(/"(Ref|Fn::)|\{\{resolve/));
        // JSON.parse makes an own __proto__ of one in the text, and so does nobody else.
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(resolveIn({}, value)).toEqual(value);
      }),
    );
  });

  test('gives physical names that resource properties state, and made-up ones that never change', () => {
    expect(resolveIn({ resources: TABLE }, { Ref: 'Orders' })).toBe('orders-us-east-1');
    const unnamed = { resources: { Orders: { type: 'AWS::DynamoDB::Table' } } };
    expect(resolveIn(unnamed, { Ref: 'Orders' })).toBe('App-Orders');
  });

  test('gives attributes, in both ways of writing them', () => {
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders-us-east-1';
    expect(resolveIn({ resources: TABLE }, { 'Fn::GetAtt': ['Orders', 'Arn'] })).toBe(arn);
    expect(resolveIn({ resources: TABLE }, { 'Fn::GetAtt': 'Orders.Arn' })).toBe(arn);
  });

  test('undoes a join by a split at the same separator, and selects every part', () => {
    const part = fc.string({ minLength: 1 }).filter((text) => !text.includes('|') && !text.includes('{{'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.nat(), (parts, n) => {
        const split = { 'Fn::Split': ['|', { 'Fn::Join': ['|', parts] }] };
        expect(resolveIn({}, split)).toEqual(parts);
        expect(resolveIn({}, { 'Fn::Select': [n % parts.length, split] })).toBe(parts[n % parts.length]);
      }),
    );
  });

  test('cuts the host out of an API’s endpoint, as a distribution’s origin does', () => {
    const resources = { Api: { type: 'AWS::ApiGatewayV2::Api' } };
    const origin = { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }] }] };
    expect(resolveIn({ resources }, origin)).toBe('api.execute-api.us-east-1.amazonaws.com');
  });

  test('substitutes references, attributes, own variables and literals', () => {
    const sub = [`\${Orders}|\${Orders.Arn}|\${Own}|\${!Literal}`, { Own: { Ref: 'AWS::Partition' } }];
    expect(resolveIn({ resources: TABLE }, { 'Fn::Sub': sub })).toBe(
      `orders-us-east-1|arn:aws:dynamodb:us-east-1:000000000000:table/orders-us-east-1|aws|\${Literal}`,
    );
  });

  test('imports what another stack exports', () => {
    const exporting = makeStack({
      name: 'Data',
      resources: TABLE,
      outputs: { Out: { Value: { Ref: 'Orders' }, Export: { Name: { 'Fn::Join': [':', ['Data', 'Orders']] } } } },
    });
    const importing = makeStack({ name: 'Api' });
    const resolver = createResolver([importing, exporting], secretNamed);
    expect(resolver.resolve(importing, { 'Fn::ImportValue': 'Data:Orders' })).toBe('orders-us-east-1');
  });

  test('takes a parameter’s default', () => {
    expect(resolveIn({ parameterDefaults: { P: 'given' } }, { Ref: 'P' })).toBe('given');
  });

  test('resolves a secret that a join was cut around', () => {
    const join = { 'Fn::Join': ['', ['{{resolve:secretsmanager:', 'arn:x', ':SecretString:key::}}']] };
    expect(resolveIn({}, join)).toBe('secret arn:x/key');
  });

  test.each([
    [{ 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, 'Fn::Cidr'],
    [{ Ref: 'Nothing' }, 'Nothing'],
    [{ 'Fn::GetAtt': ['Orders', 'Colour'] }, 'Orders.Colour'],
    [{ 'Fn::ImportValue': 'nowhere' }, 'nowhere'],
    [{ 'Fn::If': ['Condition', 1, 2] }, 'Fn::If'],
    [{ Ref: 'AWS::NoValue' }, 'AWS::NoValue'],
    ['{{resolve:ssm:name}}', '{{resolve:ssm:name}}'],
  ])('refuses %j and names what it does not know', (value, named) => {
    expect(() => resolveIn({ resources: TABLE }, value)).toThrow(HostError);
    expect(() => resolveIn({ resources: TABLE }, value)).toThrow(named);
  });
});
