import { randomInt, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { DataFolder } from '../data-folder.ts';
import { HostError } from '../host-error.ts';
import type { Template } from '../template/template.ts';

const Version = z.object({ versionId: z.string(), value: z.string(), createdAtSeconds: z.number() });
const KeptSecrets = z.record(z.string(), z.object({ current: Version, previous: Version.optional() }));
type KeptSecrets = z.infer<typeof KeptSecrets>;

export type SecretStage = 'AWSCURRENT' | 'AWSPREVIOUS';

export interface SecretVersion {
  readonly name: string;
  readonly arn: string;
  readonly versionId: string;
  readonly value: string;
  readonly createdAtSeconds: number;
}

export interface Secrets {
  /** @param id name, ARN, or ARN without its last seven characters */
  find(id: string): { readonly name: string; readonly arn: string } | undefined;
  get(name: string, stage: SecretStage): SecretVersion | undefined;
  /** The value becomes current, and the current one previous. */
  put(name: string, value: string): SecretVersion | undefined;
  /** Makes a value for each of the template's secrets that has none yet. */
  generate(template: Template): void;
}

const SecretProperties = z.object({
  GenerateSecretString: z
    .strictObject({
      ExcludeCharacters: z.string().default(''),
      ExcludeLowercase: z.boolean().default(false),
      ExcludeNumbers: z.boolean().default(false),
      ExcludePunctuation: z.boolean().default(false),
      ExcludeUppercase: z.boolean().default(false),
      GenerateStringKey: z.string().optional(),
      IncludeSpace: z.boolean().default(false),
      PasswordLength: z.number().default(32),
      RequireEachIncludedType: z.boolean().default(true),
      SecretStringTemplate: z.string().optional(),
    })
    .optional(),
  SecretString: z.string().optional(),
});
type Generation = NonNullable<z.infer<typeof SecretProperties>['GenerateSecretString']>;

const FILE = 'secrets.json';

/** The template's secrets. Values are made once and kept in the data folder. */
export function openSecrets(folder: Pick<DataFolder, 'read' | 'write'>, nowSeconds: () => number): Secrets {
  const kept: KeptSecrets = KeptSecrets.parse(JSON.parse(folder.read(FILE) ?? '{}'));
  const arns = new Map<string, string>();

  const newVersion = (value: string) => ({ versionId: randomUUID(), value, createdAtSeconds: nowSeconds() });
  const save = (): void => folder.write(FILE, JSON.stringify(kept, null, 2));

  function get(name: string, stage: SecretStage): SecretVersion | undefined {
    const secret = kept[name];
    const version = stage === 'AWSCURRENT' ? secret?.current : secret?.previous;
    const arn = arns.get(name);
    return version && arn !== undefined ? { name, arn, ...version } : undefined;
  }

  return {
    get,
    find(id) {
      for (const [name, arn] of arns) {
        if (id === name || id === arn || id === arn.slice(0, -7)) return { name, arn };
      }
      return undefined;
    },
    put(name, value) {
      const secret = kept[name];
      if (secret === undefined) return undefined;
      kept[name] = { current: newVersion(value), previous: secret.current };
      save();
      return get(name, 'AWSCURRENT');
    },
    generate(template) {
      for (const resource of template.ofType('AWS::SecretsManager::Secret')) {
        const arn = template.ref(resource);
        const name = nameOf(arn);
        arns.set(name, arn);
        if (kept[name] !== undefined) continue;
        const { GenerateSecretString, SecretString } = template.properties(resource, SecretProperties);
        kept[name] = { current: newVersion(SecretString ?? generateValue(GenerateSecretString, resource.logicalId)) };
      }
      save();
    },
  };
}

function nameOf(arn: string): string {
  return /:secret:(.+)-[^-]{6}$/.exec(arn)?.[1] ?? arn;
}

function generateValue(generation: Generation | undefined, logicalId: string): string {
  if (generation === undefined)
    throw new HostError(`The secret ${logicalId} states neither a value nor how to make one.`);
  const password = generatePassword(generation);
  const { SecretStringTemplate, GenerateStringKey } = generation;
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return password;
  const template = z.record(z.string(), z.unknown()).parse(JSON.parse(SecretStringTemplate));
  return JSON.stringify({ ...template, [GenerateStringKey]: password });
}

function generatePassword(generation: Generation): string {
  const excluded = new Set(generation.ExcludeCharacters);
  const kinds = [
    generation.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    generation.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    generation.ExcludeNumbers ? '' : '0123456789',
    generation.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    generation.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !excluded.has(character)))
    .filter((kind) => kind.length > 0);
  const all = kinds.flat();
  for (;;) {
    const password = Array.from({ length: generation.PasswordLength }, () => all[randomInt(all.length)]).join('');
    const complete = kinds.every((kind) => kind.some((character) => password.includes(character)));
    if (complete || !generation.RequireEachIncludedType) return password;
  }
}
