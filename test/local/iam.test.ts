import { describe, expect, test } from 'vitest';
import { createAccess } from '../../local/iam/access.ts';
import { dynamoDbRequests, readTableFacts } from '../../local/iam/dynamodb-requests.ts';
import { readFunctionRoles } from '../../local/iam/function-roles.ts';
import { type AccessRequest, allows, readStatements } from '../../local/iam/policy.ts';
import { policyFaults } from '../support/policy-use.ts';
import { templateOf } from './template-of.ts';

const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/k';
const TABLE_ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/things';

const tables = readTableFacts(
  templateOf({
    things: {
      type: 'AWS::DynamoDB::GlobalTable',
      properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [{ IndexName: 'due', KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }] }],
        Replicas: [{ SSESpecification: { KMSMasterKeyId: KEY_ARN } }],
      },
    },
    plain: {
      type: 'AWS::DynamoDB::Table',
      properties: { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
    },
  }),
);
const TableName = 'plain';
const Key = { id: { S: 'a' } };

const asked = (operation: string, body: unknown) =>
  dynamoDbRequests(operation, body, tables).map(({ action, resource, context }) => [
    action,
    resource.split('/').slice(1).join('/'),
    context['dynamodb:LeadingKeys'],
  ]);

describe('IAM is asked', () => {
  test('for a read, a write and a query: the action on the table, by its partition key', () => {
    expect(asked('GetItem', { TableName, Key })).toEqual([['dynamodb:GetItem', 'plain', ['a']]]);
    expect(asked('PutItem', { TableName, Item: { ...Key, x: { N: '1' } } })).toEqual([
      ['dynamodb:PutItem', 'plain', ['a']],
    ]);
    const query = {
      TableName,
      KeyConditionExpression: 'x > :low AND #p = :p',
      ExpressionAttributeNames: { '#p': 'id' },
      ExpressionAttributeValues: { ':p': { S: 'b' }, ':low': { N: '1' } },
    };
    expect(asked('Query', query)).toEqual([['dynamodb:Query', 'plain', ['b']]]);
    expect(asked('Scan', { TableName })).toEqual([['dynamodb:Scan', 'plain', undefined]]);
  });

  test('for an index: the action on the index, by the index’s own partition key, and for the table’s own key', () => {
    const query = {
      TableName: 'things',
      IndexName: 'due',
      KeyConditionExpression: 'due = :due',
      ExpressionAttributeValues: { ':due': { S: 'now' } },
    };
    expect(asked('Query', query)).toEqual([
      ['dynamodb:Query', 'things/index/due', ['now']],
      ['kms:Decrypt', 'k', undefined],
      ['kms:DescribeKey', 'k', undefined],
    ]);
  });

  test('for a transaction: each part on its own, never the transaction; for a batch, all its keys at once', () => {
    const items = [
      { Put: { TableName, Item: Key } },
      { Update: { TableName, Key: { id: { S: 'b' } }, UpdateExpression: 'SET x = :x' } },
      { Delete: { TableName, Key } },
      { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(id)' } },
    ];
    expect(asked('TransactWriteItems', { TransactItems: items })).toEqual([
      ['dynamodb:PutItem', 'plain', ['a']],
      ['dynamodb:UpdateItem', 'plain', ['b']],
      ['dynamodb:DeleteItem', 'plain', ['a']],
      ['dynamodb:ConditionCheckItem', 'plain', ['a']],
    ]);
    expect(asked('BatchGetItem', { RequestItems: { plain: { Keys: [Key, { id: { S: 'b' } }] } } })).toEqual([
      ['dynamodb:BatchGetItem', 'plain', ['a', 'b']],
    ]);
    const writes = [{ PutRequest: { Item: Key } }, { DeleteRequest: { Key: { id: { S: 'c' } } } }];
    expect(asked('BatchWriteItem', { RequestItems: { plain: writes } })).toEqual([
      ['dynamodb:BatchWriteItem', 'plain', ['a', 'c']],
    ]);
  });

  test('for the attributes that are named and the kind of answer, as policies by attribute want them', () => {
    const [request] = dynamoDbRequests(
      'Query',
      {
        TableName,
        ProjectionExpression: 'a.b, #c',
        ExpressionAttributeNames: { '#c': 'count' },
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: 'a' } },
        Select: 'SPECIFIC_ATTRIBUTES',
      },
      tables,
    );
    expect(request?.context['dynamodb:Attributes']?.toSorted()).toEqual(['a', 'count', 'id']);
    expect(request?.context['dynamodb:Select']).toEqual(['SPECIFIC_ATTRIBUTES']);
  });

  test('and whatever the host cannot read stops it', () => {
    expect(() => dynamoDbRequests('ExecuteStatement', { Statement: 'SELECT * FROM plain' }, tables)).toThrow(
      'cannot tell what a ExecuteStatement is about',
    );
  });
});

const statement = (more: Record<string, unknown> = {}) => {
  const [read] = readStatements('P', {
    Statement: [{ Effect: 'Allow', Action: 'dynamodb:Query', Resource: TABLE_ARN, ...more }],
  });
  if (read === undefined) throw new Error('no statement');
  return read;
};
const query = (keys?: readonly string[]): AccessRequest => ({
  action: 'dynamodb:Query',
  resource: TABLE_ARN,
  context: keys === undefined ? {} : { 'dynamodb:LeadingKeys': keys },
});

describe('a statement', () => {
  test('allows its actions on its resources, whatever the action’s case, and nothing beside', () => {
    expect(allows(statement(), query())).toBe(true);
    expect(allows(statement({ Action: 'dynamodb:query' }), query())).toBe(true);
    expect(allows(statement(), { ...query(), action: 'dynamodb:GetItem' })).toBe(false);
    expect(allows(statement(), { ...query(), resource: `${TABLE_ARN}/index/due` })).toBe(false);
    expect(allows(statement({ Resource: `${TABLE_ARN}/index/*` }), query())).toBe(false);
    expect(allows(statement({ Action: 'dynamodb:*', Resource: '*' }), query())).toBe(true);
    expect(allows(statement({ Action: 'dynamodb:Quer?', Resource: TABLE_ARN }), query())).toBe(true);
    expect(allows(statement({ Resource: `${TABLE_ARN.replace('things', 't.ings')}*` }), query())).toBe(false);
  });

  test('narrowed to partitions allows these alone, and, as IAM has it, what names none', () => {
    const narrowed = statement({
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['store', 'index'] } },
    });
    expect(allows(narrowed, query(['store']))).toBe(true);
    expect(allows(narrowed, query(['store', 'routing']))).toBe(false);
    expect(allows(narrowed, query())).toBe(true);
  });

  test('that needs a value refuses a request without one', () => {
    const service = 'dynamodb.us-east-1.amazonaws.com';
    const byService = statement({ Condition: { StringEquals: { 'kms:ViaService': service } } });
    expect(allows(byService, query())).toBe(false);
    expect(allows(byService, { ...query(), context: { 'kms:ViaService': [service] } })).toBe(true);
  });

  test.each([
    ['an operator that is not known', { Condition: { DateLessThan: { 'aws:CurrentTime': '2027-01-01' } } }],
    ['a refusal', { Effect: 'Deny' }],
    ['all but some actions', { NotAction: 'iam:*' }],
  ])('with %s stops the host', (_, more) => {
    expect(() => statement(more)).toThrow('P');
  });
});

describe('calls against policies', () => {
  const functionName = 'Stack-Api-readerFunction0A1B2C3D';
  const template = templateOf({
    reader: {
      type: 'AWS::Lambda::Function',
      ref: functionName,
      properties: { Role: 'arn:aws:iam::000000000000:role/readerRole' },
    },
    readerRole: { type: 'AWS::IAM::Role', properties: {} },
    readerPolicy: {
      type: 'AWS::IAM::Policy',
      properties: {
        Roles: ['readerRole'],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: ['dynamodb:Query', 'dynamodb:GetItem'],
              Resource: TABLE_ARN,
              Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['store', 'index'] } },
            },
          ],
        },
      },
    },
  });
  const open = () => {
    const said: string[] = [];
    const access = createAccess((text) => said.push(text));
    access.use(readFunctionRoles(template));
    const signed = `AWS4-HMAC-SHA256 Credential=${access.keyIdOf(functionName)}/20261125/us-east-1/dynamodb/aws4_request`;
    return { access, signed, said };
  };
  const excuseFor = (action: string, resource: string) => ({ functionName: 'reader', action, resource, reason: '' });

  test('are told apart by who signed them: a function is held to its policy, the operator is not', () => {
    const { access, signed, said } = open();
    expect(access.judge(signed, [query(['store'])])).toBeUndefined();
    expect(access.judge(signed, [query(['person#zoe'])])?.message).toContain(
      'is not authorized to perform: dynamodb:Query',
    );
    expect(access.judge('AWS4-HMAC-SHA256 Credential=local/x', [query(['person#zoe'])])).toBeUndefined();
    expect(said).toHaveLength(1);
    expect(said.join()).not.toContain('zoe');
  });

  test('leave a fault for each refusal, for each grant without use, partition by partition, and for each idle excuse', () => {
    const { access, signed } = open();
    access.judge(signed, [query(['store'])]);
    access.judge(signed, [{ ...query(['index']), action: 'dynamodb:GetItem' }]);
    access.judge(signed, [query(['routing'])]);
    const excuses = [excuseFor('dynamodb:GetItem', 'partition store'), excuseFor('dynamodb:Query', 'partition store')];
    expect(policyFaults(access.report(), excuses)).toEqual([
      expect.stringMatching(/^refused: .*dynamodb:Query on resource: .*partition routing/),
      expect.stringMatching(/^never used: .*reader.* may dynamodb:Query on .*partition index \(readerPolicy#1\)/),
      'no excuse needed: reader, dynamodb:Query on partition store',
    ]);
  });
});
