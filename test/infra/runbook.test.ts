import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { chargedAlarms } from '../../bench/cost/charged-alarms.ts';
import { FUNCTION_SPECS, FUNCTIONS } from '../../infra/functions.ts';
import { localStage } from '../../infra/stage-config.ts';
import { METRICS } from '../../shared/runtime/metrics.ts';
import { type SynthesizedResource, synthesize } from '../support/synthesized.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const runbook = readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8');

let resources: (SynthesizedResource & { readonly logicalId: string })[];
const ofType = (...types: string[]) => resources.filter(({ Type }) => types.includes(Type));
const alarms = () => ofType('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm');

/** Sections by their anchors, as GitHub makes them of headings. */
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.split('\n', 1)[0]?.toLowerCase().replaceAll(' ', '-') ?? '', text] as const),
);
const ofAlarms = [...sections].filter(([anchor]) => anchor !== 'first');

beforeAll(() => {
  const { stacks } = synthesize(
    localStage({ siteUrl: 'http://127.0.0.1:1', issuerUrl: 'http://127.0.0.1:1/i', webhookAllowLoopback: false }),
  );
  resources = stacks.flatMap(({ template }) =>
    Object.entries((template as { Resources: Record<string, SynthesizedResource> }).Resources).map(
      ([logicalId, resource]) => ({ ...resource, logicalId }),
    ),
  );
});

describe('the runbook', () => {
  test('has a section for every alarm, to which its text leads, and no other section', () => {
    const led = alarms().map(
      ({ Properties }) => /\n\n.+runbook\.md#([\w-]+)$/.exec(String(Properties['AlarmDescription']))?.[1],
    );
    expect(led.length).toBeGreaterThan(20);
    const budgets = ofType('AWS::Budgets::Budget').map(() => 'budget');
    expect([...new Set([...led, ...budgets])].toSorted()).toEqual(ofAlarms.map(([anchor]) => anchor).toSorted());
  });

  test.each(ofAlarms)('says of %s what it means, how to look, how to fix it and how to test it', (_, text) => {
    const parts = [...text.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, name]) => name);
    expect(parts).toEqual(['Means', 'Look', 'Fix', 'Test']);
  });

  test('names lines, metrics, functions, commands and sections that exist', () => {
    const sources = ['shared', 'functions'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
    );
    const messages = matches(/message = "([^"]+)"/g);
    expect(messages.length).toBeGreaterThan(5);
    expect(messages.filter((message) => !sources.some((source) => source.includes(`'${message}'`)))).toEqual([]);

    const metrics = matches(/metric `(\w+)`/g);
    expect(metrics.length).toBeGreaterThan(2);
    expect(metrics.filter((name) => !Object.values<string>(METRICS).includes(name))).toEqual([]);

    const functions = [...matches(/\b(?:ask|call) ([\w-]+) '/g), ...matches(/\$\(fn ([\w-]+)\)/g)];
    expect(functions.filter((name) => name !== 'AccessLog' && !(name in FUNCTIONS))).toEqual([]);

    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    expect(matches(/npm run ([\w-]+)/g).filter((name) => !(name in scripts))).toEqual([]);
    expect(matches(/\]\(#([\w-]+)\)/g).filter((anchor) => !sections.has(anchor))).toEqual([]);
  });
});

test('the runbook’s shell finds one resource for each name that it is given', () => {
  // As `resource` does: by type, and by the beginning of the logical id.
  const found = (type: string, name: string) =>
    ofType(`AWS::${type}`).filter(({ logicalId }) => logicalId.startsWith(name.replaceAll('-', '')));
  for (const [name] of FUNCTION_SPECS) {
    expect(found('Lambda::Function', name), name).toHaveLength(1);
    expect(found('Logs::LogGroup', name), name).toHaveLength(1);
  }
  expect(found('Logs::LogGroup', 'AccessLog')).toHaveLength(1);
  const queues = [...runbook.matchAll(/\bresource (SQS::Queue) ([\w-]+)/g)];
  expect(queues.length).toBeGreaterThan(1);
  for (const [, type = '', name = ''] of queues) expect(found(type, name), name).toHaveLength(1);
});

describe('alarms', () => {
  test('fit their descriptions into what CloudWatch takes', () => {
    for (const { Properties } of alarms())
      expect(String(Properties['AlarmDescription']).length).toBeLessThanOrEqual(1024);
  });

  test('all reach the topic, but for windows, which are parts of others', () => {
    const silent = alarms().filter(
      ({ Properties }) => (Properties['AlarmActions'] as unknown[] | undefined)?.length !== 1,
    );
    expect(silent.length).toBeGreaterThan(0);
    for (const { Properties } of silent) expect(Properties['AlarmDescription']).toMatch(/^A part of \w+: the last/);
  });

  test('about own metrics listen for what functions write', () => {
    const own = new Set<string>(Object.values(METRICS));
    const filtered = new Set(
      ofType('AWS::Logs::MetricFilter').flatMap(({ Properties }) =>
        (Properties['MetricTransformations'] as { MetricName: string }[]).map(({ MetricName }) => MetricName),
      ),
    );
    const listened = JSON.stringify(alarms()).matchAll(
      /"(?:MetricName":"(\w+)","Namespace":"AlpineLocator\/local"|Namespace":"AlpineLocator\/local","MetricName":"(\w+)")/g,
    );
    const names = [...listened].map(([, first, second]) => first ?? second ?? '');
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !own.has(name) && !filtered.has(name))).toEqual([]);
  });

  test('cost no more than a quarter of the fixed costs: $0.10 a metric of each, $0.50 a composite one (CloudWatch pricing)', () => {
    const { metrics, composite } = chargedAlarms(resources);
    const cents = metrics * 10 + composite * 50;
    expect(cents).toBeLessThanOrEqual(1_000);
    // Three are free.
    expect(ofType('AWS::CloudWatch::Dashboard').length).toBeLessThanOrEqual(3);
  });
});

function matches(pattern: RegExp): string[] {
  return [...runbook.matchAll(pattern)].map(([, found]) => found ?? '');
}
