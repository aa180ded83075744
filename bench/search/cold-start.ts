import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleFunctions } from '../../infra/bundle.ts';
import { DEALER_TABLE } from '../../shared/dealers/dealer-table.ts';
import { ORIGIN_KEY_HASHES_VARIABLE } from '../../shared/runtime/environment.ts';
import { gatewayEvent, TEST_ORIGIN_KEY_HASHES } from '../../test/support/gateway-event.ts';
import { percentile } from '../percentile.ts';

const run = promisify(execFile);

const FUNCTION = 'find-dealers';
const ROOT = join(import.meta.dirname, '..', '..');
const GAZETTEER = join(ROOT, 'data', 'gazetteer', 'gazetteer.bin');

/** From importing the bundle to its first answer, as Lambda would. The log's lines go before the figure. */
const FIRST_ANSWER = `
  const startedAt = performance.now();
  const { handler } = await import(process.argv[1]);
  const { statusCode } = await handler(JSON.parse(process.argv[2]), {});
  const milliseconds = performance.now() - startedAt;
  if (statusCode !== 200) throw new Error('the first answer has status ' + statusCode);
  console.log(milliseconds);
  process.exit();`;

/** From reading the file to the first ZIP found, without importing the module. */
const FIRST_PLACE = `
  const { openGazetteer } = await import(process.argv[1]);
  const { readFileSync } = await import('node:fs');
  const startedAt = performance.now();
  const place = openGazetteer(readFileSync(process.argv[2])).findZip('33324');
  const milliseconds = performance.now() - startedAt;
  if (place === undefined) throw new Error('the gazetteer does not know 33324');
  console.log(milliseconds);`;

export interface ColdStart {
  readonly starts: number;
  readonly bundleBytes: number;
  /** Medians. */
  readonly firstAnswerMilliseconds: number;
  /** A process of `node -e 0`, from spawn to exit. */
  readonly nodeAloneMilliseconds: number;
  readonly gazetteerBytes: number;
  readonly gazetteerLoadMilliseconds: number;
}

/** Starts the bundled search function again and again, against a table of the emulator; in turn with Node alone. */
export async function measureColdStart(endpoint: string, tableName: string, starts: number): Promise<ColdStart> {
  const folder = await mkdtemp(join(tmpdir(), 'locator-bench-'));
  try {
    const { [FUNCTION]: bundleBytes } = await bundleFunctions(folder);
    if (bundleBytes === undefined) throw new Error(`there is no bundle of ${FUNCTION}`);
    const event = gatewayEvent({ rawPath: '/v1/dealers', rawQueryString: 'near=33324&limit=5' });
    const bundle = pathToFileURL(join(folder, FUNCTION, 'index.mjs')).href;
    const gazetteerModule = pathToFileURL(join(ROOT, 'shared', 'gazetteer', 'gazetteer.ts')).href;
    const env = {
      ...process.env,
      [DEALER_TABLE.environmentVariable]: tableName,
      [ORIGIN_KEY_HASHES_VARIABLE]: TEST_ORIGIN_KEY_HASHES,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    const printedBy = async (code: string, ...args: string[]): Promise<number> => {
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code, ...args], { env });
      return Number(stdout.trimEnd().split('\n').at(-1));
    };
    const [firstAnswers, nodeAlone, gazetteerLoads]: [number[], number[], number[]] = [[], [], []];
    for (let start = 0; start < starts; start++) {
      firstAnswers.push(await printedBy(FIRST_ANSWER, bundle, JSON.stringify(event)));
      const startedAt = performance.now();
      await run(process.execPath, ['-e', '0']);
      nodeAlone.push(performance.now() - startedAt);
      gazetteerLoads.push(await printedBy(FIRST_PLACE, gazetteerModule, GAZETTEER));
    }
    return {
      starts,
      bundleBytes,
      firstAnswerMilliseconds: percentile(firstAnswers, 0.5),
      nodeAloneMilliseconds: percentile(nodeAlone, 0.5),
      gazetteerBytes: (await stat(GAZETTEER)).size,
      gazetteerLoadMilliseconds: percentile(gazetteerLoads, 0.5),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
