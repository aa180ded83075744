import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Pepper } from '../reservations/person-key.ts';
import type { SigningKey } from '../reservations/signed-token.ts';
import { requireEnvironment } from './environment.ts';
import { fresh } from './fresh.ts';
import { PEPPER_SECRET, SIGNING_SECRET } from './secret-names.ts';

const client = new SecretsManagerClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
});

interface SecretVersion {
  readonly versionId: string;
  readonly value: Record<string, unknown>;
}

async function readSecret(secretId: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<SecretVersion | undefined> {
  try {
    const { SecretString, VersionId } = await client.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage }),
    );
    if (SecretString === undefined || VersionId === undefined) throw new Error('the secret has no text');
    return { versionId: VersionId, value: JSON.parse(SecretString) as Record<string, unknown> };
  } catch (error) {
    // Before its first rotation a secret has no previous version.
    if (stage === 'AWSPREVIOUS' && error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** A rotated secret reaches a running function within this time. */
const MAX_AGE_MS = 5 * 60_000;

/**
 * What gives the pepper of person keys. Changing it would part people from their reservations: it carries its version.
 * @throws Error naming a missing environment variable
 */
export function pepper(): () => Promise<Pepper> {
  const secretId = requireEnvironment(PEPPER_SECRET.environmentVariable);
  return fresh(() => readPepper(secretId), MAX_AGE_MS);
}

/**
 * What gives the keys that sign tokens, the current one first. Rotating the secret keeps the one before it valid.
 * @throws Error naming a missing environment variable
 */
export function signingKeys(): () => Promise<readonly SigningKey[]> {
  const secretId = requireEnvironment(SIGNING_SECRET.environmentVariable);
  return fresh(() => readSigningKeys(secretId), MAX_AGE_MS);
}

async function readPepper(secretId: string): Promise<Pepper> {
  const secret = await readSecret(secretId, 'AWSCURRENT');
  return { version: Number(secret?.value['version']), secret: requireText(secret?.value[PEPPER_SECRET.key]) };
}

async function readSigningKeys(secretId: string): Promise<readonly SigningKey[]> {
  const versions = await Promise.all([readSecret(secretId, 'AWSCURRENT'), readSecret(secretId, 'AWSPREVIOUS')]);
  return versions
    .filter((version) => version !== undefined)
    .map(({ versionId, value }) => ({
      // Eight characters of the version's id tell two keys apart and keep links short.
      id: versionId.replaceAll('-', '').slice(0, 8),
      secret: requireText(value[SIGNING_SECRET.key]),
    }));
}

function requireText(value: unknown): string {
  if (typeof value !== 'string' || value.length < 32) throw new Error('the secret is missing or too short');
  return value;
}
