import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** What signs webhooks. Printing, logging or serializing one shows no byte of it. */
export type WebhookKey = KeyObject;

const PREFIX = 'whsec_';
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** The id is signed with a full stop behind it, so it may hold none (Standard Webhooks, "Signature scheme"). */
const WEBHOOK_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** Unix seconds stay below this until the year 5138: a greater number was given in milliseconds. */
const SECONDS_BELOW = 100_000_000_000;

/**
 * What is wrong with an endpoint's secrets, without repeating any of them; `undefined` when nothing is.
 * @param text `whsec_` and base64 of 24 to 64 bytes; two of these, separated by one space, while a secret rotates
 */
export function webhookSecretsFault(text: string): string | undefined {
  if (text === '') return 'there is no secret: give whsec_ and the base64 of 24 to 64 random bytes';
  const secrets = text.split(' ');
  if (secrets.length > 2 || secrets.includes('')) {
    return 'give one secret, or two separated by exactly one space while one replaces the other';
  }
  const [first, second] = secrets;
  if (first === second) return 'the two secrets are the same';
  const names = second === undefined ? ['the secret'] : ['the first secret', 'the second secret'];
  for (const [index, name] of names.entries()) {
    const fault = secretFault(secrets[index] ?? '');
    if (fault !== undefined) return `${name} ${fault}`;
  }
  return undefined;
}

function secretFault(secret: string): string | undefined {
  if (!secret.startsWith(PREFIX)) return `does not begin with ${PREFIX}`;
  const base64 = secret.slice(PREFIX.length);
  const key = Buffer.from(base64, 'base64');
  // Node skips what is no base64: only what comes back the same is read alike by every receiver.
  if (key.toString('base64') !== base64) return `is not standard base64, with its padding, after ${PREFIX}`;
  if (key.length < LEAST_BYTES || key.length > MOST_BYTES) {
    return `holds ${key.length} bytes, not ${LEAST_BYTES} to ${MOST_BYTES}`;
  }
  return undefined;
}

/**
 * The keys of an endpoint, one or two, in the order given.
 * @param text as for `webhookSecretsFault`
 * @throws RangeError saying what is wrong, without repeating a secret
 */
export function parseWebhookSecrets(text: string): readonly WebhookKey[] {
  const fault = webhookSecretsFault(text);
  if (fault !== undefined) throw new RangeError(`webhook secret: ${fault}`);
  return text.split(' ').map((secret) => createSecretKey(secret.slice(PREFIX.length), 'base64'));
}

/** What a webhook is signed with and for. */
export interface WebhookToSign {
  /** The same on every try of one message: receivers drop a second message with an id that they know. 1 to 128 of `A-Z a-z 0-9 _ -`. */
  readonly id: string;
  /** Of this try, not of the event: receivers refuse an old one. Unix seconds. */
  readonly timestampSeconds: number;
  /** Exactly what is sent, in UTF-8. */
  readonly body: string;
  /** One, or two while a secret rotates. */
  readonly keys: readonly WebhookKey[];
}

export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  /** `v1,` and base64 of HMAC-SHA-256, once for each key, separated by a space. */
  readonly 'webhook-signature': string;
}

/**
 * The headers that let a receiver check a webhook (Standard Webhooks 1.0, "Webhook headers").
 * @throws RangeError naming what is out of range
 */
export function webhookHeaders({ id, timestampSeconds, body, keys }: WebhookToSign): WebhookHeaders {
  if (!WEBHOOK_ID.test(id)) throw new RangeError('the webhook id must be 1 to 128 of A-Z a-z 0-9 _ -');
  if (!Number.isInteger(timestampSeconds) || timestampSeconds < 0 || timestampSeconds >= SECONDS_BELOW) {
    throw new RangeError(`the webhook timestamp must be whole Unix seconds, not ${timestampSeconds}`);
  }
  if (keys.length < 1 || keys.length > 2)
    throw new RangeError(`a webhook is signed with 1 or 2 keys, not ${keys.length}`);
  const signed = `${id}.${timestampSeconds}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' '),
  };
}
