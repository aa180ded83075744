import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, expect, test } from 'vitest';
import { startAwsEndpoint } from '../../local/aws/aws-endpoint.ts';
import { openSecrets } from '../../local/aws/secrets.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';
import type { LoopbackServer } from '../../local/loopback-server.ts';
import { templateOf } from './template-of.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:app/pepper-1a2b3c';
const running: LoopbackServer[] = [];
const faults: unknown[] = [];

afterEach(async () => {
  for (const endpoint of running.splice(0)) await endpoint.stop();
  expect(faults.splice(0)).toEqual([]);
});

async function serve(generation: Readonly<Record<string, unknown>>, kept = new Map<string, string>()) {
  const folder = {
    read: (name: string) => kept.get(name),
    write: (name: string, text: string) => void kept.set(name, text),
  };
  const secrets = openSecrets(folder, () => 1_700_000_000);
  secrets.generate(
    templateOf({
      Pepper: { type: 'AWS::SecretsManager::Secret', ref: ARN, properties: { GenerateSecretString: generation } },
    }),
  );
  const endpoint = await startAwsEndpoint(secrets, { judge: () => undefined }, (error) => faults.push(error));
  running.push(endpoint);
  const client = new SecretsManagerClient({
    endpoint: endpoint.url,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  const get = (SecretId: string, VersionStage?: string) =>
    client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
  return { client, get, url: endpoint.url, kept };
}

test('gives a secret by name, ARN and partial ARN', async () => {
  const { get } = await serve({ PasswordLength: 40 });
  const values = await Promise.all(['app/pepper', ARN, ARN.slice(0, -7)].map((id) => get(id)));
  expect(new Set(values.map(({ SecretString }) => SecretString)).size).toBe(1);
  expect(values[0]).toMatchObject({
    ARN,
    Name: 'app/pepper',
    VersionStages: ['AWSCURRENT'],
    CreatedDate: new Date(1.7e12),
  });
});

test('generates what the template asks for', async () => {
  const { get } = await serve({
    SecretStringTemplate: '{"kid":"k1"}',
    GenerateStringKey: 'key',
    PasswordLength: 64,
    ExcludePunctuation: true,
    ExcludeCharacters: 'abc',
  });
  const value: unknown = JSON.parse((await get(ARN)).SecretString ?? '');
  expect(value).toEqual({ kid: 'k1', key: expect.stringMatching(/^[d-zA-Z0-9]{64}$/) });
});

test('keeps values over a restart', async () => {
  const { get, kept } = await serve({});
  const { get: getAgain } = await serve({}, kept);
  expect((await getAgain(ARN)).SecretString).toBe((await get(ARN)).SecretString);
});

test('keeps the value before as AWSPREVIOUS, and says so when there is none', async () => {
  const { get, client } = await serve({});
  await expect(get(ARN, 'AWSPREVIOUS')).rejects.toThrow(ResourceNotFoundException);
  const first = (await get(ARN)).SecretString;
  await client.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: 'second' }));
  expect((await get(ARN)).SecretString).toBe('second');
  expect((await get(ARN, 'AWSPREVIOUS')).SecretString).toBe(first);
});

test('answers as AWS does for an unknown secret, an unknown operation and an unsigned request', async () => {
  const { get, client, url } = await serve({});
  await expect(get('nothing')).rejects.toThrow(ResourceNotFoundException);
  await expect(
    client.send(new CreateSecretCommand({ Name: 'x', ClientRequestToken: 'x'.repeat(32) })),
  ).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
  const unsigned = await fetch(url, {
    method: 'POST',
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: '{}',
  });
  expect(unsigned.status).toBe(403);
});

test('breaks the connection of a request that it cannot serve, says why, and goes on', async () => {
  const fault = new Error('who is this?');
  const judge = (authorization: string | undefined) => {
    if (authorization?.includes('nobody')) throw fault;
    return undefined;
  };
  const secrets = openSecrets({ read: () => undefined, write: () => {} }, () => 0);
  const endpoint = await startAwsEndpoint(secrets, { judge }, (error) => faults.push(error));
  running.push(endpoint);
  const ask = (who: string) =>
    fetch(endpoint.url, { method: 'POST', headers: { authorization: `AWS4-HMAC-SHA256 Credential=${who}` } });
  await expect(ask('nobody')).rejects.toThrow();
  expect(faults.splice(0)).toEqual([fault]);
  expect((await ask('someone')).status).toBe(400);
});
