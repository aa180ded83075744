import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWebhookSecrets, webhookHeaders, webhookSecretsFault } from '../../shared/webhooks/webhook-signature.ts';

const anyKey = fc.uint8Array({ minLength: 24, maxLength: 64 });
const anyId = fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/, { size: 'max' });
const anySeconds = fc.integer({ min: 0, max: 99_999_999_999 });
const anyBody = fc.string({ unit: 'binary', maxLength: 300 });

function secretOf(key: Uint8Array): string {
  return `whsec_${Buffer.from(key).toString('base64')}`;
}

/** HMAC-SHA-256 spelt out (RFC 2104); a key of up to 64 bytes fits in a block as it is. */
function hmac(key: Uint8Array, text: string): string {
  const pad = (fill: number) => Uint8Array.from({ length: 64 }, (_, index) => (key[index] ?? 0) ^ fill);
  const inner = createHash('sha256').update(pad(0x36)).update(Buffer.from(text)).digest();
  return createHash('sha256').update(pad(0x5c)).update(inner).digest('base64');
}

describe('the headers of a webhook', () => {
  test('are those of the published vector', () => {
    expect(
      webhookHeaders({
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestampSeconds: 1614265330,
        body: '{"test": 2432232314}',
        keys: parseWebhookSecrets('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
      }),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('carry a signature by each key, whatever is signed', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyKey, { minLength: 1, maxLength: 2, selector: secretOf }),
        anyId,
        anySeconds,
        anyBody,
        (keys, id, timestampSeconds, body) => {
          const parsed = parseWebhookSecrets(keys.map(secretOf).join(' '));
          const headers = webhookHeaders({ id, timestampSeconds, body, keys: parsed });
          const expected = keys.map((key) => `v1,${hmac(key, `${id}.${timestampSeconds}.${body}`)}`);
          expect(headers['webhook-signature'].split(' ')).toEqual(expected);
          expect(headers['webhook-id']).toBe(id);
          expect(headers['webhook-timestamp']).toBe(String(timestampSeconds));
        },
      ),
    );
  });

  test('let a receiver that knows the old or the new secret of a rotation accept it, and no other', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyKey, { minLength: 3, maxLength: 3, selector: secretOf }), (keys) => {
        const [old, fresh, stranger] = keys as [Uint8Array, Uint8Array, Uint8Array];
        const headers = webhookHeaders({
          id: 'msg_1',
          timestampSeconds: 1,
          body: '{}',
          keys: parseWebhookSecrets(`${secretOf(fresh)} ${secretOf(old)}`),
        });
        const accepts = (key: Uint8Array) =>
          headers['webhook-signature'].split(' ').includes(`v1,${hmac(key, 'msg_1.1.{}')}`);
        expect([old, fresh, stranger].map(accepts)).toEqual([true, true, false]);
      }),
    );
  });

  test.each([
    ['an id with a full stop', { id: 'msg.1' }],
    ['an empty id', { id: '' }],
    ['an id that would end a header', { id: 'msg\r\nx: y' }],
    ['an id that is too long', { id: 'a'.repeat(129) }],
    ['a timestamp in milliseconds', { timestampSeconds: Date.UTC(2026, 10, 23) }],
    ['a timestamp with a fraction', { timestampSeconds: 1.5 }],
    ['a timestamp before 1970', { timestampSeconds: -1 }],
    ['a timestamp that is no number', { timestampSeconds: Number.NaN }],
    ['no key', { keys: [] }],
    ['three keys', { keys: Array.from({ length: 3 }, () => parseWebhookSecrets(secretOf(Buffer.alloc(24)))).flat() }],
  ])('are refused for %s', (_, change) => {
    const good = { id: 'msg_1', timestampSeconds: 1, body: '', keys: parseWebhookSecrets(secretOf(Buffer.alloc(24))) };
    expect(() => webhookHeaders(good)).not.toThrow();
    expect(() => webhookHeaders({ ...good, ...change })).toThrow(RangeError);
  });
});

describe('the secrets of an endpoint', () => {
  const secret = (byteLength: number, fill = 7) => secretOf(Buffer.alloc(byteLength, fill));

  test('are taken with 24 to 64 bytes, and with no other number', () => {
    for (let byteLength = 0; byteLength <= 100; byteLength++) {
      const isTaken = webhookSecretsFault(secret(byteLength)) === undefined;
      expect([byteLength, isTaken]).toEqual([byteLength, byteLength >= 24 && byteLength <= 64]);
    }
  });

  test.each([
    ['', 'there is no secret'],
    ['hunter2', 'the secret does not begin with whsec_'],
    [secret(32).slice(6), 'the secret does not begin with whsec_'],
    [secret(32).replace('whsec_', 'WHSEC_'), 'the secret does not begin with whsec_'],
    [secret(23), 'the secret holds 23 bytes, not 24 to 64'],
    [`${secret(24)} ${secret(65)}`, 'the second secret holds 65 bytes, not 24 to 64'],
    [`x ${secret(24)}`, 'the first secret does not begin with whsec_'],
    [secret(32).slice(0, -1), 'the secret is not standard base64'],
    [secretOf(Buffer.alloc(32, 255)).replaceAll('/', '_'), 'the secret is not standard base64'],
    // The last character carries bits that no byte has: strict readers refuse it, others drop them.
    [secret(25).replace(/.==$/, 'B=='), 'the secret is not standard base64'],
    [`${secret(24)}  ${secret(24, 8)}`, 'exactly one space'],
    [` ${secret(24)}`, 'exactly one space'],
    [`${secret(24)}\n`, 'the secret is not standard base64'],
    [`${secret(24)}\t${secret(24, 8)}`, 'the secret is not standard base64'],
    [`${secret(24)} ${secret(24, 8)} ${secret(24, 9)}`, 'exactly one space'],
    [`${secret(24)} ${secret(24)}`, 'the two secrets are the same'],
  ])('are refused with the reason: %j', (text, reason) => {
    expect(webhookSecretsFault(text)).toContain(reason);
    expect(() => parseWebhookSecrets(text)).toThrow(RangeError);
  });

  test('are never repeated, neither by a fault nor by a printed key', () => {
    // Long enough that no phrase of ours holds one by chance.
    const anyGarbage = fc.string({ minLength: 12, maxLength: 90 });
    const anyText = fc.oneof(
      anyGarbage,
      anyGarbage.map((text) => `whsec_${text}`),
      fc.uint8Array({ minLength: 8, maxLength: 90 }).map(secretOf),
    );
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 3 }), (texts) => {
        const fault = webhookSecretsFault(texts.join(' ')) ?? '';
        for (const text of texts.map((each) => each.replace('whsec_', '')).filter((each) => each.length > 8)) {
          expect(fault).not.toContain(text);
        }
      }),
    );
    const printed = parseWebhookSecrets(secret(32)).map((key) => inspect(key, { depth: 5 }) + JSON.stringify(key));
    expect(printed.join()).not.toMatch(/7, ?7|07 ?07|Bwc/);
  });
});
