import type { Access, GrantUse } from '../../local/iam/access.ts';
import { EXCUSED_GRANTS, type ExcusedGrant } from './excused-grants.ts';

type Report = ReturnType<Access['report']>;

/**
 * What is wrong between what functions may do and what they did: every refusal, every grant that nothing made use of, and every
 * excuse for one that is no longer needed.
 */
export function policyFaults(
  { grants, refusals }: Report,
  excuses: readonly ExcusedGrant[] = EXCUSED_GRANTS,
): string[] {
  const isExcusedBy = (grant: GrantUse, excuse: ExcusedGrant): boolean =>
    constructOf(grant).startsWith(excuse.functionName.replaceAll('-', '')) &&
    grant.action === excuse.action &&
    nameOf(grant).includes(excuse.resource);
  const unused = grants.filter(({ uses }) => uses === 0);
  return [
    ...refusals.map(({ message }) => `refused: ${message}`),
    ...unused
      .filter((grant) => !excuses.some((excuse) => isExcusedBy(grant, excuse)))
      .map((grant) => `never used: ${grant.functionName} may ${grant.action} on ${nameOf(grant)} (${grant.statement})`),
    ...excuses
      .filter((excuse) => excuse.dependsOnTime !== true && !unused.some((grant) => isExcusedBy(grant, excuse)))
      .map(({ functionName, action, resource }) => `no excuse needed: ${functionName}, ${action} on ${resource}`),
  ];
}

/** The policy-versus-calls table, in Markdown: a row for each action of a function on a resource. */
export function policyTable({ grants }: Report): string {
  const rows = grants.map((grant) => `| ${constructOf(grant)} | ${grant.action} | ${nameOf(grant)} | ${grant.uses} |`);
  return ['| function | action | resource | calls |', '|---|---|---|--:|', ...rows.toSorted(), ''].join('\n');
}

/** The resource without account and region, and the partition that it is narrowed to. */
function nameOf({ resource, narrowedTo }: GrantUse): string {
  const name = resource.split(':').slice(5).join(':') || resource;
  return narrowedTo === undefined ? name : `${name}, partition ${narrowedTo}`;
}

/** Of `AlpineLocator-local-Api-finddealersFunction0A1B2C3D`: `finddealers`. */
function constructOf({ functionName }: GrantUse): string {
  return (functionName.split('-').at(-1) ?? '').replace(/(Function.*)?$/, '');
}
