import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ResolvedAddress, webhookClient } from '../../shared/runtime/webhook-client.ts';
import type { WebhookPost } from '../../shared/webhooks/webhook-post.ts';
import { endpoint, socketEndpoint } from './endpoint.ts';
import { selfSigned } from './test-certificate.ts';

const NAME = 'crm.example.com';
const NOT_PUBLIC = { kind: 'failed', reason: 'the webhook address is not on the public internet' };
const UNTRUSTED = { kind: 'retry', reason: 'the certificate of the endpoint is not trusted' };

function post(port: number, scheme = 'http', name = NAME): WebhookPost {
  return { url: `${scheme}://${name}:${port}/`, headers: {}, contentType: 'application/json', body: '{}' };
}

function addresses(...texts: readonly string[]): readonly ResolvedAddress[] {
  return texts.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

/** A client whose names lead where each answer of the list says; the last one stays. */
function clientFor(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const client = webhookClient({
    allowLoopback: true,
    timeoutMilliseconds: 2_000,
    lookup: async (hostname) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
      asked.push(hostname);
      return addresses(...answer);
    },
  });
  return { client, asked };
}

describe('a name', () => {
  test('that comes to mean another address meanwhile is met where it was checked', async () => {
    const checked = await endpoint((response) => response.end());
    // The same port on an address that is never allowed.
    const inner = await endpoint((response) => response.end(), { address: '127.0.0.2', port: checked.port });
    const { client, asked } = clientFor(['127.0.0.1'], ['127.0.0.2']);
    expect(await client.post(post(checked.port))).toEqual({ kind: 'delivered' });
    expect(asked).toEqual([NAME]);
    expect([checked.received[0]?.headers.host, inner.connections()]).toEqual([`${NAME}:${checked.port}`, 0]);
    // The next post asks anew, and goes to neither.
    expect(await client.post(post(checked.port))).toEqual(NOT_PUBLIC);
    expect([checked.connections(), inner.connections()]).toEqual([1, 0]);
  });

  test('of a public address is met there and asked for once, though the next answer would be private', async () => {
    const dialled = dialledAddresses();
    const { client, asked } = clientFor(['93.184.215.14'], ['10.0.0.1']);
    const deployed = webhookClient({
      allowLoopback: false,
      lookup: async () => {
        asked.push(NAME);
        return addresses(...(asked.length === 1 ? ['93.184.215.14', '2606:4700:4700::1111'] : ['10.0.0.1']));
      },
    });
    expect(await deployed.post(post(8443, 'https'))).toMatchObject({ kind: 'retry' });
    expect([...new Set(dialled)]).toEqual(['93.184.215.14']);
    expect(asked).toEqual([NAME]);
    expect(await client.post(post(8443, 'https'))).toEqual(NOT_PUBLIC);
  });

  test.each([
    ['a private address', ['10.0.0.1']],
    ['one public and one private address', ['93.184.215.14', '192.168.0.1']],
    ['one that is allowed and one of this machine that is not', ['127.0.0.1', '127.0.0.2']],
    ['one that is allowed and one that is link-local', ['127.0.0.1', '169.254.169.254']],
    ['an IPv4-mapped address', ['::ffff:127.0.0.1']],
    ['an IPv4-mapped address in hexadecimals', ['::ffff:7f00:1']],
    ['an address behind NAT64', ['64:ff9b::7f00:1']],
    ['a unique local address beside a public one', ['2606:4700:4700::1111', 'fd00::1']],
    ['the unspecified address', ['0.0.0.0']],
    ['what is no address', ['localhost']],
  ])('with %s is refused for good, and nothing is sent', async (_, answer) => {
    const dialled = dialledAddresses();
    const here = await socketEndpoint(() => {});
    const { client } = clientFor(answer);
    for (const scheme of ['http', 'https']) expect(await client.post(post(here.port, scheme))).toEqual(NOT_PUBLIC);
    expect([dialled, here.connections()]).toEqual([[], 0]);
  });

  test('is tried at its other addresses when nobody listens at one', async () => {
    const { port, received } = await endpoint((response) => response.end());
    const { client } = clientFor(['::1', '127.0.0.1']);
    expect(await client.post(post(port))).toEqual({ kind: 'delivered' });
    expect(received).toHaveLength(1);
  });

  test('that is not found, or leads nowhere, is to be tried again', async () => {
    const NOT_FOUND = { kind: 'retry', reason: 'the name of the endpoint was not found' };
    expect(await clientFor([]).client.post(post(8080))).toEqual(NOT_FOUND);
    const lookup = async () => {
      throw Object.assign(new Error(`queryA ENOTFOUND ${NAME}`), { code: 'ENOTFOUND' });
    };
    expect(await webhookClient({ allowLoopback: true, lookup }).post(post(8080))).toEqual(NOT_FOUND);
  });

  test('that the resolver never answers for is given up in time', async () => {
    const client = webhookClient({
      allowLoopback: true,
      timeoutMilliseconds: 200,
      lookup: () => new Promise(() => {}),
    });
    expect(await client.post(post(8080))).toEqual({
      kind: 'retry',
      reason: 'the endpoint did not answer within 0.2 s',
    });
  });
});

/** The addresses that sockets are about to dial, until the test ends; those on the internet are stopped there. */
function dialledAddresses(): string[] {
  const dialled: string[] = [];
  const watch = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.on('lookup', (_error, address: string) => {
      dialled.push(address);
      if (!address.startsWith('127.') && address !== '::1') socket.destroy(new Error('stopped by the test'));
    });
  };
  subscribe('net.client.socket', watch);
  onTestFinished(() => {
    unsubscribe('net.client.socket', watch);
  });
  return dialled;
}

describe('the certificate of an endpoint', () => {
  const trusted = selfSigned(NAME);
  const authorities = getCACertificates('default');
  beforeEach(() => setDefaultCACertificates([...authorities, trusted.cert]));
  afterEach(() => setDefaultCACertificates(authorities));

  test('is checked for the name, which the endpoint is told, at the address that was checked', async () => {
    const names: unknown[] = [];
    const { port, received } = await endpoint(
      (response) => {
        names.push((response.socket as TLSSocket).servername);
        response.end();
      },
      { tls: trusted },
    );
    const { client, asked } = clientFor(['127.0.0.1'], ['127.0.0.2']);
    expect(await client.post(post(port, 'https'))).toEqual({ kind: 'delivered' });
    expect([names, asked, received[0]?.headers.host]).toEqual([[NAME], [NAME], `${NAME}:${port}`]);
  });

  test('is refused for another name, and nothing is sent', async () => {
    const { port, received } = await endpoint((response) => response.end(), { tls: trusted });
    const { client } = clientFor(['127.0.0.1']);
    expect(await client.post(post(port, 'https', 'other.example.com'))).toEqual(UNTRUSTED);
    expect(received).toEqual([]);
  });

  test('is refused when nobody known has signed it, whatever the environment says', async () => {
    const { port, received } = await endpoint((response) => response.end(), { tls: selfSigned(NAME) });
    const { client } = clientFor(['127.0.0.1']);
    expect(await client.post(post(port, 'https'))).toEqual(UNTRUSTED);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await client.post(post(port, 'https'))).toEqual(UNTRUSTED);
    vi.unstubAllEnvs();
    expect(received).toEqual([]);
  });

  test('cannot come from an endpoint that speaks no TLS, or never finishes its greeting', async () => {
    const plain = await endpoint((response) => response.end());
    const { client } = clientFor(['127.0.0.1']);
    expect(await client.post(post(plain.port, 'https'))).toMatchObject({ kind: 'retry' });
    expect(plain.received).toEqual([]);
    const silent = await socketEndpoint((socket) => socket.resume());
    const hasty = webhookClient({
      allowLoopback: true,
      timeoutMilliseconds: 200,
      lookup: async () => addresses('127.0.0.1'),
    });
    expect(await hasty.post(post(silent.port, 'https'))).toEqual({
      kind: 'retry',
      reason: 'the endpoint did not answer within 0.2 s',
      unanswered: true,
    });
    await expect.poll(() => silent.open()).toBe(0);
  });
});
