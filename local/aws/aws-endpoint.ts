import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import * as z from 'zod';
import type { Access } from '../iam/access.ts';
import type { AccessRequest } from '../iam/policy.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import type { Secrets, SecretVersion } from './secrets.ts';

const SecretId = z.object({ SecretId: z.string() });
const GetSecretValue = SecretId.extend({ VersionStage: z.string().default('AWSCURRENT') });
const PutSecretValue = SecretId.extend({ SecretString: z.string() });

type Reply = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/**
 * The AWS services that have no emulator of their own: Secrets Manager (`GetSecretValue`, `PutSecretValue`) in its JSON 1.1
 * protocol, to those whose policy grants it. Every other operation gets the error that AWS gives for one it does not know.
 */
export async function startAwsEndpoint(
  secrets: Secrets,
  access: Pick<Access, 'judge'>,
  onFault: (error: unknown) => void,
): Promise<LoopbackServer> {
  return await startLoopbackServer((request, response) => serve({ secrets, access }, request, response), onFault);
}

interface Behind {
  readonly secrets: Secrets;
  readonly access: Pick<Access, 'judge'>;
}

async function serve(behind: Behind, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = reply(behind, request, await textOf(request));
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
    ...(typeof body['__type'] === 'string' && { 'x-amzn-errortype': body['__type'] }),
  });
  response.end(JSON.stringify(body));
}

function reply({ secrets, access }: Behind, request: IncomingMessage, text: string): Reply {
  // A web page cannot send this header without asking first, and nothing here says yes.
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256')) {
    return awsError('MissingAuthenticationTokenException', 'The request is not signed.', 403);
  }
  const target = String(request.headers['x-amz-target'] ?? '');
  try {
    const refusal = access.judge(request.headers.authorization, secretRequests(target, text, secrets));
    if (refusal !== undefined) return awsError('AccessDeniedException', refusal.message);
    switch (target) {
      case 'secretsmanager.GetSecretValue':
        return getSecretValue(secrets, GetSecretValue.parse(JSON.parse(text)));
      case 'secretsmanager.PutSecretValue':
        return putSecretValue(secrets, PutSecretValue.parse(JSON.parse(text)));
      default:
        return awsError(
          'UnknownOperationException',
          `The local host does not run ${target || `${request.method} ${request.url}`}.`,
        );
    }
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      return awsError('InvalidParameterException', 'The request body is not one of this operation.');
    }
    throw error;
  }
}

/** What IAM is asked for a call of Secrets Manager; a call of any other service is answered with an error whoever makes it. */
function secretRequests(target: string, text: string, secrets: Secrets): AccessRequest[] {
  const operation = /^secretsmanager\.(\w+)$/.exec(target)?.[1];
  if (operation === undefined) return [];
  const { SecretId: id } = SecretId.partial().parse(JSON.parse(text));
  const resource = id === undefined ? '*' : (secrets.find(id)?.arn ?? id);
  return [{ action: `secretsmanager:${operation}`, resource, context: {} }];
}

function getSecretValue(secrets: Secrets, { SecretId: id, VersionStage }: z.infer<typeof GetSecretValue>): Reply {
  const secret = secrets.find(id);
  if (secret === undefined) return notFound();
  const stage = VersionStage === 'AWSCURRENT' || VersionStage === 'AWSPREVIOUS' ? VersionStage : undefined;
  const version = stage && secrets.get(secret.name, stage);
  if (version === undefined) {
    return awsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`,
    );
  }
  return {
    status: 200,
    body: {
      ...versionBody(version, [VersionStage]),
      SecretString: version.value,
      CreatedDate: version.createdAtSeconds,
    },
  };
}

function putSecretValue(secrets: Secrets, { SecretId: id, SecretString }: z.infer<typeof PutSecretValue>): Reply {
  const secret = secrets.find(id);
  const version = secret && secrets.put(secret.name, SecretString);
  return version ? { status: 200, body: versionBody(version, ['AWSCURRENT']) } : notFound();
}

function versionBody({ arn, name, versionId }: SecretVersion, stages: readonly string[]): Record<string, unknown> {
  return { ARN: arn, Name: name, VersionId: versionId, VersionStages: stages };
}

function notFound(): Reply {
  return awsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

function awsError(type: string, message: string, status = 400): Reply {
  return { status, body: { __type: type, message } };
}
