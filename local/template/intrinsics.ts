import { HostError } from '../host-error.ts';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Resource, Stack } from './assembly.ts';
import { type Identity, identify } from './identities.ts';

/** Replaces the template's intrinsic functions by what they mean on this machine. */
export interface Resolver {
  /** @throws HostError naming the function or resource that is not known here */
  resolve(stack: Stack, value: unknown): unknown;
  /** As `resolve`, for what has to be text. */
  text(stack: Stack, value: unknown): string;
  /** Physical name of a resource: what `Ref` gives. */
  ref(resource: Resource): string;
}

/** `{{resolve:secretsmanager:<name or arn>:SecretString:<key>:<stage>:<version>}}`; the version is empty for the current one. */
export type ResolveSecret = (secretId: string, jsonKey: string, versionId: string) => string;

/** What whoever deploys gives for a parameter; `undefined` leaves it to the parameter’s default. */
export type GiveParameter = (name: string) => string | undefined;

type JsonObject = Readonly<Record<string, unknown>>;

export function createResolver(
  stacks: readonly Stack[],
  resolveSecret: ResolveSecret,
  giveParameter: GiveParameter = () => undefined,
): Resolver {
  const identities = new Map<Resource, Identity>();

  function identity(resource: Resource): Identity {
    let known = identities.get(resource);
    if (known === undefined) {
      known = identify(resource, (property) => {
        const given = resource.properties[property];
        return given === undefined ? undefined : text(resource.stack, given);
      });
      identities.set(resource, known);
    }
    return known;
  }

  function text(stack: Stack, value: unknown): string {
    const resolved = resolve(stack, value);
    if (typeof resolved === 'string') return resolved;
    if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
    throw new HostError(`${stack.name}: ${JSON.stringify(value)} should give text, not ${JSON.stringify(resolved)}.`);
  }

  function resolve(stack: Stack, value: unknown): unknown {
    if (typeof value === 'string') return withSecrets(value);
    if (Array.isArray(value)) return value.map((item) => resolve(stack, item));
    if (!isObject(value)) return value;
    const [name, ...others] = Object.keys(value);
    if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return intrinsic(stack, name, value[name]);
    }
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(stack, member)]));
  }

  function intrinsic(stack: Stack, name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return reference(stack, String(argument));
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = getAttArguments(argument);
        return attributeOf(stack, logicalId, attribute);
      }
      case 'Fn::Join': {
        const [separator, items] = tuple(stack, name, argument);
        // Joined first and only then searched for secrets: CDK cuts a dynamic reference at its tokens.
        return withSecrets(
          list(stack, name, items)
            .map((item) => text(stack, item))
            .join(String(separator)),
        );
      }
      case 'Fn::Sub':
        return withSecrets(substitute(stack, argument));
      case 'Fn::Select': {
        const [index, items] = tuple(stack, name, argument);
        const item = list(stack, name, items)[Number(index)];
        if (item === undefined) throw fault(stack, name, argument);
        return resolve(stack, item);
      }
      case 'Fn::Split': {
        const [separator, whole] = tuple(stack, name, argument);
        return text(stack, whole).split(String(separator));
      }
      case 'Fn::ImportValue':
        return imported(text(stack, argument));
      default:
        throw new HostError(`${stack.name} uses ${name}, which the local host does not know.`);
    }
  }

  function reference(stack: Stack, name: string): unknown {
    switch (name) {
      case 'AWS::Region':
        return stack.region;
      case 'AWS::AccountId':
        return LOCAL_ACCOUNT;
      case 'AWS::Partition':
        return 'aws';
      default: {
        if (name in stack.parameterDefaults) return parameterOf(stack, name);
        return identity(resourceOf(stack, name)).ref;
      }
    }
  }

  function parameterOf(stack: Stack, name: string): unknown {
    const value = giveParameter(name) ?? stack.parameterDefaults[name];
    if (value === undefined) throw new HostError(`${stack.name} has a parameter ${name} that nobody gives a value.`);
    return value;
  }

  function attributeOf(stack: Stack, logicalId: string, attribute: string): string {
    const resource = resourceOf(stack, logicalId);
    const value = identity(resource).attributes[attribute];
    if (value === undefined) {
      throw new HostError(
        `${stack.name} asks for ${logicalId}.${attribute}: the local host knows no such attribute of ${resource.type}.`,
      );
    }
    return value;
  }

  function resourceOf(stack: Stack, logicalId: string): Resource {
    const resource = stack.resources.get(logicalId);
    if (resource === undefined) throw new HostError(`${stack.name} refers to ${logicalId}, which it does not hold.`);
    return resource;
  }

  function substitute(stack: Stack, argument: unknown): string {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (isObject(variables) && variables[name] !== undefined) return text(stack, variables[name]);
      const dot = name.indexOf('.');
      const value = dot === -1 ? reference(stack, name) : attributeOf(stack, name.slice(0, dot), name.slice(dot + 1));
      return String(value);
    });
  }

  function imported(exportName: string): unknown {
    for (const stack of stacks) {
      for (const { Value, Export } of Object.values(stack.outputs)) {
        if (Export !== undefined && text(stack, Export.Name) === exportName) return resolve(stack, Value);
      }
    }
    throw new HostError(`No stack exports ${exportName}, which another one imports.`);
  }

  function list(stack: Stack, name: string, value: unknown): unknown[] {
    const items = Array.isArray(value) ? value : resolve(stack, value);
    if (!Array.isArray(items)) throw fault(stack, name, value);
    return items;
  }

  function withSecrets(value: string): string {
    return value.replace(/\{\{resolve:([^}]*)\}\}/g, (whole, reference: string) => {
      const secret = /^secretsmanager:(.+):SecretString:([^:]*)(?::[^:]*(?::([^:]*))?)?$/.exec(reference);
      if (secret?.[1] === undefined) throw new HostError(`The local host cannot resolve ${whole}.`);
      return resolveSecret(secret[1], secret[2] ?? '', secret[3] ?? '');
    });
  }

  return {
    resolve,
    text,
    ref: (resource) => identity(resource).ref,
  };
}

function getAttArguments(argument: unknown): [string, string] {
  const parts: unknown[] =
    typeof argument === 'string' ? argument.split(/\.(.*)/s) : Array.isArray(argument) ? argument : [];
  const [logicalId, attribute] = parts;
  if (typeof logicalId !== 'string' || typeof attribute !== 'string') {
    throw new HostError(`Fn::GetAtt with ${JSON.stringify(argument)} is not understood.`);
  }
  return [logicalId, attribute];
}

function tuple(stack: Stack, name: string, argument: unknown): unknown[] {
  if (!Array.isArray(argument)) throw fault(stack, name, argument);
  return argument;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fault(stack: Stack, name: string, argument: unknown): HostError {
  return new HostError(`${stack.name}: ${name} with ${JSON.stringify(argument)} is not understood.`);
}
