import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AwsAccount, awsAccount } from '../../infra/deploy/aws-account.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';

interface Seen {
  readonly action: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}
interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let server: LoopbackServer;
let account: AwsAccount;
let seen: Seen[];
/** Answers by action, in AWS's own wire formats. */
let answers: Record<string, (request: Seen) => Answer>;

beforeAll(async () => {
  server = await startLoopbackServer(
    async (request, response) => {
      const body = await textOf(request);
      const path = request.url ?? '';
      const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
      const action = target ?? new URLSearchParams(body).get('Action') ?? `${request.method} ${path.split('?')[0]}`;
      const one = { action, path, headers: request.headers, body };
      seen.push(one);
      const { status = 200, body: text = '', headers = {} } = answers[action]?.(one) ?? { status: 501 };
      response.writeHead(status, headers).end(text);
    },
    () => {},
  );
  account = awsAccount({
    region: 'us-east-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  seen = [];
  answers = {};
});

const json =
  (value: unknown, status = 200) =>
  (): Answer => ({ status, body: JSON.stringify(value) });
const queryError = (code: string, message: string) => (): Answer => ({
  status: 400,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
const result = (action: string, inner: string) => (): Answer => ({
  body: `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`,
});
const sentJson = () => JSON.parse(seen.at(-1)?.body ?? '') as Record<string, unknown>;

test('the account is who STS says we are, and an error of STS is thrown', async () => {
  answers['GetCallerIdentity'] = result('GetCallerIdentity', '<Account>111122223333</Account>');
  expect(await account.accountId()).toBe('111122223333');
  answers['GetCallerIdentity'] = queryError('ExpiredToken', 'expired');
  await expect(account.accountId()).rejects.toMatchObject({ name: expect.stringMatching(/^ExpiredToken/) });
});

describe('a stack', () => {
  test('has a status, outputs and parameters', async () => {
    const pair = (kind: string, key: string, value: string) =>
      `<member><${kind}Key>${key}</${kind}Key><${kind}Value>${value}</${kind}Value></member>`;
    answers['DescribeStacks'] = result(
      'DescribeStacks',
      `<Stacks><member><StackName>S</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>
        <EnableTerminationProtection>true</EnableTerminationProtection>
        <Outputs>${pair('Output', 'ApiUrl', 'https://x')}</Outputs>
        <Parameters>${pair('Parameter', 'OriginKeyVersion', 'v1')}</Parameters></member></Stacks>`,
    );
    expect(await account.stack('S')).toEqual({
      status: 'UPDATE_COMPLETE',
      terminationProtection: true,
      outputs: { ApiUrl: 'https://x' },
      parameters: { OriginKeyVersion: 'v1' },
    });
  });

  test('that is not there is undefined; one that may not be seen is an error', async () => {
    answers['DescribeStacks'] = queryError('ValidationError', 'Stack with id S does not exist');
    expect(await account.stack('S')).toBeUndefined();
    answers['DescribeStacks'] = queryError('ValidationError', 'name is too long');
    await expect(account.stack('S')).rejects.toThrow('too long');
    answers['DescribeStacks'] = queryError('AccessDenied', 'no');
    await expect(account.stack('S')).rejects.toThrow();
  });

  test('names its resources of a type over all pages', async () => {
    const page = (id: string, type: string, next = '') =>
      result(
        'ListStackResources',
        `<StackResourceSummaries><member><ResourceType>${type}</ResourceType><PhysicalResourceId>${id}</PhysicalResourceId></member></StackResourceSummaries>${next && `<NextToken>${next}</NextToken>`}`,
      )();
    answers['ListStackResources'] = ({ body }) =>
      body.includes('NextToken=n')
        ? page('b', 'T')
        : body.includes('StackName=S')
          ? page('a', 'T', 'n')
          : page('c', 'T');
    expect(await account.resourceIds('S', 'T')).toEqual(['a', 'b']);
    expect(await account.resourceIds('S', 'Other')).toEqual([]);
  });
});

describe('the origin key', () => {
  test('is read by stage or id, and is undefined where it has no such version', async () => {
    answers['GetSecretValue'] = json({ VersionId: 'v1', SecretString: '{"version":1,"secret":"the key"}' });
    expect(await account.originKey('arn:s', 'AWSCURRENT')).toEqual({ versionId: 'v1', key: 'the key' });
    expect(sentJson()).toEqual({ SecretId: 'arn:s', VersionStage: 'AWSCURRENT' });
    await account.originKey('arn:s', { id: 'v'.repeat(32) });
    expect(sentJson()).toEqual({ SecretId: 'arn:s', VersionId: 'v'.repeat(32) });
    answers['GetSecretValue'] = json({ __type: 'ResourceNotFoundException', Message: 'no' }, 400);
    expect(await account.originKey('arn:s', 'AWSPREVIOUS')).toBeUndefined();
    answers['GetSecretValue'] = json({ __type: 'AccessDeniedException', Message: 'no' }, 400);
    await expect(account.originKey('arn:s', 'AWSCURRENT')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('is put as the member that the edge’s reference reads', async () => {
    answers['PutSecretValue'] = json({});
    await account.putOriginKey('arn:s', 'new');
    expect(sentJson()).toMatchObject({ SecretId: 'arn:s', SecretString: '{"secret":"new"}' });
  });

  test.each([
    [{ VersionIdsToStages: { v1: ['AWSCURRENT'] } }, true],
    [{ VersionIdsToStages: { v1: ['AWSPREVIOUS'] } }, false],
    [{}, false],
    [{ VersionIdsToStages: { v1: ['AWSCURRENT'] }, DeletedDate: 1 }, false],
  ])('and whether a secret has a value is known without reading it: %j', async (answer, has) => {
    answers['DescribeSecret'] = json(answer);
    expect(await account.secretHasValue('arn:s')).toBe(has);
    expect(seen.map(({ action }) => action)).toEqual(['DescribeSecret']);
  });
});

test('SES says whether a domain is verified, and what the account may', async () => {
  answers['GET /v2/email/identities/a.example'] = json({
    VerifiedForSendingStatus: true,
    DkimAttributes: { Status: 'SUCCESS', Tokens: ['t'] },
  });
  expect(await account.mailIdentity('a.example')).toEqual({ verified: true, dkimStatus: 'SUCCESS', dkimTokens: ['t'] });
  answers['GET /v2/email/identities/b.example'] = () => ({
    status: 404,
    headers: { 'x-amzn-errortype': 'NotFoundException' },
    body: '{"message":"no"}',
  });
  expect(await account.mailIdentity('b.example')).toBeUndefined();
  answers['GET /v2/email/account'] = json({
    ProductionAccessEnabled: true,
    SendingEnabled: false,
    SendQuota: { MaxSendRate: 14 },
  });
  expect(await account.mailAccount()).toEqual({ outOfSandbox: true, sendingEnabled: false, mailsPerSecond: 14 });
});

test('of the pool’s people, only that they are there is asked', async () => {
  answers['ListUsers'] = json({ Users: [{ Username: 'u' }] });
  expect(await account.poolHasUsers('us-east-1_x')).toBe(true);
  expect(sentJson()).toEqual({ UserPoolId: 'us-east-1_x', Limit: 1, AttributesToGet: ['sub'] });
  answers['ListUsers'] = json({ Users: [] });
  expect(await account.poolHasUsers('us-east-1_x')).toBe(false);
});

test('subscribers who have not answered are told from those who have, and from those who left', async () => {
  const arns = ['arn:aws:sns:us-east-1:1:t:a', 'PendingConfirmation', 'Deleted'];
  answers['ListSubscriptionsByTopic'] = result(
    'ListSubscriptionsByTopic',
    `<Subscriptions>${arns.map((arn) => `<member><SubscriptionArn>${arn}</SubscriptionArn></member>`).join('')}</Subscriptions>`,
  );
  expect(await account.subscribers('arn:t')).toEqual({ confirmed: 1, pending: 1 });
});

test('alarms of both kinds are known by their state', async () => {
  answers['DescribeAlarms'] = json({
    MetricAlarms: [{ AlarmName: 'a', StateValue: 'OK' }],
    CompositeAlarms: [{ AlarmName: 'b', StateValue: 'ALARM' }],
  });
  expect(await account.alarms('p')).toEqual({ a: 'OK', b: 'ALARM' });
  expect(sentJson()).toEqual({ AlarmNamePrefix: 'p', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
});

describe('web files', () => {
  test('are put with what they are served with', async () => {
    answers['PUT /web/widget/v1/a.js'] = () => ({});
    const served = { contentType: 'text/javascript; charset=utf-8', cacheControl: 'public, max-age=300' };
    await account.putFile('web', 'widget/v1/a.js', { body: Buffer.from('let a;'), ...served });
    expect(seen[0]).toMatchObject({
      body: 'let a;',
      headers: { 'content-type': served.contentType, 'cache-control': served.cacheControl },
    });
  });

  test('are listed over all pages, asked for their caching, and deleted', async () => {
    const page = (key: string, next = '') => ({
      body: `<ListBucketResult><IsTruncated>${next !== ''}</IsTruncated><Contents><Key>${key}</Key></Contents>${next && `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`,
    });
    answers['GET /web/'] = ({ path }) => (path.includes('continuation-token=n') ? page('b') : page('a', 'n'));
    expect(await account.fileKeys('web')).toEqual(['a', 'b']);
    answers['HEAD /web/a'] = () => ({ headers: { 'cache-control': 'immutable' } });
    expect(await account.cacheControlOf('web', 'a')).toBe('immutable');
    answers['DELETE /web/a'] = () => ({ status: 204 });
    await account.deleteFile('web', 'a');
    expect(seen.at(-1)?.action).toBe('DELETE /web/a');
  });

  test('are forgotten by the distribution, which names its firewall', async () => {
    answers['POST /2020-05-31/distribution/E1/invalidation'] = () => ({ status: 201, body: '<Invalidation/>' });
    await account.invalidate('E1', ['/index.html', '/es/index.html'], 'once');
    expect(seen[0]?.body).toContain('<Quantity>2</Quantity>');
    expect(seen[0]?.body).toContain('<CallerReference>once</CallerReference>');
    answers['GET /2020-05-31/distribution/E1'] = () => ({
      body: '<Distribution><Status>Deployed</Status><DistributionConfig><WebACLId>arn:aws:wafv2:x</WebACLId></DistributionConfig></Distribution>',
    });
    expect(await account.distribution('E1')).toEqual({ deployed: true, webAclId: 'arn:aws:wafv2:x' });
  });
});
