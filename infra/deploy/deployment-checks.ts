import { type StackPart, stackName } from '../stage-config.ts';
import { type Checked, type Checks, statusOf } from './checklist-check.ts';
import { isComplete } from './stage-stacks.ts';

/** What a deployment itself has to leave behind. */
export function deploymentChecks(checked: Checked): Checks {
  return { ...stackChecks(checked), ...edgeChecks(checked) };
}

function stackChecks({ account, stage, outputs, countStores }: Checked): Checks {
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
    'There are stores': async () =>
      outputs.dealersTableName !== undefined && (await countStores(outputs.dealersTableName)) > 0
        ? undefined
        : `import them: \`npm run dealers -- import data/dealers.csv --table ${outputs.dealersTableName ?? '…'} --apply\``,
  };
}

function edgeChecks({ account, get, outputs }: Checked): Checks {
  const { apiUrl, distributionId, distributionDomainName } = outputs;
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
    'The pages are there, with their policy': async () => {
      const answer = await get(`${edge}/`);
      if (answer?.status !== 200) return `${edge}/ answers ${statusOf(answer)}: deploy again`;
      const policy = answer.headers.get('content-security-policy') ?? '';
      return policy.includes("default-src 'none'") ? undefined : `${edge}/ has no content security policy`;
    },
  };
}
