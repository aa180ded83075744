import { DASHBOARD_CONFIG_OUTPUT, DASHBOARD_CONFIG_PATH, dashboardConfigFile } from '../dashboard-config.ts';
import { ORIGIN_KEY_OUTPUT } from '../origin-key.ts';
import { type StageConfig, stackName } from '../stage-config.ts';
import type { AwsAccount } from './aws-account.ts';
import type { WebFile } from './aws-web-files.ts';
import type { Cdk } from './cdk-cli.ts';
import { originKeyFor } from './origin-key-rotation.ts';
import { checkPrerequisites, REGION } from './prerequisites.ts';
import { Refusal } from './refusal.ts';
import { requireOutputs } from './stage-stacks.ts';
import { uploadWebFiles } from './web-upload.ts';

/** What was built for a deployment. */
export interface BuiltStage {
  /** In the order in which they depend on each other. */
  readonly stackNames: readonly string[];
  /** What a deployment of it would lose: see stateful-contract.ts. */
  readonly contractFaults: readonly string[];
  readonly webFiles: ReadonlyMap<string, WebFile>;
}

export interface DeploymentPorts {
  readonly account: AwsAccount;
  readonly cdk: Cdk;
  build(): Promise<BuiltStage>;
  /** Asks the person at the terminal; `undefined` when there is none. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Loads the stores of data/dealers.csv when the table has none. */
  importStores(tableName: string): Promise<'loaded' | 'there already'>;
  now(): Date;
  print(line: string): void;
}

export interface DeploymentChoices {
  /** Ends where the difference has been shown. */
  readonly diff: boolean;
  /** Goes ahead without asking. */
  readonly yes: boolean;
  readonly rotateOriginKey: boolean;
}

/**
 * Deploys a stage: checks, builds, shows the difference and asks; then what holds data, what depends on it, the web files and the
 * first stores. Every step can be repeated: a deployment that broke off is mended by another.
 * With `diff` it only checks, builds and shows.
 * @throws Refusal when something is missing, or the person says no; nothing has been changed then
 */
export async function deployStage(
  ports: DeploymentPorts,
  stage: StageConfig,
  { diff, yes, rotateOriginKey }: DeploymentChoices,
): Promise<void> {
  const { account, cdk, print } = ports;
  const { accountId, faults } = await checkPrerequisites(account, stage);
  if (faults !== undefined) throw new Refusal(faults);
  print(`Stage ${stage.name}, account ${accountId}, region ${REGION}`);
  const { stackNames, contractFaults, webFiles } = await ports.build();
  if (contractFaults.length > 0) throw new Refusal(contractFaults);
  await cdk.diff(stackNames);
  if (diff) return;
  if (!yes) await askFirst(ports, stage);

  // The key must be there before its hashes are.
  const data = stackName(stage.name, 'Data');
  await cdk.deploy([data], {});
  const secretId = (await account.stack(data))?.outputs[ORIGIN_KEY_OUTPUT];
  if (secretId === undefined) throw new Error(`${data} does not say where the origin key is`);
  const parameters = await originKeyFor(account, stage.name, secretId, rotateOriginKey);
  await cdk.deploy(
    stackNames.filter((name) => name !== data),
    parameters,
  );

  const outputs = await requireOutputs(account, stage.name);
  const { put, deleted } = await uploadWebFiles(
    account,
    {
      bucket: outputs.webBucketName,
      distributionId: outputs.distributionId,
      reference: `${stage.name} ${ports.now().toISOString()}`,
    },
    new Map([...webFiles, ...filesOfOutputs(outputs.all)]),
  );
  print(`${put} web files are up, ${deleted.length} old ones deleted.`);
  const stores = await ports.importStores(outputs.dealersTableName);
  print(stores === 'loaded' ? 'The stores are loaded.' : 'The stores are as they were.');
}

async function askFirst({ confirm }: DeploymentPorts, { name }: StageConfig): Promise<void> {
  const answer = await confirm(`Deploy this to ${name}?`);
  if (answer === undefined)
    throw new Refusal(['There is nobody to ask: look at the difference above, then add --yes.']);
  if (!answer) throw new Refusal(['Nothing was changed.']);
}

/** What pages need to know of where they run. */
function filesOfOutputs(outputs: Readonly<Record<string, string>>): [string, WebFile][] {
  const config = dashboardConfigFile(outputs[DASHBOARD_CONFIG_OUTPUT]);
  if (config === undefined) return [];
  return [
    [
      DASHBOARD_CONFIG_PATH.slice(1),
      { body: Buffer.from(config), contentType: 'application/json', cacheControl: 'no-cache' },
    ],
  ];
}
