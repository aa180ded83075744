import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FunctionError } from '../../local/aws/function-pool.ts';
import { type Host, type LogLine, startHost } from '../../local/host.ts';
import { LOCAL_CREDENTIALS } from '../../local/local-account.ts';
import { buildFixture } from './fixture/app.ts';

const lines: LogLine[] = [];
let host: Host;
let database: DynamoDBClient;

beforeAll(async () => {
  host = await startHost({
    port: 0,
    mailPort: 0,
    dataDir: undefined,
    build: buildFixture,
    log: (line) => lines.push(line),
  });
  database = new DynamoDBClient({
    endpoint: host.dynamoDbEndpoint,
    region: host.region,
    credentials: LOCAL_CREDENTIALS,
  });
});
afterAll(async () => {
  database.destroy();
  await host.stop();
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(host.siteUrl + path, init);
const act = (action: string, init?: RequestInit): Promise<Response> =>
  get(`/v1/do/${action}`, { method: 'POST', ...init });
const put = async (item: unknown): Promise<void> => {
  const response = await act('put', { headers: { 'content-type': 'application/json' }, body: JSON.stringify(item) });
  expect(response.status).toBe(200);
};

async function timesSeen(pk: string): Promise<number> {
  const { Item } = await database.send(
    new GetItemCommand({
      TableName: host.environment['SEEN_TABLE_NAME'],
      Key: { pk: { S: pk } },
      ConsistentRead: true,
    }),
  );
  return Number(Item?.['times']?.N ?? 0);
}

describe('the host serves the template’s API', () => {
  test('with the event that the distribution’s policies let through', async () => {
    const response = await get('/v1/echo/a%20b?x=1&x=2', {
      headers: { cookie: 'q=1', 'x-own': 'lost', accept: 'application/json', authorization: 'Bearer abc' },
    });
    const { event } = (await response.json()) as {
      event: Record<string, unknown> & { headers: Record<string, string> };
    };
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /v1/echo/{id}',
      rawPath: '/v1/echo/a b',
      rawQueryString: 'x=1&x=2',
      queryStringParameters: { x: '1,2' },
      pathParameters: { id: 'a b' },
    });
    expect(event.headers).toMatchObject({
      accept: 'application/json',
      authorization: 'Bearer abc',
      'cloudfront-viewer-address': expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      'x-edge': 'yes',
      host: expect.stringMatching(/\.execute-api\.us-east-1\.amazonaws\.com$/),
    });
    expect(event.headers).not.toHaveProperty('x-own');
    expect(event).not.toHaveProperty('cookies');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test('keeps an environment for the next event and starts another after a crash', async () => {
    const invocations = async (): Promise<unknown> => await (await act('bare')).json();
    const { invocations: before } = (await invocations()) as { invocations: number };
    expect(await invocations()).toEqual({ invocations: before + 1 });
    const crashed = await act('crash');
    expect(crashed.status).toBe(500);
    expect(await crashed.json()).toEqual({ message: 'Internal Server Error' });
    expect(await invocations()).toEqual({ invocations: 1 });
  });

  test('serves events at the same time in environments of their own', async () => {
    const answers = await Promise.all(['1', '2', '3'].map(async (id) => (await get(`/v1/echo/${id}`)).status));
    expect(answers).toEqual([200, 200, 200]);
  });

  test.each(['throw', 'malformed'])('with 500 and nothing of the fault when a function does %s', async (action) => {
    const response = await act(action);
    expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  test('with 500 when a function runs out of its time', async () => {
    expect((await act('sleep')).status).toBe(500);
    expect(lines.some(({ text }) => text.includes('Task timed out after 1.00 seconds'))).toBe(true);
  });

  test('and hands a function what Lambda hands it', async () => {
    expect(await (await act('context')).json()).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionName: 'fixture-api',
      memoryLimitInMB: '256',
      region: 'us-east-1',
      remainingMs: expect.closeTo(1000, -3),
    });
  });

  test('and sends binary bodies', async () => {
    const response = await act('binary');
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(0, 1, 2));
  });

  test('with the gateway’s own answers for unknown routes, missing tokens and large bodies', async () => {
    expect((await get('/v1/nothing')).status).toBe(404);
    expect((await get('/v1/%zz')).status).toBe(400);
    expect((await get('/v1/counts')).status).toBe(401);
    const authorization = `Bearer ${await host.issueToken('counts')}`;
    expect((await get('/v1/counts', { headers: { authorization } })).status).toBe(200);
    expect((await act('bare', { body: new Uint8Array(10 * 1024 * 1024 + 1) })).status).toBe(413);
  });

  test('and answers preflights by itself', async () => {
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    const response = await get('/v1/do/bare', { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  });
});

describe('the host serves the distribution’s pages', () => {
  test('with the folder’s index, types, tags and security headers', async () => {
    const response = await get('/');
    expect(await response.text()).toContain('<title>home</title>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    });
    expect(await (await get('/sub/')).text()).toContain('<title>sub</title>');
    const etag = response.headers.get('etag') ?? '';
    expect((await get('/', { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('with S3’s 403 for what is not there or lies outside', async () => {
    for (const path of ['/nothing.html', '/..%2f..%2fpackage.json', '/sub']) {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('AccessDenied')]);
    }
  });

  test('to no other method than the behaviour allows', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(403);
  });
});

describe('the host runs what stands behind the API', () => {
  test('gives functions their secrets and takes their mails', async () => {
    const secret = { kid: 'k1', key: expect.stringMatching(/^.{40}$/) };
    expect(await (await act('secret')).json()).toEqual({ secret });
    const { messageId } = (await (await act('mail')).json()) as { messageId: string };
    const { emails } = (await (await fetch(`${host.mailUrl}/store`)).json()) as { emails: { messageId: string }[] };
    expect(emails.map((mail) => mail.messageId)).toContain(messageId);
  });

  test('refuses what a function’s policy does not grant, as AWS does, and keeps the refusal', async () => {
    const refused = (await (await act('forbidden')).json()) as string[];
    expect(refused).toEqual([
      expect.stringMatching(
        /^AccessDeniedException: User: .*fixture-api is not authorized to perform: dynamodb:PutItem on .*Seen/,
      ),
      expect.stringMatching(/^AccessDeniedException: .* secretsmanager:PutSecretValue on .*Pepper/),
      expect.stringMatching(/^AccessDeniedException: .* ses:SendEmail on .*identity\/example.com/),
    ]);
    expect(refused.join()).not.toContain('x#y');
    const actions = host.access.report().refusals.map(({ functionName, action }) => `${functionName} ${action}`);
    expect(actions.toSorted()).toEqual(
      ['dynamodb:PutItem', 'secretsmanager:PutSecretValue', 'ses:SendEmail'].map((action) => `fixture-api ${action}`),
    );
  });

  test('feeds the stream’s function with what its filter lets through, and gives up poison', async () => {
    await put({ pk: { S: 'lead-1' }, kind: { S: 'lead' } });
    await put({ pk: { S: 'other' }, kind: { S: 'other' } });
    await put({ pk: { S: 'poison' }, kind: { S: 'lead' }, poison: { BOOL: true } });
    await put({ pk: { S: 'lead-2' }, kind: { S: 'lead' } });
    await vi.waitFor(async () => expect(await timesSeen('lead-2')).toBe(1), { timeout: 5_000 });
    expect(await timesSeen('lead-1')).toBeGreaterThanOrEqual(1);
    expect(await timesSeen('other')).toBe(0);
    expect(await timesSeen('poison')).toBeGreaterThanOrEqual(3);
  });

  test('tells a mail’s bounce by the rule that waits for it, again when its function fails', async () => {
    expect((await act('mail?to=bounce@simulator.amazonses.com')).status).toBe(200);
    await vi.waitFor(async () => expect(await timesSeen('Bounce a-tag')).toBe(2), { timeout: 5_000 });
  });

  test('counts the use of each grant, those too that Lambda makes use of in the function’s name', () => {
    const { grants } = host.access.report();
    const usesOf = (functionName: string, action: string): number =>
      grants
        .filter((grant) => grant.functionName === functionName && grant.action === action)
        .reduce((sum, { uses }) => sum + uses, 0);
    expect(usesOf('fixture-stream', 'dynamodb:GetRecords')).toBeGreaterThan(0);
    expect(usesOf('fixture-stream', 'dynamodb:UpdateItem')).toBeGreaterThan(0);
    expect(usesOf('fixture-stream', 'dynamodb:DeleteItem')).toBe(0);
    expect(usesOf('fixture-api', 'logs:PutLogEvents')).toBeGreaterThan(0);
    expect(usesOf('fixture-api', 'secretsmanager:GetSecretValue')).toBeGreaterThan(0);
  });

  test('invokes a function by its name or its construct’s id', async () => {
    expect(await host.invoke('fixture-tick', { a: 1 })).toEqual({ got: { a: 1 } });
    expect(await host.invoke('tick', null)).toEqual({ got: null });
    await expect(host.invoke('fixture-api', { pathParameters: { action: 'throw' } })).rejects.toThrow(FunctionError);
    await expect(host.invoke('nobody', null)).rejects.toThrow('nobody');
  });

  test('describes itself to the tools beside it', async () => {
    expect(await (await get('/.local/stack')).json()).toMatchObject({
      dynamoDbEndpoint: host.dynamoDbEndpoint,
      region: 'us-east-1',
      environment: {
        ITEM_TABLE_NAME: expect.stringContaining('Items'),
        SEEN_TABLE_NAME: expect.stringContaining('Seen'),
      },
      audience: 'fixture',
    });
  });

  test('goes on without a gap after a reload', async () => {
    await host.reload();
    expect(await (await act('bare')).json()).toEqual({ invocations: 1 });
    await put({ pk: { S: 'after-reload' }, kind: { S: 'lead' } });
    await vi.waitFor(async () => expect(await timesSeen('after-reload')).toBe(1), { timeout: 5_000 });
  });
});
