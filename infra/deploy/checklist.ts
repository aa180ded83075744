import { type StageConfig, senderDomain } from '../stage-config.ts';
import type { AwsAccount } from './aws-account.ts';
import { isComplete, readOutputs, type StackPart, stackName } from './stage-stacks.ts';

/** Done, not done with what to do, or for a person to look at. */
export interface ChecklistItem {
  readonly title: string;
  readonly state: 'done' | 'open' | 'by hand';
  readonly say?: string;
}

export interface ChecklistPorts {
  readonly account: AwsAccount;
  /** @returns the answer's status and headers; `undefined` when nobody answers */
  get(url: string): Promise<{ readonly status: number; readonly headers: Headers } | undefined>;
  /** TXT records of a name; none when there is no such name. */
  textRecords(name: string): Promise<readonly string[]>;
  countStores(tableName: string): Promise<number>;
}

/** `undefined` when it is done, else what to do. */
type Check = () => Promise<string | undefined>;

/** Everything that a first deployment needs besides the stacks, checked against the account and the running stage. */
export async function runChecklist(ports: ChecklistPorts, stage: StageConfig): Promise<readonly ChecklistItem[]> {
  const outputs = await readOutputs(ports.account, stage.name);
  const checks: Readonly<Record<string, Check>> = {
    ...stackChecks(ports, stage),
    ...mailChecks(ports, stage),
    ...edgeChecks(ports, stage, outputs),
    'There are stores': async () =>
      outputs.dealersTableName !== undefined && (await ports.countStores(outputs.dealersTableName)) > 0
        ? undefined
        : `import them: \`npm run dealers -- import data/dealers.csv --table ${outputs.dealersTableName ?? '…'} --apply\``,
  };
  const items: ChecklistItem[] = [];
  for (const [title, check] of Object.entries(checks)) {
    const say = await check().catch(saidByError);
    items.push(say === undefined ? { title, state: 'done' } : { title, state: 'open', say });
  }
  return [...items, ...BY_HAND.map(([title, say]): ChecklistItem => ({ title, state: 'by hand', say }))];
}

function stackChecks({ account }: ChecklistPorts, stage: StageConfig): Record<string, Check> {
  const parts: StackPart[] = ['Data', ...(stage.issuer ? [] : ['Identity' as const]), 'Api', 'Edge', 'Alarms'];
  const name = (part: StackPart): string => stackName(stage.name, part);
  const redo = `deploy again: \`npm run deploy -- --stage ${stage.name}\``;
  return {
    'All stacks are complete': async () => {
      const stacks = await Promise.all(parts.map(async (part) => [part, await account.stack(name(part))] as const));
      const bad = stacks.filter(([, stack]) => stack === undefined || !isComplete(stack));
      if (bad.length === 0) return undefined;
      return `${bad.map(([part, stack]) => `${name(part)} is ${stack?.status ?? 'not there'}`).join(', ')}: ${redo}`;
    },
    'Stacks with data are protected from deletion': async () => {
      const keepers = parts.filter((part) => part === 'Data' || part === 'Identity');
      const stacks = await Promise.all(keepers.map(async (part) => [part, await account.stack(name(part))] as const));
      const bad = stacks.filter(([, stack]) => !stack?.terminationProtection);
      return bad.length === 0 ? undefined : `${bad.map(([part]) => name(part)).join(', ')}: ${redo}`;
    },
    'Pepper, signing key and origin key have values': async () => {
      const ids = await account.resourceIds(name('Data'), 'AWS::SecretsManager::Secret');
      const values = await Promise.all(ids.map((id) => account.secretHasValue(id)));
      if (ids.length >= 3 && values.every(Boolean)) return undefined;
      return `${values.filter(Boolean).length} of ${Math.max(ids.length, 3)} have one: restore the others, never make new ones (docs/deploy.md)`;
    },
    ...(stage.issuer === undefined && {
      'Someone can sign in': async () => {
        const [pool] = await account.resourceIds(name('Identity'), 'AWS::Cognito::UserPool');
        if (pool !== undefined && (await account.poolHasUsers(pool))) return undefined;
        return `invite colleagues: \`aws cognito-idp admin-create-user --user-pool-id ${pool ?? '…'} --username <address>\``;
      },
    }),
    'Alarms reach a person': async () => {
      const [topic] = await account.resourceIds(name('Alarms'), 'AWS::SNS::Topic');
      const { confirmed, pending } =
        topic === undefined ? { confirmed: 0, pending: 0 } : await account.subscribers(topic);
      if (confirmed > 0) return undefined;
      if (pending > 0) return `the link in the mail to ${stage.alarmEmail ?? 'the subscriber'} is to be clicked`;
      return `set alarmEmail in config/${stage.name}.json, or subscribe someone to ${topic ?? 'the topic'}`;
    },
    'No alarm sounds, the canary’s included': async () => {
      const states = Object.entries(await account.alarms(`AlpineLocator-${stage.name}-`));
      if (states.length === 0) return `there are no alarms: ${redo}`;
      const sounding = states.filter(([, state]) => state === 'ALARM').map(([alarm]) => alarm);
      return sounding.length === 0 ? undefined : `${sounding.join(', ')}: see docs/runbook.md`;
    },
  };
}

function mailChecks({ account, textRecords }: ChecklistPorts, stage: StageConfig): Record<string, Check> {
  const domain = senderDomain(stage);
  return {
    [`SES has verified ${domain}, with DKIM`]: async () => {
      const identity = await account.mailIdentity(domain);
      if (identity === undefined) {
        return `SES does not know it: set senderIdentity to "made" in config/${stage.name}.json and deploy, or verify it by hand`;
      }
      if (identity.verified && identity.dkimStatus === 'SUCCESS') return undefined;
      const records = identity.dkimTokens.map(
        (token) => `${token}._domainkey.${domain} CNAME ${token}.dkim.amazonses.com`,
      );
      return [`DKIM is ${identity.dkimStatus}: put these records into the DNS of ${domain}`, ...records].join('\n');
    },
    [`${domain} has a DMARC policy`]: async () => {
      const records = await textRecords(`_dmarc.${domain}`);
      if (records.some((record) => /^v=DMARC1\s*;/i.test(record))) return undefined;
      return `mailbox providers want one of who sends much: _dmarc.${domain} TXT "v=DMARC1; p=quarantine; rua=mailto:…"`;
    },
    'SES sends to everyone, as fast as the stage says': async () => {
      const { outOfSandbox, sendingEnabled, mailsPerSecond } = await account.mailAccount();
      if (!outOfSandbox) return 'the account is in the sandbox: ask for production access in the SES console';
      if (!sendingEnabled) return 'sending is paused: see the SES console, "Reputation metrics"';
      if (mailsPerSecond >= stage.mailsPerSecond) return undefined;
      return `the account may send ${mailsPerSecond} mails a second: set mailsPerSecond in config/${stage.name}.json to that, or ask for more`;
    },
  };
}

function edgeChecks(
  { account, get }: ChecklistPorts,
  { siteUrl, name }: StageConfig,
  { apiUrl, distributionId, distributionDomainName }: Awaited<ReturnType<typeof readOutputs>>,
): Record<string, Check> {
  const edge = `https://${distributionDomainName ?? '…'}`;
  return {
    'The firewall stands before the distribution': async () => {
      const found = distributionId === undefined ? undefined : await account.distribution(distributionId);
      if (found?.webAclId.startsWith('arn:aws:wafv2:') && found.deployed) return undefined;
      return found?.webAclId ? 'CloudFront is still spreading a change: check again in some minutes' : 'deploy again';
    },
    'The API refuses who comes around the edge': async () => {
      const answer = apiUrl === undefined ? undefined : await get(`${apiUrl}/v1/health`);
      if (answer?.status === 403) return undefined;
      return `${apiUrl ?? 'the API'}/v1/health answers ${statusOf(answer)} and not 403: deploy again, and look at the log of get-health`;
    },
    'The API answers through the edge': async () => {
      const answer = await get(`${edge}/v1/health`);
      if (answer?.status === 200) return undefined;
      return `${edge}/v1/health answers ${statusOf(answer)}: 403 means that edge and functions have different origin keys, so deploy again`;
    },
    [`${siteUrl} leads to this stage`]: async () => {
      const answer = await get(`${siteUrl}/v1/health`);
      if (answer?.status === 200) return undefined;
      return `it answers ${statusOf(answer)}: point its DNS to ${distributionDomainName ?? 'the distribution'} and give config/${name}.json a domain, or make ${edge} its siteUrl`;
    },
    'The pages are there, with their policy': async () => {
      const answer = await get(`${edge}/`);
      if (answer?.status !== 200) return `${edge}/ answers ${statusOf(answer)}: deploy again`;
      const policy = answer.headers.get('content-security-policy') ?? '';
      return policy.includes("default-src 'none'") ? undefined : `${edge}/ has no content security policy`;
    },
  };
}

/** What no program can see. */
const BY_HAND: readonly (readonly [string, string])[] = [
  [
    'Mails sign their List-Unsubscribe',
    'send yourself a form, and look at the mail’s source: h= of the DKIM signature names list-unsubscribe and list-unsubscribe-post',
  ],
  ['One-click unsubscription works', 'Gmail shows “Unsubscribe” beside the sender of such a mail: click it'],
  [
    'Word from SES comes back',
    'send a form to bounce@simulator.amazonses.com: the reservation’s mail is marked failed in the log',
  ],
  ['A wake-up was practised', 'the runbook says for each alarm how to test it: test one'],
];

function statusOf(answer: { readonly status: number } | undefined): string {
  return answer === undefined ? 'nothing' : String(answer.status);
}

/** A check that could not be made is not done; what AWS says is for the person at the terminal. */
function saidByError(error: unknown): string {
  return `could not be checked: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}

const MARKS: Readonly<Record<ChecklistItem['state'], string>> = { done: '[x]', open: '[ ]', 'by hand': ' · ' };

export function checklistLines(items: readonly ChecklistItem[]): string[] {
  return items.map(({ title, state, say }) =>
    [
      `${MARKS[state]} ${title}`,
      ...(say ?? '')
        .split('\n')
        .filter(Boolean)
        .map((line) => `      ${line}`),
    ].join('\n'),
  );
}
