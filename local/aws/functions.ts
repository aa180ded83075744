import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { HostError } from '../host-error.ts';
import type { Access } from '../iam/access.ts';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Resource } from '../template/assembly.ts';
import { logGroupOf, type Template } from '../template/template.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';

/** Where the functions' AWS clients find the services of this machine. */
export interface ServiceEndpoints {
  readonly dynamoDb: string;
  readonly mail: string;
  readonly secretsManager: string;
  /** Answers every other service with an error, so that no call leaves the machine. */
  readonly anyOther: string;
}

export interface Functions {
  /**
   * @param functionName the physical name, or the construct's id, e.g. `sweep-outbox`
   * @param withinMs how long the caller waits: what can no longer be answered by then is not begun
   * @throws FunctionError when the function fails; HostError when there is none of that name
   */
  invoke(functionName: string, event: unknown, withinMs?: number): Promise<unknown>;
  /** Every function's own variables, merged. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A line of a function's log. */
export interface FunctionLine {
  /** The function's construct. */
  readonly label: string;
  readonly logGroup: string;
  readonly text: string;
}

const FunctionProperties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  Handler: z.string(),
  MemorySize: z.number().default(128),
  Runtime: z.templateLiteral(['nodejs', z.string()]),
  /** Seconds. */
  Timeout: z.number().default(3),
});

/** Lambda's own limit. */
const MAX_LOAD_MS = 10_000;

/**
 * Prepares all functions of the template; their environments start with their first events.
 *
 * @param log told of every line that a function writes, or that is written of it
 * @param onRun told how long each run took, by the same label as its lines
 */
export function createFunctions(
  template: Template,
  endpoints: ServiceEndpoints,
  access: Pick<Access, 'keyIdOf' | 'noteRun'>,
  log: (line: FunctionLine) => void,
  onRun: (label: string, milliseconds: number) => void = () => {},
): Functions {
  const pools = new Map<string, FunctionPool>();
  /** Physical names by what CDK makes of a construct's id. */
  const labels = new Map<string, string>();
  const labelOfName = new Map<string, string>();
  const environment: Record<string, string> = {};
  for (const resource of template.ofType('AWS::Lambda::Function')) {
    const name = template.ref(resource);
    const properties = template.properties(resource, FunctionProperties);
    const variables = properties.Environment?.Variables ?? {};
    const label = labelOf(resource);
    const logGroup = logGroupOf(template, resource);
    labels.set(label, name);
    labelOfName.set(name, label);
    Object.assign(environment, variables);
    pools.set(
      name,
      createFunctionPool(
        {
          name,
          arn: `arn:aws:lambda:${resource.stack.region}:${LOCAL_ACCOUNT}:function:${name}`,
          ...entryOf(resource, properties),
          environment: {
            ...runtimeEnvironment(resource, { name, logGroup }, properties, endpoints),
            AWS_ACCESS_KEY_ID: access.keyIdOf(name),
            ...variables,
          },
          loadTimeoutMs: MAX_LOAD_MS,
          timeoutMs: properties.Timeout * 1000,
          memoryMegabytes: properties.MemorySize,
        },
        (text) => log({ label, logGroup, text }),
      ),
    );
  }
  return {
    async invoke(functionName, event, withinMs) {
      const name = pools.has(functionName) ? functionName : (labels.get(functionName.replaceAll('-', '')) ?? '');
      const pool = pools.get(name);
      if (pool === undefined) throw new HostError(`The template holds no Node.js function ${functionName}.`);
      access.noteRun(name);
      const startedAt = performance.now();
      try {
        return await pool.invoke(event, withinMs);
      } finally {
        onRun(labelOfName.get(name) ?? name, performance.now() - startedAt);
      }
    },
    environment,
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}

/** The logical id without the hash that CDK appends, and without the last construct's usual id. */
function labelOf({ logicalId }: Resource): string {
  return logicalId.replace(/(Function)?[0-9A-F]{8}$/, '');
}

/** Finds the handler's module in the staged asset, the very bytes that a deployment would upload. */
function entryOf(
  resource: Resource,
  { Code, Handler }: z.infer<typeof FunctionProperties>,
): { moduleUrl: string; exportName: string } {
  const directory = resource.stack.assetPaths.get(Code.S3Key);
  if (directory === undefined) {
    throw new HostError(
      `${resource.logicalId} has its code in ${Code.S3Key}, which is no asset of ${resource.stack.name}.`,
    );
  }
  const dot = Handler.lastIndexOf('.');
  const stem = Handler.slice(0, dot);
  const file = ['.mjs', '.js', '.cjs'].map((extension) => join(directory, stem + extension)).find(existsSync);
  if (file === undefined) throw new HostError(`${directory} holds no module for the handler ${Handler}.`);
  return { moduleUrl: pathToFileURL(file).href, exportName: Handler.slice(dot + 1) };
}

/** What Lambda sets for every function, and the endpoints that keep its clients on this machine. */
function runtimeEnvironment(
  resource: Resource,
  { name, logGroup }: { readonly name: string; readonly logGroup: string },
  properties: z.infer<typeof FunctionProperties>,
  endpoints: ServiceEndpoints,
): Record<string, string> {
  return {
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_REGION: resource.stack.region,
    AWS_DEFAULT_REGION: resource.stack.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LANG: 'en_US.UTF-8',
    NODE_ENV: 'production',
    TZ: ':UTC',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: endpoints.anyOther,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_ENDPOINT_URL_SESV2: endpoints.mail,
  };
}
