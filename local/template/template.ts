import * as z from 'zod';
import { HostError } from '../host-error.ts';
import { type Resource, readAssembly } from './assembly.ts';
import { createResolver, type GiveParameter, type Resolver, type ResolveSecret } from './intrinsics.ts';
import { refuseUnknown } from './resource-types.ts';

/** The stacks of one assembly, as the rest of the host reads them. */
export interface Template {
  /** All resources of a type. */
  ofType(type: string): Resource[];
  /** The resource that a `Ref` of this type and value means. */
  byRef(type: string, ref: string): Resource | undefined;
  /** Physical name: what `Ref` gives. */
  ref(resource: Resource): string;
  /**
   * The properties that a schema names, intrinsic functions resolved. Other properties stay unresolved, for a strict schema to
   * refuse: what the host does not know of must not pass unnoticed.
   *
   * @throws HostError naming the resource and every property that is not as the schema has it
   */
  properties<T>(resource: Resource, schema: z.ZodObject & z.ZodType<T>): T;
  /** The value of a stack's output; `undefined` when no stack has one of that name. */
  output(name: string): string | undefined;
}

/** @throws HostError for an assembly that the host cannot run as it stands */
export function readTemplate(
  assemblyDir: string,
  resolveSecret: ResolveSecret,
  giveParameter?: GiveParameter,
): Template {
  const stacks = readAssembly(assemblyDir);
  const resolver = createResolver(stacks, resolveSecret, giveParameter);
  const resources = stacks.flatMap((stack) => [...stack.resources.values()]);
  for (const resource of resources) refuseUnknown(resource);
  const ofType = (type: string): Resource[] => resources.filter((resource) => resource.type === type);
  return {
    ofType,
    byRef: (type, ref) => ofType(type).find((resource) => resolver.ref(resource) === ref),
    ref: resolver.ref,
    properties: (resource, schema) => properties(resolver, resource, schema),
    output(name) {
      const stack = stacks.find(({ outputs }) => outputs[name] !== undefined);
      return stack && resolver.text(stack, stack.outputs[name]?.Value);
    },
  };
}

function properties<T>(resolver: Resolver, resource: Resource, schema: z.ZodObject & z.ZodType<T>): T {
  const given: Record<string, unknown> = { ...resource.properties };
  for (const name of Object.keys(schema.shape)) {
    if (name in given) given[name] = resolver.resolve(resource.stack, given[name]);
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new HostError(
    `The local host cannot run ${resource.logicalId} of ${resource.stack.name}, a ${resource.type}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
  );
}

const LoggingProperties = z.object({ LoggingConfig: z.object({ LogGroup: z.string().optional() }).optional() });

/** Where a function's lines go. */
export function logGroupOf(template: Template, lambda: Resource): string {
  const { LoggingConfig } = template.properties(lambda, LoggingProperties);
  return LoggingConfig?.LogGroup ?? `/aws/lambda/${template.ref(lambda)}`;
}

/**
 * Name of the function that an ARN means: plain, with a qualifier, or inside an API Gateway invocation path. What is no ARN is
 * such a name itself.
 *
 * @throws HostError for the ARN of anything else
 */
export function functionNameOf(arn: string): string {
  if (!arn.includes(':')) return arn;
  const name = /:function:([^:/]+)/.exec(arn)?.[1];
  if (name === undefined) throw new HostError(`${arn} is no function’s ARN: the local host runs functions only.`);
  return name;
}
