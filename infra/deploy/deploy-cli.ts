import { resolveTxt } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { importDealers } from '../../data/dealers/import-dealers.ts';
import { progressBar } from '../../data/dealers/progress-bar.ts';
import { dealerTable } from '../../shared/dealers/dealer-table.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';
import { documentClient } from '../../shared/runtime/dynamodb-client.ts';
import type { StageConfig } from '../stage-config.ts';
import { awsAccount } from './aws-account.ts';
import { cdkCli } from './cdk-cli.ts';
import { checklistLines, runChecklist } from './checklist.ts';
import { readChoices } from './choices.ts';
import { type BuiltStage, deployStage } from './deployment.ts';
import { checkPrerequisites, REGION } from './prerequisites.ts';
import { Refusal } from './refusal.ts';
import { readWebFiles } from './web-upload.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ASSEMBLY_DIR = join(ROOT, 'cdk.out');
const WEB_DIR = join(ROOT, 'dist', 'web');
const account = awsAccount({ region: REGION });

async function main(): Promise<void> {
  const { stage, checklist, diff, yes, rotateOriginKey } = readChoices(process.argv.slice(2), process.env);
  if (checklist) {
    const { faults } = await checkPrerequisites(account, stage);
    if (faults !== undefined) throw new Refusal(faults);
  } else {
    const ports = {
      account,
      cdk: cdkCli(ASSEMBLY_DIR, REGION),
      build: () => build(stage),
      confirm,
      importStores,
      now: () => new Date(),
      print: console.log,
    };
    await deployStage(ports, stage, { diff, yes, rotateOriginKey });
    if (diff) return;
  }
  await showChecklist(stage, checklist ? 'all' : 'deployment');
}

/** Whoever is refused need not wait for CDK and esbuild, which take seconds to load. */
async function build(stage: StageConfig): Promise<BuiltStage> {
  const [{ buildApp }, { bundleFunctions }, { buildWeb }, { contractFaults, readContract }] = await Promise.all([
    import('../app.ts'),
    import('../bundle.ts'),
    import('../../web/build.ts'),
    import('../stateful-contract.ts'),
  ]);
  await Promise.all([bundleFunctions(), buildWeb()]);
  const assembly = buildApp(stage, ASSEMBLY_DIR).synth();
  return {
    stackNames: assembly.stacks.map(({ stackName }) => stackName),
    contractFaults: contractFaults(assembly, readContract()),
    webFiles: await readWebFiles(WEB_DIR),
  };
}

async function confirm(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

async function importStores(tableName: string): Promise<'loaded' | 'there already'> {
  if ((await countStores(tableName)) > 0) return 'there already';
  const outcome = await importDealers({
    csv: await readFile(join(ROOT, 'data', 'dealers.csv'), 'utf8'),
    client: documentClient({ region: REGION }),
    tableName,
    gazetteer: openGazetteer(await readFile(join(ROOT, 'data', 'gazetteer', 'gazetteer.bin'))),
    modelIds: MODEL_IDS,
    apply: true,
    print: () => {},
    onProgress: progressBar(process.stderr),
  });
  if (outcome !== 'applied') throw new Error(`the stores of data/dealers.csv were not loaded: ${outcome}`);
  return 'loaded';
}

async function countStores(tableName: string): Promise<number> {
  return (await dealerTable(documentClient({ region: REGION }), tableName, Date.now).listDealers()).length;
}

/** @throws Refusal when an item is open that a deployment has to leave done, or any at all */
async function showChecklist(stage: StageConfig, wanted: 'deployment' | 'all'): Promise<void> {
  const items = await runChecklist({ account, get, textRecords, countStores }, stage);
  console.log(['', ...checklistLines(items)].join('\n'));
  const open = items.filter(({ state }) => state === 'open');
  if (open.length === 0) return;
  const sum = `\n${open.length} of the list are open. Look again with --checklist.`;
  if (wanted === 'all' || open.some(({ of }) => of === 'deployment')) throw new Refusal([sum]);
  console.log(sum);
}

async function get(url: string) {
  const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(15_000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer;
}

async function textRecords(name: string): Promise<readonly string[]> {
  try {
    return (await resolveTxt(name)).map((parts) => parts.join(''));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
    throw error;
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
