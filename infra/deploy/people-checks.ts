import { senderDomain, stackName } from '../stage-config.ts';
import { type Checked, type Checks, statusOf } from './checklist-check.ts';

/** What people have to arrange, once, around a stage. */
export function peopleChecks(checked: Checked): Checks {
  return { ...accessChecks(checked), ...mailChecks(checked) };
}

function accessChecks({ account, get, stage, outputs }: Checked): Checks {
  const { siteUrl, name: stageName } = stage;
  const { distributionDomainName } = outputs;
  return {
    [`${siteUrl} leads to this stage`]: async () => {
      const answer = await get(`${siteUrl}/v1/health`);
      if (answer?.status === 200) return undefined;
      return `it answers ${statusOf(answer)}: point its DNS to ${distributionDomainName ?? 'the distribution'} and give config/${stageName}.json a domain, or make https://${distributionDomainName ?? '…'} its siteUrl`;
    },
    ...(stage.issuer === undefined && {
      'Someone can sign in': async () => {
        const [pool] = await account.resourceIds(stackName(stageName, 'Identity'), 'AWS::Cognito::UserPool');
        if (pool !== undefined && (await account.poolHasUsers(pool))) return undefined;
        return `invite colleagues: \`aws cognito-idp admin-create-user --user-pool-id ${pool ?? '…'} --username <address>\``;
      },
    }),
    'Alarms reach a person': async () => {
      const [topic] = await account.resourceIds(stackName(stageName, 'Alarms'), 'AWS::SNS::Topic');
      const { confirmed, pending } =
        topic === undefined ? { confirmed: 0, pending: 0 } : await account.subscribers(topic);
      if (confirmed > 0) return undefined;
      if (pending > 0) return `the link in the mail to ${stage.alarmEmail ?? 'the subscriber'} is to be clicked`;
      return `set alarmEmail in config/${stage.name}.json, or subscribe someone to ${topic ?? 'the topic'}`;
    },
    'No alarm sounds, the canary’s included': async () => {
      const states = Object.entries(await account.alarms(`AlpineLocator-${stage.name}-`));
      if (states.length === 0) return 'there are no alarms: deploy again';
      const sounding = states.filter(([, state]) => state === 'ALARM').map(([alarm]) => alarm);
      return sounding.length === 0 ? undefined : `${sounding.join(', ')}: see docs/runbook.md`;
    },
  };
}

function mailChecks({ account, textRecords, stage }: Checked): Checks {
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

/** What no program can see. */
export const BY_HAND: readonly (readonly [string, string])[] = [
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
