import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createBucket } from '../../local/http/bucket.ts';
import { createDistribution } from '../../local/http/distribution.ts';
import type { HttpHandler, HttpRequest } from '../../local/http/exchange.ts';
import { manifestPath } from '../../web/served-files.ts';
import { templateOf } from './template-of.ts';

const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const folder = mkdtempSync(join(tmpdir(), 'bucket-'));
afterAll(() => rm(folder, { recursive: true }));

function request(path: string, query = ''): HttpRequest {
  return {
    method: 'GET',
    path,
    query,
    headers: new Map(),
    body: Buffer.alloc(0),
    sourceIp: '192.0.2.1',
    sourcePort: 1,
  };
}

function origin(status: number, text: string): HttpHandler {
  return async ({ path }) => ({ status, headers: new Map(), body: Buffer.from(`${text} ${path}`) });
}

/** Two origins in a group: what the first one answers with 403, the second one is asked for. */
function grouped(first: HttpHandler, second: HttpHandler): HttpHandler {
  const properties = {
    DistributionConfig: {
      Enabled: true,
      DefaultCacheBehavior: { TargetOriginId: 'group', CachePolicyId: CACHING_OPTIMIZED },
      Origins: [
        { Id: 'first', DomainName: 'first.example' },
        { Id: 'second', DomainName: 'second.example' },
      ],
      OriginGroups: {
        Items: [
          {
            Id: 'group',
            FailoverCriteria: { StatusCodes: { Items: [403] } },
            Members: { Items: [{ OriginId: 'first' }, { OriginId: 'second' }] },
          },
        ],
      },
    },
  };
  const template = templateOf({ Front: { type: 'AWS::CloudFront::Distribution', properties } });
  const [distribution] = template.ofType('AWS::CloudFront::Distribution');
  if (distribution === undefined) throw new Error('the template lost its distribution');
  const hosts = new Map([
    ['first.example', first],
    ['second.example', second],
  ]);
  return createDistribution(template, distribution, hosts, '.');
}

describe('a group of origins', () => {
  test('answers with the first one’s answer', async () => {
    const { status, body } = await grouped(origin(200, 'first'), origin(200, 'second'))(request('/a'));
    expect([status, body.toString()]).toEqual([200, 'first /a']);
  });

  test('asks the second one, for the same path, what the first one refuses with a status of the group', async () => {
    const { status, body } = await grouped(origin(403, 'first'), origin(404, 'second'))(request('/a', 'b=c'));
    expect([status, body.toString()]).toEqual([404, 'second /a']);
  });

  test('does not ask it for any other error', async () => {
    const { status } = await grouped(origin(500, 'first'), origin(200, 'second'))(request('/a'));
    expect(status).toBe(500);
  });
});

describe('a bucket', () => {
  const site = join(folder, 'site');
  writeFileSync(join(folder, 'a.html'), 'a');
  writeFileSync(join(folder, 'unnamed.html'), 'unnamed');
  writeFileSync(
    manifestPath(folder),
    JSON.stringify({ 'a.html': { contentType: 'text/html; charset=utf-8', cacheControl: 'public, max-age=60' } }),
  );
  afterAll(() => rm(manifestPath(folder)));

  test('serves a file with what its manifest says', async () => {
    const { status, headers } = await createBucket(folder)(request('/a.html'));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toEqual(['text/html; charset=utf-8']);
    expect(headers.get('cache-control')).toEqual(['public, max-age=60']);
  });

  test.each(['/unnamed.html', '/absent.html', '/../a.html', '/', '/%00', '/%'])('has no object %s', async (path) => {
    expect((await createBucket(folder)(request(path))).status).toBe(403);
  });

  test('without a manifest says what to do', async () => {
    await expect(createBucket(site)(request('/a.html'))).rejects.toThrow(/build the web files/);
  });
});
