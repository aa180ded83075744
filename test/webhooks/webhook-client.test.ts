import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { webhookClient } from '../../shared/runtime/webhook-client.ts';
import type { WebhookPost } from '../../shared/webhooks/webhook-post.ts';
import { parseWebhookSecrets, webhookHeaders } from '../../shared/webhooks/webhook-signature.ts';
import { endpoint, socketEndpoint } from './endpoint.ts';

const BODY = '{"name":"é李😀"}';
const client = webhookClient({ allowLoopback: true });
/** One that gives up soon, for endpoints that never come to an end. */
const hasty = webhookClient({ allowLoopback: true, timeoutMilliseconds: 300 });

function postTo(url: string): WebhookPost {
  return { url, headers: { 'webhook-id': 'msg_1' }, contentType: 'application/json', body: BODY };
}

function at(port: number, path = '/leads'): WebhookPost {
  return postTo(`http://127.0.0.1:${port}${path}`);
}

describe('a post', () => {
  test('brings body, type and headers as they were given, so that the signature holds', async () => {
    const { port, received } = await endpoint((response) => response.end('thanks'));
    const key = Buffer.alloc(32, 5);
    const headers = webhookHeaders({
      id: 'msg_7',
      timestampSeconds: 1795442709,
      body: BODY,
      keys: parseWebhookSecrets(`whsec_${key.toString('base64')}`),
    });
    const result = await client.post({ ...at(port, '/leads?store=2165'), headers: { ...headers } });
    expect(result).toEqual({ kind: 'delivered' });
    const [request] = received;
    expect(received).toHaveLength(1);
    expect(request).toMatchObject({ method: 'POST', path: '/leads?store=2165' });
    expect(request?.body.toString()).toBe(BODY);
    expect(request?.headers).toMatchObject({
      ...headers,
      host: `127.0.0.1:${port}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(BODY)),
      connection: 'close',
    });
    const signed = Buffer.concat([Buffer.from('msg_7.1795442709.'), request?.body ?? Buffer.of()]);
    expect(request?.headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
  });

  test('is delivered by 2xx, ended by 410, and to be tried again after any other answer', async () => {
    const { port } = await endpoint((response, { path }) => {
      response.writeHead(Number(path?.slice(1)), 'REASON PHRASE').end();
    });
    for (let status = 200; status <= 599; status++) {
      const expected =
        status <= 299
          ? { kind: 'delivered' }
          : status === 410
            ? { kind: 'gone' }
            : {
                kind: 'retry',
                reason: `the endpoint answered ${status}${status <= 399 ? ': redirects are not followed' : ''}`,
                // A gateway answers these, and knows no better than we whether the endpoint behind it has taken it.
                ...((status === 502 || status === 504) && { unanswered: true }),
              };
      expect([status, await client.post(at(port, `/${status}`))]).toEqual([status, expected]);
    }
  });

  test('tells how long the endpoint asked to wait, by seconds or by date, at most a day', async () => {
    const now = Date.UTC(2026, 10, 23, 14, 5, 9);
    const { port } = await endpoint((response, { path }) => {
      response.writeHead(429, { 'retry-after': decodeURIComponent(path?.slice(1) ?? '') }).end();
    });
    const timed = webhookClient({ allowLoopback: true, nowMilliseconds: () => now });
    const waits = async (header: string) => {
      const result = await timed.post(at(port, `/${encodeURIComponent(header)}`));
      return 'retryAfterSeconds' in result ? result.retryAfterSeconds : undefined;
    };
    expect(await waits('120')).toBe(120);
    expect(await waits('864000')).toBe(86_400);
    expect(await waits(new Date(now + 90_000).toUTCString())).toBe(90);
    expect(await waits(new Date(now - 90_000).toUTCString())).toBeUndefined();
    expect(await waits('later')).toBeUndefined();
  });

  test('never repeats what the endpoint says, nor where it is', async () => {
    const { port } = await endpoint((response, { path }) => {
      const word = decodeURIComponent(path?.slice(1) ?? '');
      response.writeHead(500, 'PHRASE', { location: `http://${word}/`, 'retry-after': 'PHRASE', 'x-word': word });
      response.end(`${word} PHRASE`);
    });
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Z0-9]{6,40}$/), async (word) => {
        const result = JSON.stringify(await client.post(at(port, `/${word}`)));
        expect(result).toBe('{"kind":"retry","reason":"the endpoint answered 500"}');
      }),
      { numRuns: 30 },
    );
  });

  test('follows no redirect, wherever it points', async () => {
    const inner = await endpoint((response) => response.end());
    const { port, received } = await endpoint((response, { path }) => {
      const to = [`http://127.0.0.1:${inner.port}/`, 'http://169.254.169.254/latest', '/again'];
      response.writeHead(Number(path?.slice(1, 4)), { location: to[Number(path?.slice(5))] }).end();
    });
    for (const status of [301, 302, 303, 307, 308]) {
      for (const target of [0, 1, 2]) {
        expect(await client.post(at(port, `/${status}/${target}`))).toEqual({
          kind: 'retry',
          reason: `the endpoint answered ${status}: redirects are not followed`,
        });
      }
    }
    expect(received).toHaveLength(15);
    expect(inner.connections()).toBe(0);
  });

  test('throws for a header that HTTP cannot carry, without sending or repeating it', async () => {
    const { port, connections } = await endpoint((response) => response.end());
    const forged = { ...at(port), headers: { 'webhook-id': 'msg\r\nx-forged: SECRET' } };
    const error = await client.post(forged).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).not.toContain('SECRET');
    expect(connections()).toBe(0);
  });
});

describe('an endpoint that fails', () => {
  const TIMED_OUT = { kind: 'retry', reason: 'the endpoint did not answer within 0.3 s', unanswered: true };
  const CUT = { kind: 'retry', reason: 'the endpoint cut the connection', unanswered: true };

  async function timed<T>(act: () => Promise<T>): Promise<{ result: T; milliseconds: number }> {
    const start = performance.now();
    const result = await act();
    return { result, milliseconds: performance.now() - start };
  }

  test('is given up when it takes the connection and never answers', async () => {
    const silent = await socketEndpoint((socket) => socket.resume());
    const { result, milliseconds } = await timed(() => hasty.post(at(silent.port)));
    expect(result).toEqual(TIMED_OUT);
    expect(milliseconds).toBeGreaterThan(280);
    expect(milliseconds).toBeLessThan(2_000);
    await expect.poll(() => silent.open()).toBe(0);
  });

  test('is given up when its half of the connection stays open and silent', async () => {
    const half = await socketEndpoint((socket) => {
      socket.allowHalfOpen = true;
      socket.resume();
    });
    expect(await hasty.post(at(half.port))).toEqual(TIMED_OUT);
  });

  test('is given up when it drips its answer for longer than the time of a post', async () => {
    const drips = await socketEndpoint((socket) => {
      const head = [...'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'];
      const timer = setInterval(() => socket.write(head.shift() ?? ''), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const { result, milliseconds } = await timed(() => hasty.post(at(drips.port)));
    expect(result).toEqual(TIMED_OUT);
    expect(milliseconds).toBeLessThan(2_000);
  });

  test.each([
    [200, { kind: 'delivered' }],
    [410, { kind: 'gone' }],
    [503, { kind: 'retry', reason: 'the endpoint answered 503', retryAfterSeconds: 7 }],
  ])('has answered once its status %i is there, though its body never ends', async (status, expected) => {
    const { port, open } = await endpoint((response) => {
      response.writeHead(status, { 'retry-after': '7' });
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const { result, milliseconds } = await timed(() => hasty.post(at(port)));
    expect(result).toEqual(expected);
    expect(milliseconds).toBeLessThan(2_000);
    await expect.poll(open).toBe(0);
  });

  test('is not read to the end of a huge answer', async () => {
    let sent = 0;
    const { port } = await endpoint((response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    const { result, milliseconds } = await timed(() => client.post(at(port)));
    expect(result).toEqual({ kind: 'delivered' });
    expect(milliseconds).toBeLessThan(5_000);
    const before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent).toBe(before);
    // The client reads 64 KiB; the rest is what the kernel buffers.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test('is to be tried again when it cuts the connection, before or within its answer', async () => {
    const rude = await socketEndpoint((socket) => socket.resetAndDestroy());
    expect(await client.post(at(rude.port))).toEqual(CUT);
    const polite = await socketEndpoint((socket) => socket.end());
    expect(await client.post(at(polite.port))).toEqual(CUT);
    const late = await socketEndpoint((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nconte');
        setTimeout(() => socket.resetAndDestroy(), 20);
      });
    });
    expect(await client.post(at(late.port))).toEqual(CUT);
    // The status was there.
    const within = await socketEndpoint((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
        setTimeout(() => socket.resetAndDestroy(), 20);
      });
    });
    expect(await client.post(at(within.port))).toEqual({ kind: 'delivered' });
  });

  test('is to be tried again when nobody listens there', async () => {
    const { port } = await socketEndpoint(() => {});
    // A free port: this one is taken on one address alone.
    const nobody = webhookClient({ allowLoopback: true, lookup: async () => [{ address: '::1', family: 6 }] });
    expect(await nobody.post(postTo(`http://crm.example.com:${port}/`))).toEqual({
      kind: 'retry',
      reason: 'the endpoint refused the connection',
    });
  });

  test.each([
    ['another protocol', '220 mail.example.com ESMTP\r\n', 'the endpoint did not answer in HTTP'],
    ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`, 'the endpoint did not answer in HTTP'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      'the endpoint did not answer in HTTP',
    ],
    [
      'another protocol on demand',
      'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'the endpoint cut the connection',
    ],
    ['nothing but interim answers', 'HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 102 Wait\r\n\r\n', TIMED_OUT.reason],
  ])('is to be tried again when it speaks %s', async (_, bytes, reason) => {
    const { port } = await socketEndpoint((socket) => socket.once('data', () => socket.write(bytes)));
    expect(await hasty.post(at(port))).toEqual({ kind: 'retry', reason, unanswered: true });
  });

  test('leaves nothing behind, however it fails', async () => {
    const answers = await endpoint((response) => response.writeHead(500).end('no'));
    const silent = await socketEndpoint((socket) => socket.resume());
    const rude = await socketEndpoint((socket) => socket.resetAndDestroy());
    const count = () =>
      process.getActiveResourcesInfo().filter((kind) => /^(Timeout|TCPSocketWrap|TLSWrap)$/.test(kind)).length;
    const before = count();
    // Those that come to an end are posted to with the long time-out, whose timer would be seen.
    const posts = [
      { port: answers.port, by: client },
      { port: rude.port, by: client },
      { port: silent.port, by: hasty },
    ];
    await Promise.all(posts.flatMap(({ port, by }) => Array.from({ length: 30 }, () => by.post(at(port)))));
    await expect.poll(() => [answers.open(), silent.open(), rude.open()]).toEqual([0, 0, 0]);
    // The test's own timers come and go; thirty of ours would not be missed.
    await expect.poll(count).toBeLessThan(before + 10);
    expect(answers.connections()).toBe(30);
  });
});

describe('where a client for tests may go', () => {
  test('is nowhere on this machine without its switch', async () => {
    const { port, connections } = await endpoint((response) => response.end());
    const deployed = webhookClient({ allowLoopback: false });
    for (const url of [`http://127.0.0.1:${port}/`, `https://127.0.0.1:${port}/`, `https://localhost:${port}/`]) {
      expect([url, await deployed.post(postTo(url))]).toEqual([
        url,
        { kind: 'failed', reason: expect.stringMatching(/^the webhook address must /) },
      ]);
    }
    const named = webhookClient({ allowLoopback: false, lookup: async () => [{ address: '127.0.0.1', family: 4 }] });
    expect(await named.post(postTo(`https://crm.example.com:${port}/`))).toMatchObject({ kind: 'failed' });
    expect(connections()).toBe(0);
  });

  test('is by plain http this machine alone', async () => {
    const open = webhookClient({ allowLoopback: true, lookup: async () => [{ address: '8.8.8.8', family: 4 }] });
    expect(await open.post(postTo('http://crm.example.com:8080/'))).toMatchObject({ kind: 'failed' });
  });

  test('is reached by the real resolver too', async () => {
    const { port } = await endpoint((response) => response.end());
    expect(await client.post(postTo(`http://localhost:${port}/`))).toEqual({ kind: 'delivered' });
  });
});
