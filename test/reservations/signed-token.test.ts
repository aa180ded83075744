import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type SigningKey,
  signToken,
  type TokenClaims,
  type TokenPurpose,
  verifyToken,
} from '../../shared/reservations/signed-token.ts';

const PURPOSES: readonly TokenPurpose[] = ['form', 'confirm', 'manage'];
const NOW = Date.UTC(2026, 10, 23, 14, 5, 9, 120);
const NOW_SECONDS = Math.floor(NOW / 1000);

const anyPurpose = fc.constantFrom(...PURPOSES);
const anyClaims: fc.Arbitrary<TokenClaims> = fc.record({
  subject: fc.oneof(fc.uuid(), fc.constant('')),
  version: fc.nat(),
  expiresAtSeconds: fc.integer({ min: NOW_SECONDS + 1, max: NOW_SECONDS + 10_000_000 }),
});
/** One to three keys with ids of their own. */
const anyKeys: fc.Arbitrary<[SigningKey, ...SigningKey[]]> = fc
  .uniqueArray(fc.stringMatching(/^[a-z0-9]{8}$/), { minLength: 1, maxLength: 3 })
  .chain((ids) => fc.tuple(fc.constant(ids), fc.string({ minLength: 32, maxLength: 64 })))
  .map(([[first = '', ...others], secret]) => [
    { id: first, secret },
    ...others.map((id) => ({ id, secret: `${id}${secret}` })),
  ]);

describe('a signed token', () => {
  test('gives its claims back, URL-safe and for its own purpose alone', () => {
    fc.assert(
      fc.property(anyPurpose, anyClaims, anyKeys, (purpose, claims, keys) => {
        const token = signToken(purpose, claims, keys);
        expect(token).toMatch(/^[A-Za-z0-9._-]+$/);
        for (const asked of PURPOSES) {
          expect(verifyToken(asked, token, keys, NOW)).toEqual(asked === purpose ? claims : undefined);
        }
      }),
    );
  });

  test('ends at its second', () => {
    fc.assert(
      fc.property(anyClaims, anyKeys, (claims, keys) => {
        const token = signToken('confirm', claims, keys);
        const end = claims.expiresAtSeconds * 1000;
        expect(verifyToken('confirm', token, keys, end - 1)).toEqual(claims);
        expect(verifyToken('confirm', token, keys, end)).toBeUndefined();
      }),
    );
  });

  test('is worth nothing with any bit flipped', () => {
    fc.assert(
      fc.property(anyClaims, anyKeys, (claims, keys) => {
        const token = signToken('manage', claims, keys);
        for (let at = 0; at < token.length; at += 1) {
          for (let bit = 0; bit < 8; bit += 1) {
            const flipped = String.fromCharCode(token.charCodeAt(at) ^ (1 << bit));
            const forged = token.slice(0, at) + flipped + token.slice(at + 1);
            expect(verifyToken('manage', forged, keys, NOW), forged).toBeUndefined();
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test('is worth nothing cut short, or with anything added', () => {
    fc.assert(
      fc.property(anyClaims, anyKeys, fc.string({ minLength: 1 }), fc.nat(), (claims, keys, extra, cut) => {
        const token = signToken('manage', claims, keys);
        const at = cut % token.length;
        expect(verifyToken('manage', token.slice(0, at), keys, NOW)).toBeUndefined();
        expect(verifyToken('manage', token.slice(0, at) + extra + token.slice(at), keys, NOW)).toBeUndefined();
        expect(verifyToken('manage', token + extra, keys, NOW)).toBeUndefined();
      }),
    );
  });

  test('is worth nothing under another key of the same id', () => {
    fc.assert(
      fc.property(anyClaims, anyKeys, (claims, [key]) => {
        const token = signToken('manage', claims, [{ ...key, secret: `${key.secret}x` }]);
        expect(verifyToken('manage', token, [key], NOW)).toBeUndefined();
      }),
    );
  });

  test('outlives a rotation while its key is among the valid ones', () => {
    fc.assert(
      fc.property(anyClaims, anyKeys, (claims, [old]) => {
        const next = { id: `${old.id}-2`, secret: `${old.secret}2` };
        const token = signToken('manage', claims, [old]);
        expect(verifyToken('manage', token, [next, old], NOW)).toEqual(claims);
        expect(verifyToken('manage', token, [next], NOW)).toBeUndefined();
        expect(signToken('manage', claims, [next, old]).startsWith(`${next.id}.`)).toBe(true);
      }),
    );
  });

  test('cannot be signed or checked without a key', () => {
    const claims = { subject: 'r1', version: 1, expiresAtSeconds: NOW_SECONDS + 60 };
    expect(() => signToken('confirm', claims, [])).toThrow(RangeError);
    expect(() => verifyToken('confirm', 'a.b.c', [], NOW)).toThrow(RangeError);
  });
});

test('garbage is no token', () => {
  const bytes = fc.uint8Array().map((array) => Buffer.from(array).toString('latin1'));
  const pieces = fc.oneof(bytes, fc.base64String(), fc.constantFrom('', '.', '..', 'k1', '😀'));
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 5 }), anyKeys, (parts, keys) => {
      expect(verifyToken('manage', parts.join('.'), keys, NOW)).toBeUndefined();
      expect(verifyToken('manage', `${keys[0].id}.${parts.join('.')}`, keys, NOW)).toBeUndefined();
    }),
  );
});
