import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { FunctionRole } from './function-roles.ts';
import { type AccessRequest, allows, type Grant, grantsOf, grantsUsed, LEADING_KEYS } from './policy.ts';

/** A grant of a function's policy, and how often it was made use of. */
export interface GrantUse extends Grant {
  /** The construct's id as CDK writes it, e.g. `finddealers`. */
  readonly functionName: string;
  readonly statement: string;
  readonly uses: number;
}

/** A request that no statement allows. */
export interface Refusal {
  readonly functionName: string;
  readonly action: string;
  readonly resource: string;
  /** What kind of partition it asked for, without the id in it: `person#…`. */
  readonly partition: string | undefined;
  /** In AWS's words. */
  readonly message: string;
}

/** Holds what functions do against their policies, as IAM would, and keeps count. */
export interface Access {
  /** From now on these roles count; what was counted before is kept. */
  use(roles: ReadonlyMap<string, FunctionRole>): void;
  /** The access key id that a function signs its requests with. */
  keyIdOf(functionName: string): string;
  /**
   * Judges what a signed HTTP request wants. A key that is no function's is the operator's own, who may do all.
   *
   * @param authorization the request's header, Signature Version 4
   */
  judge(authorization: string | undefined, requests: readonly AccessRequest[]): Refusal | undefined;
  /** The same for what an AWS service does in a function's name. */
  judgeFor(functionName: string, requests: readonly AccessRequest[]): Refusal | undefined;
  /** What Lambda does in a function's name whenever it runs. */
  noteRun(functionName: string): Refusal | undefined;
  /** All that is granted, with its use so far. */
  report(): { readonly grants: readonly GrantUse[]; readonly refusals: readonly Refusal[] };
}

/** @param log told of each refusal */
export function createAccess(log: (text: string) => void): Access {
  let roles: ReadonlyMap<string, FunctionRole> = new Map();
  let namesByKey = new Map<string, string>();
  const uses = new Map<string, number>();
  const refusals: Refusal[] = [];
  const keyIdOf = (functionName: string): string => functionName.replaceAll(/[^A-Za-z0-9]/g, '');

  function judgeFor(functionName: string, requests: readonly AccessRequest[]): Refusal | undefined {
    const role = roles.get(functionName);
    if (role === undefined) return undefined;
    for (const request of requests) {
      const allowing = role.statements.filter((statement) => allows(statement, request));
      if (allowing.length === 0) {
        const refusal = refusalOf(role, request);
        refusals.push(refusal);
        log(`${functionName} is refused: ${refusal.message}`);
        return refusal;
      }
      for (const statement of allowing) {
        for (const grant of grantsUsed(statement, request)) {
          const key = keyOf(functionName, statement.id, grant);
          uses.set(key, (uses.get(key) ?? 0) + 1);
        }
      }
    }
    return undefined;
  }

  return {
    use(next) {
      roles = next;
      namesByKey = new Map([...next.keys()].map((name) => [keyIdOf(name), name]));
    },
    keyIdOf,
    judge(authorization, requests) {
      const keyId = /Credential=([^/]+)\//.exec(authorization ?? '')?.[1] ?? '';
      const functionName = namesByKey.get(keyId);
      return functionName === undefined ? undefined : judgeFor(functionName, requests);
    },
    judgeFor,
    noteRun: (functionName) => judgeFor(functionName, roles.get(functionName)?.everyRun ?? []),
    report() {
      const grants = [...roles.values()].flatMap(({ functionName, statements }) =>
        statements.flatMap((statement) =>
          grantsOf(statement).map((grant) => ({
            ...grant,
            functionName,
            statement: statement.id,
            uses: uses.get(keyOf(functionName, statement.id, grant)) ?? 0,
          })),
        ),
      );
      return { grants, refusals };
    },
  };
}

function keyOf(functionName: string, statement: string, { action, resource, narrowedTo }: Grant): string {
  return JSON.stringify([functionName, statement, action, resource, narrowedTo]);
}

function refusalOf({ functionName, roleName }: FunctionRole, { action, resource, context }: AccessRequest): Refusal {
  const partitions = context[LEADING_KEYS]?.map((key) => (key.includes('#') ? `${key.split('#', 1)[0]}#…` : key));
  const partition = partitions?.join(', ');
  const caller = `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/${roleName}/${functionName}`;
  const where = partition === undefined ? resource : `${resource} (partition ${partition})`;
  const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${where} because no identity-based policy allows the ${action} action`;
  return { functionName, action, resource, partition, message };
}
