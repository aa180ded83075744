import * as z from 'zod';
import { HostError } from '../host-error.ts';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Resource } from '../template/assembly.ts';
import { logGroupOf, type Template } from '../template/template.ts';
import { type AccessRequest, readStatements, type Statement } from './policy.ts';

/** What one function may do, and what Lambda does in its name whenever it runs. */
export interface FunctionRole {
  /** Physical name. */
  readonly functionName: string;
  readonly roleName: string;
  readonly statements: readonly Statement[];
  /** Writing the log and the trace: with the function's own permissions. */
  readonly everyRun: readonly AccessRequest[];
}

const FunctionProperties = z.object({
  Role: z.string(),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
});
const InlinePolicy = z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() });
const RoleProperties = z.object({
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(InlinePolicy).default([]),
});
const PolicyProperties = z.object({ PolicyDocument: z.unknown(), Roles: z.array(z.string()).default([]) });

/** AWS's managed policy of a function that only logs, for its own log group here. */
const BASIC_EXECUTION = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

/**
 * The roles of the template's functions with all their policies, by the function's physical name.
 *
 * @throws HostError for a policy that the host cannot judge
 */
export function readFunctionRoles(template: Template): ReadonlyMap<string, FunctionRole> {
  const policies = template
    .ofType('AWS::IAM::Policy')
    .map((resource) => ({ id: resource.logicalId, ...template.properties(resource, PolicyProperties) }));
  const roles = new Map<string, FunctionRole>();
  for (const resource of template.ofType('AWS::Lambda::Function')) {
    const properties = template.properties(resource, FunctionProperties);
    const role = template
      .ofType('AWS::IAM::Role')
      .find((candidate) => properties.Role.endsWith(`:role/${template.ref(candidate)}`));
    if (role === undefined) continue;
    const functionName = template.ref(resource);
    const roleName = template.ref(role);
    roles.set(functionName, {
      functionName,
      roleName,
      statements: [
        ...statementsOf(template, role, resource),
        ...policies
          .filter(({ Roles }) => Roles.includes(roleName))
          .flatMap(({ id, PolicyDocument }) => readStatements(id, PolicyDocument)),
      ],
      everyRun: everyRunOf(resource, logGroupOf(template, resource), properties),
    });
  }
  return roles;
}

function statementsOf(template: Template, role: Resource, lambda: Resource): Statement[] {
  const { ManagedPolicyArns, Policies } = template.properties(role, RoleProperties);
  const inline = Policies.flatMap(({ PolicyName, PolicyDocument }) =>
    readStatements(`${role.logicalId}.${PolicyName}`, PolicyDocument),
  );
  const managed = ManagedPolicyArns.map((arn): Statement => {
    if (arn !== BASIC_EXECUTION) throw new HostError(`The local host does not know what ${arn} grants.`);
    return {
      id: `${role.logicalId}.AWSLambdaBasicExecutionRole`,
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`arn:aws:logs:${lambda.stack.region}:${LOCAL_ACCOUNT}:*`],
      conditions: [],
    };
  });
  return [...inline, ...managed];
}

function everyRunOf(
  { stack }: Resource,
  group: string,
  { TracingConfig }: z.infer<typeof FunctionProperties>,
): AccessRequest[] {
  const stream = `arn:aws:logs:${stack.region}:${LOCAL_ACCOUNT}:log-group:${group}:log-stream:local`;
  const onAnything = TracingConfig?.Mode === 'Active' ? ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'] : [];
  return [
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource: stream, context: {} })),
    ...onAnything.map((action) => ({ action, resource: '*', context: {} })),
  ];
}
