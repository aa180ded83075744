import * as z from 'zod';
import { HostError } from '../host-error.ts';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Resource } from '../template/assembly.ts';
import type { Template } from '../template/template.ts';
import { type AccessRequest, LEADING_KEYS } from './policy.ts';

/** What has to be known of a table to say what a call on it needs. */
export interface TableAccessFacts {
  readonly arn: string;
  readonly partitionKey: string;
  /** Partition keys by the index's name. */
  readonly indexes: ReadonlyMap<string, string>;
  /** The customer's own key that encrypts it. */
  readonly keyArn: string | undefined;
  readonly region: string;
}

const Keys = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Encryption = z.object({ KMSMasterKeyId: z.string().optional() });
const TableProperties = z.object({
  GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema: Keys })).default([]),
  KeySchema: Keys,
  LocalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema: Keys })).default([]),
  Replicas: z.array(z.object({ SSESpecification: Encryption.optional() })).default([]),
  SSESpecification: Encryption.optional(),
});

/** The template's tables by their names. */
export function readTableFacts(template: Template): ReadonlyMap<string, TableAccessFacts> {
  const resources = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'].flatMap((type) => template.ofType(type));
  return new Map(resources.map((resource) => [template.ref(resource), factsOf(template, resource)]));
}

function factsOf(template: Template, resource: Resource): TableAccessFacts {
  const properties = template.properties(resource, TableProperties);
  const { region } = resource.stack;
  const indexes = [...properties.GlobalSecondaryIndexes, ...properties.LocalSecondaryIndexes];
  const key = properties.SSESpecification?.KMSMasterKeyId ?? properties.Replicas[0]?.SSESpecification?.KMSMasterKeyId;
  return {
    arn: `arn:aws:dynamodb:${region}:${LOCAL_ACCOUNT}:table/${template.ref(resource)}`,
    partitionKey: partitionKeyOf(properties.KeySchema),
    indexes: new Map(indexes.map(({ IndexName, KeySchema }) => [IndexName, partitionKeyOf(KeySchema)])),
    keyArn: key,
    region,
  };
}

function partitionKeyOf(keys: z.infer<typeof Keys>): string {
  const hash = keys.find(({ KeyType }) => KeyType === 'HASH');
  if (hash === undefined) throw new HostError('A table or index of the template has no partition key.');
  return hash.AttributeName;
}

type Values = Readonly<Record<string, unknown>>;

const Single = z.looseObject({
  TableName: z.string(),
  Key: z.record(z.string(), z.unknown()).optional(),
  Item: z.record(z.string(), z.unknown()).optional(),
  IndexName: z.string().optional(),
  KeyConditionExpression: z.string().optional(),
  ConditionExpression: z.string().default(''),
  FilterExpression: z.string().default(''),
  ProjectionExpression: z.string().default(''),
  UpdateExpression: z.string().default(''),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: z.record(z.string(), z.unknown()).default({}),
  Select: z.string().optional(),
});
type Single = z.infer<typeof Single>;
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), Single)) });
const BatchGet = z.object({
  RequestItems: z.record(z.string(), z.looseObject({ Keys: z.array(z.record(z.string(), z.unknown())) })),
});
const BatchWrite = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.object({
        PutRequest: z.object({ Item: z.record(z.string(), z.unknown()) }).optional(),
        DeleteRequest: z.object({ Key: z.record(z.string(), z.unknown()) }).optional(),
      }),
    ),
  ),
});

/** The action that IAM checks for each part of a transaction (DynamoDB developer guide, "Using IAM with DynamoDB transactions"). */
const PART_ACTIONS: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

const READS = new Set(['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query', 'Scan']);

/**
 * All that IAM is asked for one call of DynamoDB: the action on the table or index, by its partition keys; in a transaction that
 * of each part; and the use of the table's own key.
 *
 * @param operation e.g. `TransactWriteItems`
 * @throws HostError for a call whose shape is not known: what cannot be judged must not pass
 */
export function dynamoDbRequests(
  operation: string,
  body: unknown,
  tables: ReadonlyMap<string, TableAccessFacts>,
): AccessRequest[] {
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return parse(operation, Transaction, body).TransactItems.flatMap((item) =>
        Object.entries(item).flatMap(([part, call]) => requestsOf(PART_ACTIONS[part] ?? part, call, tables)),
      );
    case 'BatchGetItem':
      return Object.entries(parse(operation, BatchGet, body).RequestItems).flatMap(([name, { Keys: keys, ...rest }]) =>
        batchRequests(operation, name, keys, parse(operation, Single, { ...rest, TableName: name }), tables),
      );
    case 'BatchWriteItem':
      return Object.entries(parse(operation, BatchWrite, body).RequestItems).flatMap(([name, writes]) => {
        const items = writes.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? {});
        return batchRequests(operation, name, items, parse(operation, Single, { TableName: name }), tables);
      });
    default:
      return requestsOf(operation, parse(operation, Single, body), tables);
  }
}

function parse<T>(operation: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new HostError(`The local host cannot tell what a ${operation} is about.`);
  return parsed.data;
}

function batchRequests(
  operation: string,
  tableName: string,
  items: readonly Values[],
  call: Single,
  tables: ReadonlyMap<string, TableAccessFacts>,
): AccessRequest[] {
  const partitionKey = tables.get(tableName)?.partitionKey ?? '';
  const [first, ...others] = requestsOf(operation, call, tables);
  if (first === undefined) return [];
  const leading = items.map((item) => textOf(item[partitionKey]));
  return [{ ...first, context: { ...first.context, [LEADING_KEYS]: leading } }, ...others];
}

function requestsOf(action: string, call: Single, tables: ReadonlyMap<string, TableAccessFacts>): AccessRequest[] {
  // A name may be an ARN too.
  const tableName = call.TableName.split('/').at(-1) ?? '';
  const table = tables.get(tableName);
  if (table === undefined) {
    return [{ action: `dynamodb:${action}`, resource: `unknown table ${tableName}`, context: {} }];
  }
  const resource = call.IndexName === undefined ? table.arn : `${table.arn}/index/${call.IndexName}`;
  const leading = leadingKey(call, table);
  const attributes = attributesOf(call);
  return [
    {
      action: `dynamodb:${action}`,
      resource,
      context: {
        ...(leading !== undefined && { [LEADING_KEYS]: [leading] }),
        ...(attributes.length > 0 && { 'dynamodb:Attributes': attributes }),
        ...((action === 'Query' || action === 'Scan') && { 'dynamodb:Select': [call.Select ?? selectOf(call)] }),
      },
    },
    ...keyRequests(table, READS.has(action)),
  ];
}

/** What a query gives that does not say (DynamoDB API reference, Query, "Select"). A projection has to be named to count as one. */
function selectOf({ IndexName }: Single): string {
  return IndexName === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES';
}

function leadingKey(call: Single, { partitionKey, indexes }: TableAccessFacts): string | undefined {
  if (call.KeyConditionExpression !== undefined) {
    const wanted = call.IndexName === undefined ? partitionKey : indexes.get(call.IndexName);
    for (const [, name = '', value = ''] of call.KeyConditionExpression.matchAll(/([#\w.]+)\s*=\s*(:\w+)/g)) {
      if ((call.ExpressionAttributeNames[name] ?? name) === wanted) {
        return textOf(call.ExpressionAttributeValues[value]);
      }
    }
    return undefined;
  }
  const key = (call.Key ?? call.Item)?.[partitionKey];
  return key === undefined ? undefined : textOf(key);
}

/** The attributes that a call names, at the top level. */
function attributesOf(call: Single): string[] {
  const expressions = [
    call.KeyConditionExpression ?? '',
    call.ConditionExpression,
    call.FilterExpression,
    call.ProjectionExpression,
    call.UpdateExpression,
  ];
  const named = expressions
    .flatMap((expression) => [...expression.matchAll(NAMED_IN_EXPRESSION)])
    .map(([name]) => call.ExpressionAttributeNames[name] ?? name)
    .filter((name) => !EXPRESSION_WORDS.has(name));
  return [...new Set([...Object.keys(call.Key ?? {}), ...Object.keys(call.Item ?? {}), ...named])];
}

/** A name or its placeholder: neither a value, nor a step further into a document, nor a function. */
const NAMED_IN_EXPRESSION = /(?<![:.#\w])#?[A-Za-z_]\w*(?!\w|\s*\()/g;
const EXPRESSION_WORDS = new Set(['AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'SET', 'REMOVE', 'ADD', 'DELETE']);

/**
 * What DynamoDB asks KMS in its caller's name for a table with a key of the customer's (DynamoDB developer guide, "Encryption at
 * rest: usage notes": whoever reads or writes needs them, although a cached table key mostly spares the call).
 */
function keyRequests({ keyArn, region }: TableAccessFacts, reads: boolean): AccessRequest[] {
  if (keyArn === undefined) return [];
  const actions = reads ? READ_KEY_ACTIONS : [...READ_KEY_ACTIONS, ...WRITE_KEY_ACTIONS];
  const context = { 'kms:ViaService': [`dynamodb.${region}.amazonaws.com`] };
  return actions.map((action) => ({ action: `kms:${action}`, resource: keyArn, context }));
}

const READ_KEY_ACTIONS = ['Decrypt', 'DescribeKey'];
const WRITE_KEY_ACTIONS = ['Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];

/** A key as IAM sees it: keys are text in the policies that narrow by them. */
function textOf(value: unknown): string {
  const parsed = z
    .union([z.object({ S: z.string() }), z.object({ N: z.string() }), z.object({ B: z.string() })])
    .safeParse(value);
  return parsed.success ? (Object.values(parsed.data)[0] ?? '') : '';
}
