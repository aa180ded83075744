import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { HostError } from '../host-error.ts';
import type { Resource } from '../template/assembly.ts';
import type { Template } from '../template/template.ts';

const Key = z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) });
const Index = z.object({
  IndexName: z.string(),
  KeySchema: z.array(Key),
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});
type Index = z.infer<typeof Index>;

const TableProperties = z.object({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z.array(Index).default([]),
  KeySchema: z.array(Key),
  LocalSecondaryIndexes: z.array(Index).optional(),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
    .optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});
type TableProperties = z.infer<typeof TableProperties>;

/** The table's type in the template; both have the members that matter here. */
const TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

/**
 * Makes the template's tables in DynamoDB Local. A table that is there already keeps its items; its indexes, stream and
 * time to live are brought to the template's.
 *
 * @throws HostError when a kept table has other keys than the template's
 */
export async function createTables(template: Template, client: DynamoDBClient): Promise<void> {
  const resources = TYPES.flatMap((type) => template.ofType(type));
  await Promise.all(resources.map((resource) => createOrUpdate(template, client, resource)));
}

async function createOrUpdate(template: Template, client: DynamoDBClient, resource: Resource): Promise<void> {
  const name = template.ref(resource);
  const wanted = template.properties(resource, TableProperties);
  const existing = await describe(client, name);
  if (existing === undefined) await create(client, name, wanted);
  else await update(client, name, existing, wanted);
  await setTimeToLive(client, name, wanted);
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function create(client: DynamoDBClient, name: string, wanted: TableProperties): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: wanted.AttributeDefinitions,
      KeySchema: wanted.KeySchema,
      GlobalSecondaryIndexes:
        wanted.GlobalSecondaryIndexes.length > 0 ? wanted.GlobalSecondaryIndexes.map(indexInput) : undefined,
      LocalSecondaryIndexes: wanted.LocalSecondaryIndexes?.map(indexInput),
      StreamSpecification: wanted.StreamSpecification && { StreamEnabled: true, ...wanted.StreamSpecification },
    }),
  );
}

async function update(
  client: DynamoDBClient,
  name: string,
  existing: TableDescription,
  wanted: TableProperties,
): Promise<void> {
  const keysBefore = keyText(existing.KeySchema ?? [], existing.AttributeDefinitions ?? []);
  const keysNow = keyText(wanted.KeySchema, wanted.AttributeDefinitions);
  if (keysBefore !== keysNow) {
    throw new HostError(
      `The kept table ${name} has the key ${keysBefore}, the template wants ${keysNow}: remove the data folder, or set LOCATOR_DATA_DIR to another.`,
    );
  }
  for (const index of existing.GlobalSecondaryIndexes ?? []) {
    const same = wanted.GlobalSecondaryIndexes.some((other) => indexText(other) === indexText(index));
    if (!same) await updateIndex(client, name, wanted, { Delete: { IndexName: index.IndexName } });
  }
  for (const index of wanted.GlobalSecondaryIndexes) {
    const there = existing.GlobalSecondaryIndexes?.some((other) => indexText(other) === indexText(index));
    if (!there) await updateIndex(client, name, wanted, { Create: indexInput(index) });
  }
  if (existing.StreamSpecification?.StreamViewType !== wanted.StreamSpecification?.StreamViewType) {
    if (existing.StreamSpecification?.StreamEnabled) {
      await client.send(new UpdateTableCommand({ TableName: name, StreamSpecification: { StreamEnabled: false } }));
    }
    if (wanted.StreamSpecification) {
      const stream = { StreamEnabled: true, ...wanted.StreamSpecification };
      await client.send(new UpdateTableCommand({ TableName: name, StreamSpecification: stream }));
    }
  }
}

type IndexUpdate =
  | { readonly Create: ReturnType<typeof indexInput> }
  | { readonly Delete: { readonly IndexName: string | undefined } };

/** One index at a time, and none while another is being built: DynamoDB's own rule. */
async function updateIndex(
  client: DynamoDBClient,
  name: string,
  { AttributeDefinitions }: TableProperties,
  change: IndexUpdate,
): Promise<void> {
  await client.send(
    new UpdateTableCommand({ TableName: name, AttributeDefinitions, GlobalSecondaryIndexUpdates: [change] }),
  );
  for (;;) {
    const table = await describe(client, name);
    const settled = table?.GlobalSecondaryIndexes?.every(({ IndexStatus }) => IndexStatus === 'ACTIVE') ?? true;
    if (table?.TableStatus === 'ACTIVE' && settled) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function setTimeToLive(client: DynamoDBClient, name: string, wanted: TableProperties): Promise<void> {
  const { TimeToLiveDescription: now } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  const before = now?.TimeToLiveStatus === 'ENABLED' ? now.AttributeName : undefined;
  const specification = wanted.TimeToLiveSpecification;
  const after = specification?.Enabled ? specification.AttributeName : undefined;
  if (before === after) return;
  const change = (AttributeName: string, Enabled: boolean): Promise<unknown> =>
    client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: { AttributeName, Enabled } }));
  if (before !== undefined) await change(before, false);
  if (after !== undefined) await change(after, true);
}

/** Without what only billing needs. */
function indexInput({ IndexName, KeySchema, Projection }: Index) {
  return { IndexName, KeySchema, Projection };
}

/** `pk (S), sk (S)` */
function keyText(
  keys: readonly { AttributeName?: string | undefined; KeyType?: string | undefined }[],
  attributes: readonly AttributeDefinition[],
): string {
  return [...keys]
    .sort((a, b) => (a.KeyType ?? '').localeCompare(b.KeyType ?? ''))
    .map(({ AttributeName }) => {
      const type = attributes.find((attribute) => attribute.AttributeName === AttributeName)?.AttributeType;
      return `${AttributeName} (${type})`;
    })
    .join(', ');
}

/** Equal for indexes that need not be rebuilt. */
function indexText(index: {
  IndexName?: string | undefined;
  KeySchema?: { AttributeName?: string | undefined }[] | undefined;
  Projection?: { ProjectionType?: string | undefined; NonKeyAttributes?: string[] | undefined } | undefined;
}): string {
  return JSON.stringify([
    index.IndexName,
    index.KeySchema?.map(({ AttributeName }) => AttributeName),
    index.Projection?.ProjectionType,
    [...(index.Projection?.NonKeyAttributes ?? [])].sort(),
  ]);
}
