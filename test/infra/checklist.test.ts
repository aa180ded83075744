import { beforeEach, describe, expect, test } from 'vitest';
import { checklistLines, runChecklist } from '../../infra/deploy/checklist.ts';
import type { ChecklistPorts } from '../../infra/deploy/checklist-check.ts';
import { parseStage } from '../../infra/stage-config.ts';
import { MemoryAccount, stackOf } from '../support/memory-account.ts';

const STAGE = parseStage(
  'prod',
  JSON.stringify({
    siteUrl: 'https://alpine.locator.internal',
    widgetOrigins: [],
    senderEmail: 'no-reply@alpine.locator.internal',
    fallbackLeadEmail: 'leads@locator.internal',
    escalationEmail: 'store-group@locator.internal',
    accessEmail: 'access@locator.internal',
    alarmEmail: 'operations@locator.internal',
  }),
);
const name = (part: string): string => `AlpineLocator-prod-${part}`;

let account: MemoryAccount;
let answers: Map<string, { status: number; headers: Headers }>;
let stores: number;
let records: string[];
beforeEach(() => {
  account = doneAccount();
  stores = 287;
  records = ['v=spf1 -all', 'v=DMARC1; p=reject'];
  const answer = (status: number, headers = {}) => ({ status, headers: new Headers(headers) });
  answers = new Map([
    ['https://api.example/v1/health', answer(403)],
    ['https://d1.cloudfront.net/v1/health', answer(200)],
    ['https://alpine.locator.internal/v1/health', answer(200)],
    ['https://d1.cloudfront.net/', answer(200, { 'content-security-policy': "default-src 'none'; script-src 'self'" })],
  ]);
});

function doneAccount(): MemoryAccount {
  const made = new MemoryAccount();
  made.stacks.set(name('Data'), stackOf({ outputs: { dealersTableName: 'dealers', OriginKeySecretArn: 'arn:3' } }));
  made.stacks.set(name('Identity'), stackOf({}));
  made.stacks.set(name('Api'), stackOf({ status: 'UPDATE_COMPLETE', outputs: { ApiUrl: 'https://api.example' } }));
  made.stacks.set(
    name('Edge'),
    stackOf({ outputs: { WebBucketName: 'web', DistributionId: 'E1', DistributionDomainName: 'd1.cloudfront.net' } }),
  );
  made.stacks.set(name('Alarms'), stackOf({}));
  made.resources.set(`${name('Data')} AWS::SecretsManager::Secret`, ['arn:1', 'arn:2', 'arn:3']);
  made.resources.set(`${name('Identity')} AWS::Cognito::UserPool`, ['us-east-1_pool']);
  made.resources.set(`${name('Alarms')} AWS::SNS::Topic`, ['arn:topic']);
  made.users = true;
  made.subscriptions.confirmed = 1;
  made.identity = { verified: true, dkimStatus: 'SUCCESS', dkimTokens: ['a', 'b', 'c'] };
  made.mail = { outOfSandbox: true, sendingEnabled: true, mailsPerSecond: 14 };
  made.alarmStates = { [name('Alarms-Canary')]: 'OK' };
  made.webAclId = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/x/y';
  return made;
}

const ports = (): ChecklistPorts => ({
  account,
  get: async (url) => answers.get(url),
  textRecords: async (host) => (host === '_dmarc.alpine.locator.internal' ? records : []),
  countStores: async () => stores,
});

async function open(): Promise<Record<string, string>> {
  const items = await runChecklist(ports(), STAGE);
  return Object.fromEntries(items.flatMap(({ title, state, say = '' }) => (state === 'open' ? [[title, say]] : [])));
}

test('of a stage where everything is done, only what a person has to look at is left', async () => {
  const items = await runChecklist(ports(), STAGE);
  expect(await open()).toEqual({});
  expect(items.filter(({ state }) => state === 'done').length).toBeGreaterThanOrEqual(15);
  expect(items.filter(({ state }) => state === 'by hand').length).toBeGreaterThanOrEqual(4);
  expect(checklistLines(items)[0]).toBe('[x] All stacks are complete');
});

const FAULTS: readonly [string, string, RegExp, () => void][] = [
  [
    'a stack was rolled back',
    'All stacks are complete',
    /Api is ROLLBACK_COMPLETE: deploy again/,
    () =>
      account.stacks.set(
        name('Api'),
        stackOf({ status: 'ROLLBACK_COMPLETE', outputs: { ApiUrl: 'https://api.example' } }),
      ),
  ],
  [
    'a stack is not there',
    'All stacks are complete',
    /Alarms is not there/,
    () => account.stacks.delete(name('Alarms')),
  ],
  [
    'someone took the protection off',
    'Stacks with data are protected from deletion',
    /Identity/,
    () => account.stacks.set(name('Identity'), stackOf({ terminationProtection: false })),
  ],
  [
    'a secret is empty',
    'Pepper, signing key and origin key have values',
    /2 of 3/,
    () => account.secretsWithout.add('arn:1'),
  ],
  [
    'nobody is in the pool',
    'Someone can sign in',
    /--user-pool-id us-east-1_pool /,
    () => {
      account.users = false;
    },
  ],
  [
    'the mail of the topic was not answered',
    'Alarms reach a person',
    /operations@locator\.internal is to be clicked/,
    () => {
      account.subscriptions.confirmed = 0;
      account.subscriptions.pending = 1;
    },
  ],
  [
    'nobody hears alarms',
    'Alarms reach a person',
    /alarmEmail in config\/prod\.json/,
    () => {
      account.subscriptions.confirmed = 0;
    },
  ],
  [
    'the canary fails',
    'No alarm sounds, the canary’s included',
    /Alarms-Canary: see docs\/runbook/,
    () => {
      account.alarmStates = { [name('Alarms-Canary')]: 'ALARM', other: 'OK' };
    },
  ],
  [
    'SES has not seen the records',
    'SES has verified alpine.locator.internal, with DKIM',
    /PENDING.*\na\._domainkey\.alpine\.locator\.internal CNAME a\.dkim\.amazonses\.com\nb\./,
    () => {
      account.identity = { verified: false, dkimStatus: 'PENDING', dkimTokens: ['a', 'b'] };
    },
  ],
  [
    'SES has no identity',
    'SES has verified alpine.locator.internal, with DKIM',
    /senderIdentity/,
    () => {
      account.identity = undefined;
    },
  ],
  [
    'there is no DMARC record',
    'alpine.locator.internal has a DMARC policy',
    /v=DMARC1/,
    () => {
      records = ['v=spf1 -all'];
    },
  ],
  [
    'the account is in the sandbox',
    'SES sends to everyone, as fast as the stage says',
    /sandbox/,
    () => {
      account.mail = { ...account.mail, outOfSandbox: false };
    },
  ],
  [
    'sending is paused',
    'SES sends to everyone, as fast as the stage says',
    /paused/,
    () => {
      account.mail = { ...account.mail, sendingEnabled: false };
    },
  ],
  [
    'SES is slower than the stage says',
    'SES sends to everyone, as fast as the stage says',
    /may send 5 mails/,
    () => {
      account.mail = { ...account.mail, mailsPerSecond: 5 };
    },
  ],
  [
    'someone took the firewall away',
    'The firewall stands before the distribution',
    /deploy again/,
    () => {
      account.webAclId = '';
    },
  ],
  [
    'the API answers everyone',
    'The API refuses who comes around the edge',
    /answers 200 and not 403/,
    () => answers.set('https://api.example/v1/health', { status: 200, headers: new Headers() }),
  ],
  [
    'edge and functions disagree',
    'The API answers through the edge',
    /answers 403.*origin keys/,
    () => answers.set('https://d1.cloudfront.net/v1/health', { status: 403, headers: new Headers() }),
  ],
  [
    'the site’s name leads nowhere',
    'https://alpine.locator.internal leads to this stage',
    /answers nothing.*d1\.cloudfront/,
    () => answers.delete('https://alpine.locator.internal/v1/health'),
  ],
  [
    'no page was uploaded',
    'The pages are there, with their policy',
    /answers 403/,
    () => answers.set('https://d1.cloudfront.net/', { status: 403, headers: new Headers() }),
  ],
  [
    'pages have no policy',
    'The pages are there, with their policy',
    /no content security policy/,
    () => answers.set('https://d1.cloudfront.net/', { status: 200, headers: new Headers() }),
  ],
  [
    'there are no stores',
    'There are stores',
    /--table dealers --apply/,
    () => {
      stores = 0;
    },
  ],
];

describe('it names what is open, and nothing else, when', () => {
  test.each(FAULTS)('%s', async (_, title, said, make) => {
    make();
    const found = await open();
    expect(Object.keys(found)).toEqual([title]);
    expect(found[title]).toMatch(said);
  });

  test('AWS does not answer a question', async () => {
    account.mailAccount = async () => {
      throw Object.assign(new Error('not authorized to perform ses:GetAccount'), { name: 'AccessDeniedException' });
    };
    expect(Object.values(await open())).toEqual([
      'could not be checked: AccessDeniedException: not authorized to perform ses:GetAccount',
    ]);
  });
});

test('a missing DNS record is people’s, an API that answers everyone is the deployment’s', async () => {
  records = [];
  answers.delete('https://api.example/v1/health');
  const items = await runChecklist(ports(), STAGE);
  expect(items.filter(({ state }) => state === 'open').map(({ of }) => of)).toEqual(['deployment', 'people']);
});

test('of a stage that was never deployed, nothing is taken for done but what others have done', async () => {
  account = new MemoryAccount();
  answers.clear();
  stores = 0;
  records = [];
  const items = await runChecklist(ports(), STAGE);
  expect(items.filter(({ state }) => state === 'done')).toEqual([]);
});

test('a stage with an issuer of its own has no pool to look after', async () => {
  const issued = {
    ...STAGE,
    issuer: { url: 'https://issuer.example.org', audience: 'locator', clientId: 'dashboard', otherOrigins: [] },
  };
  account.stacks.delete(name('Identity'));
  const items = await runChecklist(ports(), issued);
  expect(items.filter(({ state }) => state === 'open')).toEqual([]);
  expect(items.map(({ title }) => title)).not.toContain('Someone can sign in');
});
