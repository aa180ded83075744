import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { ORIGIN_KEY_MEMBER, ORIGIN_KEY_OUTPUT, originKeyParameters } from '../infra/origin-key.ts';
import { createAsynchronousCalls } from './aws/asynchronous-calls.ts';
import { createEventBus } from './aws/event-bus.ts';
import { createFunctions, type FunctionLine, type Functions, type ServiceEndpoints } from './aws/functions.ts';
import { createLogSubscriptions } from './aws/log-subscriptions.ts';
import { createMailSending, type MailSending } from './aws/mail-sending.ts';
import { createSchedules } from './aws/schedules.ts';
import type { SecretStage, Secrets } from './aws/secrets.ts';
import { createStreamMappings, localRetryDelayMs } from './aws/stream-mappings.ts';
import { createTables } from './aws/tables.ts';
import type { DataFolder } from './data-folder.ts';
import { HostError } from './host-error.ts';
import { createFrontDoor, type FrontDoor } from './http/front-door.ts';
import { JwtAuthorizerProperties } from './http/jwt-authorizer.ts';
import type { Access } from './iam/access.ts';
import { readTableFacts, type TableAccessFacts } from './iam/dynamodb-requests.ts';
import { type FunctionRole, readFunctionRoles } from './iam/function-roles.ts';
import { requireServiceAccess, type ServiceRequest, serviceRequestsOf } from './iam/service-requests.ts';
import { readTemplate, type Template } from './template/template.ts';

/** One cloud assembly, ready to run: a reload replaces it as a whole. */
export interface Run {
  readonly template: Template;
  readonly functions: Functions;
  readonly frontDoor: FrontDoor;
  /** What the template's JWT authorizers want tokens to be meant for. */
  readonly audience: string | undefined;
  /** What the template says about sending mails. */
  readonly mailSending: MailSending;
  /** What the functions may do, and what AWS does in their names. */
  readonly roles: ReadonlyMap<string, FunctionRole>;
  readonly serviceRequests: readonly ServiceRequest[];
  readonly tableFacts: ReadonlyMap<string, TableAccessFacts>;
  /** Begins to feed streams and to fire schedules. */
  start(): void;
  stop(): Promise<void>;
}

/** What stays when a run is replaced. */
export interface Surroundings {
  readonly dynamoDb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly endpoints: ServiceEndpoints;
  readonly access: Access;
  readonly folder: DataFolder;
  readonly secrets: Secrets;
  readonly repositoryDir: string;
  log(source: string, text: string): void;
  /** Told of each run of a function, by the source of its lines. */
  readonly onRun?: ((source: string, milliseconds: number) => void) | undefined;
}

/**
 * Makes everything that the assembly asks for, up to the point where it acts by itself.
 *
 * @throws HostError for a template that cannot run here
 */
export async function prepareRun(assemblyDir: string, surroundings: Surroundings): Promise<Run> {
  const { dynamoDb, streams, endpoints, access, folder, secrets, repositoryDir, log } = surroundings;
  const say = (text: string): void => log('host', text);
  const template: Template = readTemplate(
    assemblyDir,
    (id, key, versionId) => secretText(secrets, id, key, versionId),
    (parameter) => deployersParameter(template, secrets, parameter),
  );
  const roles = readFunctionRoles(template);
  const serviceRequests = serviceRequestsOf(template);
  requireServiceAccess(serviceRequests, roles);
  secrets.generate(template);
  await createTables(template, dynamoDb);
  const keepLine = ({ label, logGroup, text }: FunctionLine): void => {
    log(label, text);
    subscriptions.put(logGroup, text);
  };
  const functions = createFunctions(template, endpoints, access, keepLine, surroundings.onRun);
  const calls = createAsynchronousCalls(template, { functions, retryDelayMs: localRetryDelayMs, log: say });
  const subscriptions = createLogSubscriptions(template, { calls, now: Date.now });
  const mappings = await createStreamMappings(template, {
    client: dynamoDb,
    streamsClient: streams,
    folder,
    functions,
    retryDelayMs: localRetryDelayMs,
    now: Date.now,
    log: say,
  });
  const bus = createEventBus(template, { calls, now: Date.now });
  const schedules = createSchedules(template, functions, say);
  return {
    template,
    functions,
    frontDoor: createFrontDoor(template, functions, repositoryDir, say),
    audience: audienceOf(template),
    mailSending: createMailSending(template, bus),
    roles,
    serviceRequests,
    tableFacts: readTableFacts(template),
    start() {
      mappings.start();
      schedules.start();
    },
    async stop() {
      // What is logged until here is handed on; the calls begin before the functions are told to end.
      subscriptions.stop();
      await Promise.all([mappings.stop(), schedules.stop(), calls.stop(), functions.stop()]);
    },
  };
}

function audienceOf(template: Template): string | undefined {
  const [authorizer] = template.ofType('AWS::ApiGatewayV2::Authorizer');
  return authorizer && template.properties(authorizer, JwtAuthorizerProperties).JwtConfiguration.Audience[0];
}

/** For `{{resolve:secretsmanager:…}}` in the template. */
function secretText(secrets: Secrets, id: string, jsonKey: string, versionId = ''): string {
  const name = secrets.find(id)?.name;
  const versions = STAGES.map((stage) => (name === undefined ? undefined : secrets.get(name, stage)));
  const version = versions.find((one) => one !== undefined && (versionId === '' || one.versionId === versionId));
  if (version === undefined) throw new HostError(`The template refers to the secret ${id}, which it does not hold.`);
  if (jsonKey === '') return version.value;
  const member = memberOf(version.value, jsonKey);
  if (member === undefined) throw new HostError(`The secret ${id} has no text ${jsonKey}.`);
  return member;
}

const STAGES: readonly SecretStage[] = ['AWSCURRENT', 'AWSPREVIOUS'];

function memberOf(json: string, key: string): string | undefined {
  const members: unknown = JSON.parse(json);
  const member =
    typeof members === 'object' && members !== null ? new Map(Object.entries(members)).get(key) : undefined;
  return typeof member === 'string' ? member : undefined;
}

/** What `npm run deploy` gives the stacks: made of the origin key's versions, here as there. */
function deployersParameter(template: Template, secrets: Secrets, parameter: string): string | undefined {
  const secret = secrets.find(template.output(ORIGIN_KEY_OUTPUT) ?? '');
  const [current, previous] = STAGES.map((stage) => {
    const version = secret && secrets.get(secret.name, stage);
    return version && { versionId: version.versionId, key: memberOf(version.value, ORIGIN_KEY_MEMBER) ?? '' };
  });
  if (current === undefined) return undefined;
  const { Api, Edge } = originKeyParameters(current, previous);
  return new Map(Object.entries({ ...Api, ...Edge })).get(parameter);
}
