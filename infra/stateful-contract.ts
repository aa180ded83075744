import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as z from 'zod';

/**
 * Types that hold what no deployment can make again, each with the properties that CloudFormation cannot change in place ("Update
 * requires: Replacement" in its resource reference). A changed `GenerateSecretString` replaces no secret, but its value.
 */
const FROZEN: Readonly<Record<string, readonly string[]>> = {
  'AWS::Cognito::UserPool': ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'],
  'AWS::DynamoDB::GlobalTable': ['KeySchema', 'LocalSecondaryIndexes', 'TableName'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  'AWS::S3::Bucket': ['BucketName'],
  // Another sender's domain is another identity, by intent.
  'AWS::SES::EmailIdentity': [],
  'AWS::SecretsManager::Secret': ['GenerateSecretString', 'Name'],
};

const Entry = z.strictObject({
  type: z.string(),
  /** `false`: what it holds may be lost. */
  kept: z.boolean(),
  /** A stage may do without it, by its configuration. */
  optional: z.optional(z.literal(true)),
  frozen: z.record(z.string(), z.unknown()),
});
type Entry = z.infer<typeof Entry>;

/** Resources by `<last part of the stack's name>/<logical id>`. */
export type StatefulContract = Readonly<Record<string, Entry>>;

/** What all stages have agreed to keep: `infra/stateful-resources.json`. */
export function readContract(): StatefulContract {
  const text = readFileSync(new URL('stateful-resources.json', import.meta.url), 'utf8');
  return z.record(z.string(), Entry).parse(JSON.parse(text));
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** What stands in the way of deploying an assembly without losing data: a sentence for each resource. */
export function contractFaults(assembly: CloudAssembly, contract: StatefulContract): string[] {
  const found = new Map<string, TemplateResource>();
  const faults: string[] = [];
  for (const { stackName, template, terminationProtection } of assembly.stacks) {
    const part = stackName.split('-').at(-1) ?? stackName;
    const resources: Readonly<Record<string, TemplateResource>> = template.Resources ?? {};
    for (const [logicalId, resource] of Object.entries(resources)) {
      if (resource.Type in FROZEN) found.set(`${part}/${logicalId}`, resource);
    }
    const holdsData = Object.keys(contract).some((name) => name.startsWith(`${part}/`) && part !== 'Edge');
    if (holdsData && terminationProtection !== true) {
      faults.push(`The stack ${stackName} has no termination protection: one command would delete it.`);
    }
  }
  for (const [name, entry] of Object.entries(contract)) {
    const resource = found.get(name);
    if (resource !== undefined) faults.push(...changeFaults(name, entry, resource));
    else if (entry.optional !== true) faults.push(goneFault(name, entry));
  }
  for (const [name, resource] of found) {
    if (contract[name] === undefined) faults.push(newFault(name, resource));
  }
  return faults;
}

function goneFault(name: string, { type, kept }: Entry): string {
  const loss = kept ? 'leave the one with the data behind, and make an empty one or none' : 'delete it';
  return `${name}, a ${type}, is gone or has another logical id: a deployment would ${loss}. Give the construct its id back, or take it out of infra/stateful-resources.json.`;
}

function changeFaults(name: string, { type, kept, frozen }: Entry, resource: TemplateResource): string[] {
  if (resource.Type !== type)
    return [`${name} was a ${type} and is a ${resource.Type}: a deployment would replace it.`];
  const now = frozenOf(resource);
  const changed = [...new Set([...Object.keys(frozen), ...Object.keys(now)])].filter(
    (property) => !isDeepStrictEqual(frozen[property], now[property]),
  );
  const result = type === 'AWS::SecretsManager::Secret' ? 'make a new secret of it' : 'replace it by an empty one';
  const faults = changed.map(
    (property) =>
      `${name}, a ${type}, has another ${property} (${JSON.stringify(now[property])} instead of ${JSON.stringify(frozen[property])}): a deployment would ${result}. Make a new one beside it and move the data.`,
  );
  if (kept) faults.push(...protectionFaults(name, resource));
  return faults;
}

function protectionFaults(
  name: string,
  { Type, Properties, DeletionPolicy, UpdateReplacePolicy }: TemplateResource,
): string[] {
  const faults: string[] = [];
  if (DeletionPolicy !== 'Retain' || UpdateReplacePolicy !== 'Retain') {
    faults.push(
      `${name}, a ${Type}, is not retained when it leaves the template or is replaced: set RemovalPolicy.RETAIN.`,
    );
  }
  const unprotected =
    (Type === 'AWS::DynamoDB::GlobalTable' &&
      !replicasOf(Properties).every(({ DeletionProtectionEnabled }) => DeletionProtectionEnabled === true)) ||
    (Type === 'AWS::Cognito::UserPool' && Properties?.['DeletionProtection'] !== 'ACTIVE');
  if (unprotected) faults.push(`${name}, a ${Type}, has no deletion protection.`);
  return faults;
}

function replicasOf(properties: TemplateResource['Properties']): readonly Readonly<Record<string, unknown>>[] {
  const { Replicas: replicas } = properties ?? {};
  return Array.isArray(replicas) ? replicas : [];
}

function newFault(name: string, resource: TemplateResource): string {
  const entry = { type: resource.Type, kept: true, frozen: frozenOf(resource) } satisfies Entry;
  return `${name} is new and may come to hold data: put ${JSON.stringify(name)}: ${JSON.stringify(entry)} into infra/stateful-resources.json.`;
}

function frozenOf({ Type, Properties = {} }: TemplateResource): Entry['frozen'] {
  const names = FROZEN[Type] ?? [];
  const frozen = Object.fromEntries(names.flatMap((name) => (name in Properties ? [[name, Properties[name]]] : [])));
  if (!Type.startsWith('AWS::DynamoDB::')) return frozen;
  // A key's type can no more change than its name; attributes of indexes may come and go.
  const keys = new Set(
    (Properties['KeySchema'] as readonly { AttributeName: string }[]).map((key) => key.AttributeName),
  );
  const attributes = Properties['AttributeDefinitions'] as readonly { AttributeName: string }[];
  return { ...frozen, KeyTypes: attributes.filter(({ AttributeName }) => keys.has(AttributeName)) };
}
