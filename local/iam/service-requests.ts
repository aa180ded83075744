import * as z from 'zod';
import { HostError } from '../host-error.ts';
import { functionNameOf, type Template } from '../template/template.ts';
import type { FunctionRole } from './function-roles.ts';
import { type AccessRequest, allows } from './policy.ts';

/** What AWS wants a function's role to allow before it connects the function: it tries that out at once. */
export interface ServiceRequest {
  readonly functionName: string;
  readonly requests: readonly AccessRequest[];
}

const MappingProperties = z.object({ EventSourceArn: z.string(), FunctionName: z.string() });
const InvokeConfigProperties = z.object({
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
  FunctionName: z.string(),
});

/** Lambda developer guide, "Process DynamoDB records with Lambda": the execution role's permissions. */
const STREAM_ACTIONS = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

/** For streams that functions read, and queues that take what they could not make use of. */
export function serviceRequestsOf(template: Template): ServiceRequest[] {
  const streams = template.ofType('AWS::Lambda::EventSourceMapping').map((resource) => {
    const { EventSourceArn: stream, FunctionName } = template.properties(resource, MappingProperties);
    const requests = STREAM_ACTIONS.map((action) => ({ action: `dynamodb:${action}`, resource: stream, context: {} }));
    return { functionName: functionNameOf(FunctionName), requests };
  });
  const destinations = template.ofType('AWS::Lambda::EventInvokeConfig').flatMap((resource) => {
    const { DestinationConfig, FunctionName } = template.properties(resource, InvokeConfigProperties);
    const destination = DestinationConfig?.OnFailure?.Destination;
    if (destination === undefined) return [];
    const request = { action: actionTo(destination), resource: destination, context: {} };
    return [{ functionName: functionNameOf(FunctionName), requests: [request] }];
  });
  return [...streams, ...destinations];
}

/** @throws HostError, as a deployment would fail, when a role does not allow what its function is connected to */
export function requireServiceAccess(
  requests: readonly ServiceRequest[],
  roles: ReadonlyMap<string, FunctionRole>,
): void {
  for (const { functionName, requests: wanted } of requests) {
    const statements = roles.get(functionName)?.statements ?? [];
    const missing = wanted.filter((request) => !statements.some((statement) => allows(statement, request)));
    if (missing.length === 0) continue;
    const actions = missing.map(({ action, resource }) => `${action} on ${resource}`).join(', ');
    throw new HostError(`The role of ${functionName} does not allow ${actions}: AWS would not connect the function.`);
  }
}

function actionTo(destination: string): string {
  const service = destination.split(':')[2];
  const action = service === 'sqs' ? 'SendMessage' : service === 'sns' ? 'Publish' : undefined;
  if (action === undefined) throw new HostError(`The local host does not know how Lambda writes to ${destination}.`);
  return `${service}:${action}`;
}
