import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentFingerprint, type Pepper, personKey } from '../../shared/reservations/person-key.ts';

const anyPepper: fc.Arbitrary<Pepper> = fc.record({
  version: fc.integer({ min: 1, max: 99 }),
  secret: fc.string({ minLength: 32, maxLength: 64 }),
});
const anyEmail = fc.emailAddress();

test('an address has one key, however it is cased and padded', () => {
  fc.assert(
    fc.property(anyEmail, anyPepper, (email, pepper) => {
      const key = personKey(email, pepper);
      expect(personKey(email.toUpperCase(), pepper)).toBe(key);
      expect(personKey(` ${email}\t`, pepper)).toBe(key);
    }),
  );
});

test('different addresses, peppers and pepper versions have different keys', () => {
  fc.assert(
    fc.property(anyEmail, anyEmail, anyPepper, anyPepper, (a, b, pepper, other) => {
      fc.pre(a.toLowerCase() !== b.toLowerCase() && pepper.secret !== other.secret);
      expect(personKey(a, pepper)).not.toBe(personKey(b, pepper));
      expect(personKey(a, pepper)).not.toBe(personKey(a, { ...pepper, secret: other.secret }));
      expect(personKey(a, pepper)).not.toBe(personKey(a, { ...pepper, version: pepper.version + 1 }));
    }),
  );
});

test('a key names the version of its pepper and shows nothing of the address', () => {
  fc.assert(
    fc.property(anyEmail, anyPepper, (email, pepper) => {
      expect(personKey(email, pepper)).toMatch(new RegExp(`^${pepper.version}:[A-Za-z0-9_-]{43}$`));
    }),
  );
});

test('a fingerprint of an address is not the key of the person', () => {
  fc.assert(
    fc.property(anyEmail, anyPepper, (email, pepper) => {
      expect(personKey(email, pepper)).not.toContain(contentFingerprint(email.toLowerCase(), pepper));
    }),
  );
});
