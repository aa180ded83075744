import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { type DeploymentPorts, deployStage } from '../../infra/deploy/deployment.ts';
import { originKeyFor } from '../../infra/deploy/origin-key-rotation.ts';
import { Refusal } from '../../infra/deploy/refusal.ts';
import { parseStage } from '../../infra/stage-config.ts';
import { CACHE_CONTROL } from '../../web/served-files.ts';
import { MemoryAccount } from '../support/memory-account.ts';

const STAGE = parseStage(
  'dev',
  JSON.stringify({
    siteUrl: 'https://dev.alpine.locator.internal',
    widgetOrigins: [],
    senderEmail: 'no-reply@alpine.locator.internal',
    fallbackLeadEmail: 'leads@locator.internal',
    escalationEmail: 'store-group@locator.internal',
    accessEmail: 'access@locator.internal',
  }),
);
const PARTS = ['Data', 'Identity', 'Api', 'Alarms', 'Edge'];
const NAMES = PARTS.map((part) => `AlpineLocator-dev-${part}`);
const OUTPUTS = {
  Data: { dealersTableName: 'dealers', OriginKeySecretArn: 'arn:secret' },
  Api: { ApiUrl: 'https://api.example' },
  Edge: { WebBucketName: 'web', DistributionId: 'E1', DistributionDomainName: 'd1.cloudfront.net' },
};
const PAGE = { body: Buffer.from('<p>'), contentType: 'text/html; charset=utf-8', cacheControl: CACHE_CONTROL.page };
const DASHBOARD = {
  issuerUrl: 'https://issuer.example',
  clientId: 'client',
  scopes: { counts: 'locator/counts', leads: 'locator/leads' },
  accessEmail: 'operations@locator.internal',
};

let account: MemoryAccount;
let printed: string[];
let asked: number;
beforeEach(() => {
  account = new MemoryAccount();
  printed = [];
  asked = 0;
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function ports(
  more: Partial<DeploymentPorts> = {},
  outputs: Parameters<MemoryAccount['cdk']>[0] = OUTPUTS,
): DeploymentPorts {
  return {
    account,
    cdk: account.cdk(outputs),
    build: async () => ({ stackNames: NAMES, contractFaults: [], webFiles: new Map([['index.html', PAGE]]) }),
    confirm: async () => {
      asked += 1;
      return true;
    },
    importStores: async () => {
      account.calls.push('import stores');
      return 'loaded';
    },
    now: () => new Date(0),
    print: (line) => printed.push(line),
    ...more,
  };
}

const refusalOf = async (run: Promise<unknown>): Promise<string> => {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new Error(`that was not refused, but ${String(error)}`);
  return error.message;
};
const ASK = { diff: false, yes: false, rotateOriginKey: false };

describe('a first deployment', () => {
  test('shows the difference, asks, makes the key before its hashes, and files and stores at last', async () => {
    await deployStage(ports(), STAGE, ASK);
    expect(asked).toBe(1);
    expect(account.calls).toEqual([
      `diff ${NAMES.join(' ')}`,
      'deploy AlpineLocator-dev-Data',
      `deploy ${NAMES.slice(1).join(' ')}`,
      'put index.html',
      'invalidate /index.html',
      'import stores',
    ]);
    expect(account.stacks.get('AlpineLocator-dev-Api')?.parameters).toEqual({
      OriginKeyHashes: sha256('the first key'),
    });
    expect(account.stacks.get('AlpineLocator-dev-Edge')?.parameters).toEqual({ OriginKeyVersion: 'version-1' });
    expect(printed[0]).toBe('Stage dev, account 111122223333, region us-east-1');
  });

  test('tells the dashboard where it runs, out of the stacks’ outputs', async () => {
    const outputs = { ...OUTPUTS, Edge: { ...OUTPUTS.Edge, DashboardConfig: JSON.stringify(DASHBOARD) } };
    await deployStage(ports({}, outputs), STAGE, ASK);
    const file = account.files.get('dashboard/config.json');
    expect(JSON.parse(Buffer.from(file?.body ?? []).toString())).toEqual(DASHBOARD);
    expect(file).toMatchObject({ contentType: 'application/json', cacheControl: 'no-cache' });
    expect(account.calls).toContain('invalidate /dashboard/config.json /index.html');
  });
});

describe('nothing is changed, and it is said why, when', () => {
  const unchanged = () => expect(account.calls.filter((call) => !call.startsWith('diff '))).toEqual([]);

  test('addresses are nobody’s and there are no credentials: all at once', async () => {
    account.account = Object.assign(new Error('no'), { name: 'CredentialsProviderError' });
    const message = await refusalOf(
      deployStage(ports(), { ...STAGE, siteUrl: 'https://x.example.com', alarmEmail: 'a@example.com' }, ASK),
    );
    expect(message.split('\n')).toEqual([
      expect.stringContaining('siteUrl is still the placeholder'),
      expect.stringContaining('alarmEmail is still the placeholder'),
      expect.stringContaining('no AWS credentials'),
    ]);
    unchanged();
  });

  test.each([
    ['ExpiredToken', 'sign in again'],
    ['TimeoutError', 'TimeoutError'],
  ])('the credentials are of no use: %s', async (name, said) => {
    account.account = Object.assign(new Error('no'), { name });
    expect(await refusalOf(deployStage(ports(), STAGE, ASK))).toContain(said);
    unchanged();
  });

  test('the account is not bootstrapped', async () => {
    account.stacks.delete('CDKToolkit');
    expect(await refusalOf(deployStage(ports(), STAGE, ASK))).toContain('cdk bootstrap aws://111122223333/us-east-1');
    unchanged();
  });

  test('a deployment would lose data, even with --yes', async () => {
    const build = async () => ({ stackNames: NAMES, contractFaults: ['Data/Facts is gone'], webFiles: new Map() });
    expect(await refusalOf(deployStage(ports({ build }), STAGE, { ...ASK, yes: true }))).toBe('Data/Facts is gone');
    expect(account.calls).toEqual([]);
  });

  test.each([
    ['the person says no', false, 'Nothing was changed.'],
    ['there is nobody to ask', undefined, 'add --yes'],
  ])('%s', async (_, answer, said) => {
    expect(await refusalOf(deployStage(ports({ confirm: async () => answer }), STAGE, ASK))).toContain(said);
    unchanged();
  });
});

test('--yes asks nobody', async () => {
  await deployStage(ports(), STAGE, { ...ASK, yes: true });
  expect(asked).toBe(0);
  expect(account.calls).toContain('import stores');
});

test('--diff shows the difference, and asks and changes nothing', async () => {
  await deployStage(ports(), STAGE, { ...ASK, diff: true });
  expect([asked, account.calls]).toEqual([0, [`diff ${NAMES.join(' ')}`]]);
});

describe('the origin key', () => {
  const hashes = () => account.stacks.get('AlpineLocator-dev-Api')?.parameters['OriginKeyHashes']?.split(',');
  const sent = () => account.stacks.get('AlpineLocator-dev-Edge')?.parameters['OriginKeyVersion'];
  const rotate = { diff: false, yes: true, rotateOriginKey: true };

  test('rotates: functions take the old one and the new one, then the edge sends the new one', async () => {
    await deployStage(ports(), STAGE, ASK);
    await deployStage(ports(), STAGE, rotate);
    expect(account.calls.filter((call) => call === 'put origin key')).toHaveLength(1);
    const [first, second] = account.keys.map(({ key }) => key);
    expect(second).toMatch(/^[\w-]{64}$/);
    expect(hashes()).toEqual([sha256(second ?? ''), sha256(first ?? '')]);
    expect(sent()).toBe('version-2');
    await deployStage(ports(), STAGE, ASK);
    expect([hashes()?.length, sent()]).toEqual([2, 'version-2']);
  });

  test('is taken at every moment of any history of deployments that break off', async () => {
    // Each step: who makes a new key, if anyone, and how many of the two stacks are reached.
    const steps = (['deployment', 'console', undefined] as const).flatMap((maker) =>
      [0, 1, 2].map((reached) => ({ maker, reached })),
    );
    const histories = steps.flatMap((a) => steps.flatMap((b) => steps.map((c) => [a, b, c])));
    let refusals = 0;
    for (const history of histories) {
      account = new MemoryAccount();
      await deployStage(ports(), STAGE, ASK);
      for (const { maker, reached } of history) {
        if (maker === 'console') await account.putOriginKey('arn:secret', `by hand, after ${account.keys.length}`);
        const parameters = await originKeyFor(account, 'dev', 'arn:secret', maker === 'deployment').catch(
          (error: unknown) => {
            if (!(error instanceof Refusal)) throw error;
            refusals += 1;
          },
        );
        if (parameters === undefined) continue;
        const stacks = ['AlpineLocator-dev-Api', 'AlpineLocator-dev-Edge'].slice(0, reached);
        for (const name of stacks) {
          await account.cdk(OUTPUTS).deploy([name], parameters);
          const key = account.keys.find(({ versionId }) => versionId === sent())?.key;
          expect(hashes(), JSON.stringify(history)).toContain(sha256(key ?? ''));
        }
      }
    }
    expect(refusals).toBeGreaterThan(50);
  });
});

test('a deployment that broke off is mended by another', async () => {
  for (const failing of ['deploy AlpineLocator-dev-Data', 'deploy AlpineLocator-dev-Identity', 'put index.html']) {
    account = new MemoryAccount();
    const { push } = account.calls;
    account.calls.push = (...calls: string[]) => {
      if (calls.some((call) => call.startsWith(failing))) throw new Refusal(['the network is gone']);
      return push.apply(account.calls, calls);
    };
    expect(await refusalOf(deployStage(ports(), STAGE, ASK))).toBe('the network is gone');
    account.calls.push = push;
    await deployStage(ports(), STAGE, ASK);
    expect(account.files.has('index.html')).toBe(true);
    expect(account.stacks.get('AlpineLocator-dev-Edge')?.parameters).toEqual({ OriginKeyVersion: 'version-1' });
  }
});
