import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../infra/app.ts';
import { bundleFunctions } from '../../infra/bundle.ts';
import { FUNCTION_SPECS } from '../../infra/functions.ts';
import { deployableStage } from '../../infra/stage-config.ts';
import { METRICS } from '../../shared/runtime/metrics.ts';
import type { BenchOptions } from '../bench-options.ts';
import { lifeUnits } from '../reservations/lives.ts';
import { measureUnits } from '../reservations/units.ts';
import { OwnSearch } from '../search/own-search.ts';
import { clusteredDealers, origins } from '../search/places.ts';
import { meteredDynamoDb } from '../search/read-meter.ts';
import { withEmulator } from '../with-emulator.ts';
import { chargedAlarms } from './charged-alarms.ts';
import type { Holdings, Traffic } from './cost-model.ts';
import { costPage } from './cost-page.ts';
import { type MeasuredTraffics, measureTraffics } from './measured-traffic.ts';

const SEED = 20_261_125;
const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'cost.md');
/** About as many as the locator has. */
const STORES = 300;
const FULL = { searches: 200, reservations: 100 };
const QUICK = { searches: 40, reservations: 8 };
const MINUTES_A_MONTH = 30.4 * 24 * 60;
/** Steps of a walk that ask the site (`shared/canary`). */
const CANARY_STEPS = 8;

/** Measures what searches and reservations ask of each part, and writes what that costs to docs/cost.md. */
export async function runCostBench({ quick }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const say = (progress: string): void =>
    console.error(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${progress}`);
  say('the units of a search');
  const searchUnits = await withEmulator(measureSearchUnits);
  say('the units of a reservation');
  const units = await withEmulator((endpoint) => measureUnits(endpoint, SEED));
  say('what the functions do');
  const measured = await measureTraffics({ ...(quick ? QUICK : FULL), seed: SEED });
  say('what the template holds');
  const page = costPage({
    search: searchTraffic(measured, searchUnits),
    reservation: reservationTraffic(measured, lifeUnits(units, 'confirmed, at a store with two addresses')),
    holdings: holdingsOf(await resourcesOfProd(), measured),
    seed: SEED,
    date: new Date(),
    seconds: (performance.now() - startedAt) / 1000,
  });
  console.log(page);
  if (!quick) await writeFile(PAGE, page);
}

async function resourcesOfProd(): Promise<readonly Resource[]> {
  await bundleFunctions();
  const folder = await mkdtemp(join(tmpdir(), 'cost-synth-'));
  process.env['CDK_VALIDATION'] = 'false';
  try {
    const { stacks } = buildApp(deployableStage('prod'), folder).synth();
    return stacks.flatMap(({ template }) =>
      Object.values((template as { Resources: Readonly<Record<string, Resource>> }).Resources),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface SearchUnits {
  readonly readUnits: number;
}

/** One instance for all, as a warm one answers: it keeps what it has read for a minute, which other places seldom make use of. */
async function measureSearchUnits(endpoint: string): Promise<SearchUnits> {
  const database = meteredDynamoDb(endpoint);
  const own = await OwnSearch.load(database, 'dealers', clusteredDealers(STORES, SEED));
  const contender = own.fresh();
  const asked = origins(SEED);
  database.takeCost();
  for (const { point } of asked) await contender.nearest(point, 10);
  return { readUnits: database.takeCost().readUnits / asked.length };
}

function searchTraffic({ search }: MeasuredTraffics, { readUnits }: SearchUnits): Traffic {
  return {
    functions: search.functions,
    edgeRequests: 1,
    edgeFunctionRuns: 1,
    apiRequests: 1,
    bytesOut: search.answerBytes,
    // Counting is a transaction for each batch of lines: in a quiet minute for each search.
    writeUnits: (search.functions.find(({ name }) => name === 'count-searches')?.runs ?? 0) * 4,
    readUnits,
    mails: 0,
  };
}

function reservationTraffic(
  { reservation }: MeasuredTraffics,
  { writeUnits, readUnits }: { readonly writeUnits: number; readonly readUnits: number },
): Traffic {
  return {
    functions: reservation.functions,
    // The form, its submission, the confirmation page with its script and stylesheet, and the confirmation.
    edgeRequests: 6,
    edgeFunctionRuns: 6,
    apiRequests: 3,
    bytesOut: reservation.answerBytes + 30_000,
    writeUnits,
    readUnits,
    mails: 4,
  };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** What the template of `prod` has that costs by the month. */
function holdingsOf(resources: readonly Resource[], { scheduled }: MeasuredTraffics): Holdings {
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  const rules = ofType('AWS::WAFv2::WebACL').flatMap(({ Properties }) => Properties['Rules'] as readonly unknown[]);
  const metricNames = new Set(
    ofType('AWS::Logs::MetricFilter').flatMap(({ Properties }) =>
      (Properties['MetricTransformations'] as readonly { MetricName: string }[]).map(({ MetricName }) => MetricName),
    ),
  );
  return {
    webAcls: ofType('AWS::WAFv2::WebACL').length,
    webAclRules: rules.length,
    alarms: chargedAlarms(resources),
    metrics: metricNames.size + Object.keys(METRICS).length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    secrets: ofType('AWS::SecretsManager::Secret').length,
    keys: ofType('AWS::KMS::Key').length,
    scheduled: scheduled.map((run) => ({ ...run, runs: runsAMonth(run.name) })),
    canaryRequests: runsAMonth('walk-canary') * CANARY_STEPS,
  };
}

function runsAMonth(functionName: string): number {
  const trigger = FUNCTION_SPECS.find(([name]) => name === functionName)?.[1].trigger;
  return MINUTES_A_MONTH / (trigger !== undefined && 'everyMinutes' in trigger ? trigger.everyMinutes : 24 * 60);
}
