import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Limit, mailboxOf, senderOf, windowOf } from '../../shared/limits/limit.ts';

describe('a window', () => {
  const anyLimit = fc.record({
    of: fc.constantFrom('sender' as const, 'mailbox' as const),
    most: fc.integer({ min: 1, max: 100 }),
    windowSeconds: fc.constantFrom(60, 3600, 86_400),
  });
  const anyMoment = fc.integer({ min: 0, max: Date.UTC(2100, 0) });

  test('holds its moment, is as long as it says and meets the next one', () => {
    fc.assert(
      fc.property(anyLimit, anyMoment, (limit: Limit, now) => {
        const { startSeconds, endSeconds } = windowOf(limit, now);
        expect(startSeconds * 1000).toBeLessThanOrEqual(now);
        expect(now).toBeLessThan(endSeconds * 1000);
        expect(endSeconds - startSeconds).toBe(limit.windowSeconds);
        expect(windowOf(limit, endSeconds * 1000).startSeconds).toBe(endSeconds);
        expect(windowOf(limit, endSeconds * 1000 - 1).startSeconds).toBe(startSeconds);
      }),
    );
  });
});

describe('a sender', () => {
  test('of IPv4 is the address, however it is dressed', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(senderOf(address)).toBe(address);
        expect(senderOf(`::ffff:${address}`)).toBe(address);
      }),
    );
    const [high, low] = [(203 << 8).toString(16), ((113 << 8) | 9).toString(16)];
    expect(senderOf(`::ffff:${high}:${low}`)).toBe('203.0.113.9');
  });

  test('of IPv6 is its first 64 bits: one household, and not the one beside it', () => {
    const anyGroup = fc.nat({ max: 0xffff });
    const half = fc.array(anyGroup, { minLength: 4, maxLength: 4 });
    const text = (groups: readonly number[]) => groups.map((group) => group.toString(16)).join(':');
    fc.assert(
      fc.property(half, half, half, half, (network, other, host, otherHost) => {
        fc.pre(network[0] !== 0 && other[0] !== 0);
        const own = senderOf(text([...network, ...host]));
        expect(own).toBeDefined();
        expect(senderOf(text([...network, ...otherHost]).toUpperCase())).toBe(own);
        expect(senderOf(text([...other, ...host])) === own).toBe(text(network) === text(other));
      }),
    );
    expect(senderOf('2001:db8::1')).toBe(senderOf('2001:0db8:0000:0000:ffff:ffff:ffff:ffff'));
    expect(senderOf('2001:db8::1')).not.toBe(senderOf('2001:db8:0:1::1'));
    expect(senderOf('fe80::1%eth0')).toBe(senderOf('fe80::2'));
  });

  test.each([
    '',
    'unknown',
    '203.0.113',
    '203.0.113.256',
    '0xcb007109',
    '010.0.0.1',
    '3405803785',
    '2001:db8::1::2',
    'example.com',
    '203.0.113.9, 198.51.100.1',
    '<script>',
  ])('is nobody when the address is %j', (address) => {
    expect(senderOf(address)).toBeUndefined();
  });
});

describe('a mailbox', () => {
  test.each([
    ['m.arie.l@gmail.com', 'mariel@gmail.com'],
    ['MarieL+alpine@GoogleMail.com', 'mariel@gmail.com'],
    ['marie.l+a+b@example.com', 'marie.l@example.com'],
    ['Marie.L@Example.com', 'marie.l@example.com'],
  ])('of %s is %s', (email, mailbox) => {
    expect(mailboxOf(email)).toBe(mailbox);
    // It is a mailbox of its own.
    expect(mailboxOf(mailbox)).toBe(mailbox);
  });

  test('elsewhere is told apart by its dots', () => {
    expect(mailboxOf('marie.l@example.com')).not.toBe(mailboxOf('mariel@example.com'));
  });
});
