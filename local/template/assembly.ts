import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { HostError } from '../host-error.ts';
import { LOCAL_REGION } from '../local-account.ts';

/** One resource as the template states it, intrinsic functions unresolved. */
export interface Resource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly outputs: Readonly<Record<string, z.infer<typeof Output>>>;
  readonly parameterDefaults: Readonly<Record<string, unknown>>;
  /** Folder or file of each asset, by the key under which a deployment uploads it. */
  readonly assetPaths: ReadonlyMap<string, string>;
}

const JsonObject = z.record(z.string(), z.unknown());
const Output = z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() });
const Template = z.object({
  Resources: z
    .record(
      z.string(),
      z.object({
        Type: z.string(),
        Properties: JsonObject.default({}),
        Metadata: JsonObject.default({}),
      }),
    )
    .default({}),
  Outputs: z.record(z.string(), Output).default({}),
  // Ours has neither, so the host knows neither.
  Conditions: z.undefined().optional(),
  Mappings: z.undefined().optional(),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
});
const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), properties: JsonObject.default({}), environment: z.string().optional() }),
  ),
});
const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/**
 * Reads every stack of a cloud assembly, nested assemblies (CDK stages) included.
 *
 * @throws HostError when the folder holds no assembly or one of another shape
 */
export function readAssembly(directory: string): Stack[] {
  const { artifacts } = readJson(join(directory, 'manifest.json'), Manifest);
  const stacks: Stack[] = [];
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (artifact.type === 'cdk:cloud-assembly') {
      const nested = z.object({ directoryName: z.string() }).parse(artifact.properties);
      stacks.push(...readAssembly(join(directory, nested.directoryName)));
    } else if (artifact.type === 'aws:cloudformation:stack') {
      const { templateFile, stackName } = z
        .object({ templateFile: z.string(), stackName: z.string().default(id) })
        .parse(artifact.properties);
      stacks.push(readStack(directory, id, stackName, templateFile, artifact.environment));
    }
  }
  return stacks;
}

function readStack(
  directory: string,
  artifactId: string,
  name: string,
  templateFile: string,
  environment: string | undefined,
): Stack {
  const template = readJson(join(directory, templateFile), Template);
  // `aws://account/region`; CDK writes `unknown-region` for a stack that can go anywhere.
  const region = environment?.split('/')[3];
  const resources = new Map<string, Resource>();
  const stack: Stack = {
    name,
    region: region === undefined || region === 'unknown-region' ? LOCAL_REGION : region,
    resources,
    outputs: template.Outputs,
    parameterDefaults: Object.fromEntries(
      Object.entries(template.Parameters).map(([parameter, { Default }]) => [parameter, Default]),
    ),
    assetPaths: readAssetPaths(directory, artifactId),
  };
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    resources.set(logicalId, {
      stack,
      logicalId,
      type: resource.Type,
      properties: resource.Properties,
      metadata: resource.Metadata,
    });
  }
  return stack;
}

function readAssetPaths(directory: string, artifactId: string): Map<string, string> {
  const paths = new Map<string, string>();
  const file = join(directory, `${artifactId}.assets.json`);
  if (!existsSync(file)) return paths;
  for (const { source, destinations } of Object.values(readJson(file, AssetManifest).files)) {
    if (source.path === undefined) continue;
    for (const { objectKey } of Object.values(destinations)) paths.set(objectKey, join(directory, source.path));
  }
  return paths;
}

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HostError(`No cloud assembly to run: ${file} cannot be read.`, { cause: error });
  }
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new HostError(`${file} is not what CDK writes: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
