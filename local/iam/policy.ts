import * as z from 'zod';
import { HostError } from '../host-error.ts';

/** One thing that a caller wants to do, as IAM is asked about it. */
export interface AccessRequest {
  /** E.g. `dynamodb:GetItem`. */
  readonly action: string;
  /** ARN; `*` for what has no resource to name. */
  readonly resource: string;
  /** Condition keys with the request's values, e.g. `dynamodb:LeadingKeys`. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** An identity-based policy's statement, intrinsic functions resolved. */
export interface Statement {
  /** Where it stands, for whoever has to mend it: the policy's logical id and the statement's number, e.g. `Policy5F1#3`. */
  readonly id: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: keyof typeof OPERATORS;
  readonly key: string;
  readonly values: readonly string[];
}

type Holds = (wanted: readonly string[], given: readonly string[] | undefined) => boolean;

/** IAM's condition operators that our policies use (IAM user guide, "Condition operators"); any other stops the host. */
const OPERATORS = {
  // One value is enough, and there must be one.
  StringEquals: (wanted, given) => given?.some((value) => wanted.includes(value)) ?? false,
  StringLike: (wanted, given) => given?.some((value) => wanted.some((pattern) => isLike(pattern, value))) ?? false,
  StringEqualsIfExists: (wanted, given) => given === undefined || given.some((value) => wanted.includes(value)),
  // True of a request that has no value at all: why a Scan must never be granted beside leading keys.
  'ForAllValues:StringEquals': (wanted, given) => given?.every((value) => wanted.includes(value)) ?? true,
  'ForAllValues:StringLike': (wanted, given) =>
    given?.every((value) => wanted.some((pattern) => isLike(pattern, value))) ?? true,
} as const satisfies Readonly<Record<string, Holds>>;

const OneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const Document = z.object({
  Statement: z.array(
    z.strictObject({
      Sid: z.string().optional(),
      // Our policies deny nothing; one that did would have to be read with it.
      Effect: z.literal('Allow'),
      Action: OneOrMore,
      Resource: OneOrMore,
      Condition: z.record(z.string(), z.record(z.string(), OneOrMore)).default({}),
    }),
  ),
});

/** @throws HostError naming what the host does not understand of the policy: what it cannot judge must not pass */
export function readStatements(id: string, document: unknown): Statement[] {
  const parsed = Document.safeParse(document);
  if (!parsed.success) {
    throw new HostError(
      `The local host cannot judge the policy ${id}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
    );
  }
  return parsed.data.Statement.map(({ Action, Resource, Condition }, index) => ({
    id: `${id}#${index + 1}`,
    actions: Action,
    resources: Resource,
    conditions: Object.entries(Condition).flatMap(([operator, keys]) => {
      if (!(operator in OPERATORS)) throw new HostError(`The local host does not know ${operator}, which ${id} uses.`);
      return Object.entries(keys).map(([key, values]) => ({
        operator: operator as Condition['operator'],
        key,
        values,
      }));
    }),
  }));
}

/** Whether a statement allows a request. */
export function allows({ actions, resources, conditions }: Statement, request: AccessRequest): boolean {
  return (
    actions.some((pattern) => isLike(pattern.toLowerCase(), request.action.toLowerCase())) &&
    resources.some((pattern) => isLike(pattern, request.resource)) &&
    conditions.every(({ operator, key, values }) => OPERATORS[operator](values, request.context[key]))
  );
}

/** The least that a statement can be cut down to: one action on one resource, by one of the values that narrow it. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  /** A partition key or the like, of a condition over all values; `undefined` where nothing narrows it. */
  readonly narrowedTo: string | undefined;
}

/** All that a statement grants. */
export function grantsOf({ actions, resources, conditions }: Statement): Grant[] {
  const values = conditions.find(({ key }) => key === LEADING_KEYS)?.values ?? [undefined];
  return actions.flatMap((action) =>
    resources.flatMap((resource) => values.map((narrowedTo) => ({ action, resource, narrowedTo }))),
  );
}

/** Those of a statement's grants that an allowed request made use of. */
export function grantsUsed(statement: Statement, { action, resource, context }: AccessRequest): Grant[] {
  const keys = context[LEADING_KEYS] ?? [];
  return grantsOf(statement).filter(
    (grant) =>
      isLike(grant.action.toLowerCase(), action.toLowerCase()) &&
      isLike(grant.resource, resource) &&
      (grant.narrowedTo === undefined || keys.some((key) => isLike(grant.narrowedTo ?? '', key))),
  );
}

export const LEADING_KEYS = 'dynamodb:LeadingKeys';

/** IAM's wildcards: `*` for any text, `?` for any character. */
function isLike(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
