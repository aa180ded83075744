import { createHmac } from 'node:crypto';

/** The secret that keeps person keys from being guessed, with its version. */
export interface Pepper {
  readonly version: number;
  readonly secret: string;
}

/**
 * One key a person: HMAC-SHA-256 of the normalised address under the pepper, as `<pepper version>:<base64url>`.
 * Addresses are compared in lower case: no mail provider of note tells cases apart.
 */
export function personKey(email: string, pepper: Pepper): string {
  return `${pepper.version}:${keyed('person', email.trim().toLowerCase(), pepper)}`;
}

/** A fingerprint of a request's content, useless without the pepper: tells a retry from another request. */
export function contentFingerprint(content: string, pepper: Pepper): string {
  return keyed('content', content, pepper);
}

function keyed(purpose: string, text: string, pepper: Pepper): string {
  return createHmac('sha256', pepper.secret).update(`${purpose}\n${text}`).digest('base64url');
}
