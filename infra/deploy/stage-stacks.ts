import { ORIGIN_KEY_OUTPUT } from '../origin-key.ts';
import { type StackPart, stackName } from '../stage-config.ts';
import type { AwsAccount, DeployedStack } from './aws-account.ts';

/** What the rest of a deployment needs to know of its stacks. */
export interface StageOutputs {
  readonly dealersTableName: string;
  readonly originKeySecretId: string;
  readonly apiUrl: string;
  readonly webBucketName: string;
  readonly distributionId: string;
  readonly distributionDomainName: string;
  /** All of them, by name. */
  readonly all: Readonly<Record<string, string>>;
}

/** @returns the outputs of all stacks that are there; `undefined` where one is missing */
export async function readOutputs(
  account: Pick<AwsAccount, 'stack'>,
  stage: string,
): Promise<{ readonly [name in keyof Omit<StageOutputs, 'all'>]: string | undefined } & Pick<StageOutputs, 'all'>> {
  const parts: readonly StackPart[] = ['Data', 'Identity', 'Api', 'Edge', 'Alarms'];
  const stacks = await Promise.all(parts.map((part) => account.stack(stackName(stage, part))));
  const all: Record<string, string> = Object.assign({}, ...stacks.map((stack) => stack?.outputs ?? {}));
  return {
    dealersTableName: all['dealersTableName'],
    originKeySecretId: all[ORIGIN_KEY_OUTPUT],
    apiUrl: all['ApiUrl'],
    webBucketName: all['WebBucketName'],
    distributionId: all['DistributionId'],
    distributionDomainName: all['DistributionDomainName'],
    all,
  };
}

/** @throws Error naming every output that the stacks lack */
export async function requireOutputs(account: Pick<AwsAccount, 'stack'>, stage: string): Promise<StageOutputs> {
  const outputs = await readOutputs(account, stage);
  const missing = Object.entries(outputs).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length > 0) throw new Error(`the stacks of ${stage} have no output for ${missing.join(', ')}`);
  return outputs as StageOutputs;
}

/** Whether CloudFormation has finished with a stack and it is of use. */
export function isComplete({ status }: DeployedStack): boolean {
  return status.endsWith('_COMPLETE') && !status.startsWith('DELETE_') && status !== 'ROLLBACK_COMPLETE';
}
