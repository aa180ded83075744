import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token lets its bearer do; none is good for another's purpose. */
export type TokenPurpose = 'form' | 'confirm' | 'manage' | 'unsubscribe' | 'acknowledge';

/** A signing key by its id. The first of a list signs; all of them verify, so that keys can rotate. */
export interface SigningKey {
  readonly id: string;
  readonly secret: string;
}

export interface TokenClaims {
  /** What it is about: a reservation's id; empty for a form. */
  readonly subject: string;
  /** The reservation's version it was made for; for a form, when it was issued (Unix milliseconds). */
  readonly version: number;
  /** Unix seconds; not valid from then on. */
  readonly expiresAtSeconds: number;
}

/** A token for a link's fragment: `<key id>.<claims>.<signature>`, URL-safe. */
export function signToken(purpose: TokenPurpose, claims: TokenClaims, keys: readonly SigningKey[]): string {
  const [key] = keys;
  if (key === undefined) throw new RangeError('needs a signing key');
  const payload = Buffer.from(JSON.stringify([claims.subject, claims.version, claims.expiresAtSeconds])).toString(
    'base64url',
  );
  return `${key.id}.${payload}.${signature(purpose, key, payload)}`;
}

/**
 * The claims of a token, when it is genuine, for this purpose and not expired; `undefined` otherwise, whatever is wrong.
 * Compared in constant time.
 */
export function verifyToken(
  purpose: TokenPurpose,
  token: string,
  keys: readonly SigningKey[],
  nowMilliseconds: number,
): TokenClaims | undefined {
  const [keyId = '', payload = '', signed = ''] = token.split('.');
  // An unknown key is tried against the first, so that it costs the same time as a wrong signature.
  const key = keys.find(({ id }) => id === keyId) ?? keys[0];
  if (key === undefined) throw new RangeError('needs a signing key');
  // Compared as text: several texts decode to the same bytes, and only the one that was signed is to pass.
  const expected = Buffer.from(signature(purpose, key, payload));
  const given = Buffer.from(signed);
  const genuine = given.length === expected.length && timingSafeEqual(given, expected) && key.id === keyId;
  if (!genuine || token.split('.').length !== 3) return undefined;
  const [subject, version, expiresAtSeconds] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
    string,
    number,
    number,
  ];
  return nowMilliseconds < expiresAtSeconds * 1000 ? { subject, version, expiresAtSeconds } : undefined;
}

function signature(purpose: TokenPurpose, key: SigningKey, payload: string): string {
  return createHmac('sha256', key.secret).update(`${purpose}.${key.id}.${payload}`).digest('base64url');
}
