import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { InterestCountsQuery } from '../shared/contract/interest-counts.ts';
import { type AuditDesk, auditCounts, hasDrift } from '../shared/counts/audit-counts.ts';
import { countInterests } from '../shared/counts/count-interests.ts';
import { factTable } from '../shared/counts/fact-table.ts';
import { COUNT_NAMES, type Counts } from '../shared/counts/grouping.ts';
import { HeadMoved } from '../shared/counts/head.ts';
import { rebuild } from '../shared/counts/rebuild.ts';
import type { RollUpDesk } from '../shared/counts/roll-up.ts';
import { rollupTable } from '../shared/counts/rollup-table.ts';
import { openGazetteer } from '../shared/gazetteer/gazetteer.ts';
import { standingReservations } from '../shared/reservations/standing-table.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { HostError } from './host-error.ts';
import { findLocalTables } from './local-tables.ts';

const USAGE = `npm run counts -- rebuild        makes all roll-ups anew from the facts; everything else goes on meanwhile
npm run counts -- audit          recounts from the reservations; ends with 1 on any difference
npm run counts -- show [--by KEY[,KEY]] [--from DAY] [--to DAY]
  --facts NAME --rollups NAME [--reservations NAME]   tables of the AWS account in use, instead of the stack on this machine`;

/** The tables of counting, of the stack that runs here or of an account. */
interface Target {
  readonly client: DynamoDBDocumentClient;
  readonly names: Readonly<Record<'facts' | 'rollups' | 'reservations', string | undefined>>;
}

/** @returns the exit code */
async function main(): Promise<number> {
  const { command, options } = commandLine();
  const target = await findTarget(options);
  const facts = factTable(target.client, nameOf(target, 'facts'));
  const rollups = rollupTable(target.client, nameOf(target, 'rollups'));
  if (command === 'rebuild') return rebuildAll({ facts, rollups });
  if (command === 'show') return show(options, { facts, rollups });
  const tableName = nameOf(target, 'reservations');
  return audit({ facts, rollups, standings: () => standingReservations(target.client, tableName) });
}

async function rebuildAll(tables: Pick<RollUpDesk, 'facts' | 'rollups'>): Promise<number> {
  const desk = { ...tables, nowMilliseconds: Date.now, newId: randomUUID };
  const done = await rebuild(desk, (day) => process.stderr.write(`\r${day}`));
  if (done === undefined) console.log('There are no facts in closed hours yet: nothing to roll up.');
  else
    console.log(`\rRolled up ${done.days} days, until ${done.closedBefore}; ${done.deleted} old generations deleted.`);
  return 0;
}

async function audit(desk: AuditDesk): Promise<number> {
  const { reservations, periods, drift } = await auditCounts(desk);
  console.log(`${reservations} reservations and ${periods} roll-ups looked at.`);
  console.log(
    hasDrift(drift)
      ? `Drift: ${drift.active} active in ${drift.groups} groups, ${drift.withdrawn} withdrawn, ${drift.rollups} roll-ups.`
      : 'The counts are the truth.',
  );
  return hasDrift(drift) ? 1 : 0;
}

async function show(
  { by, from, to }: Readonly<Partial<Record<'by' | 'from' | 'to', string | undefined>>>,
  tables: Pick<RollUpDesk, 'facts' | 'rollups'>,
): Promise<number> {
  const asked = InterestCountsQuery.safeParse({ ...(by && { by }), ...(from && { from }), ...(to && { to }) });
  if (!asked.success) {
    throw new HostError(asked.error.issues.map(({ path, message }) => `--${String(path[0])} ${message}`).join('\n'));
  }
  const gazetteer = openGazetteer(readFileSync(new URL('../data/gazetteer/gazetteer.bin', import.meta.url)));
  const keys = asked.data.by ?? [];
  const question = { by: keys, filters: {}, from: asked.data.from, to: asked.data.to };
  const desk = { ...tables, censusOf: (state: string) => gazetteer.findState(state) };
  const { total, groups } = await countInterests(question, desk);
  console.table([
    ...groups.map((group) => ({ ...Object.fromEntries(keys.map((key) => [key, group[key]])), ...onlyCounts(group) })),
    { ...(keys[0] && { [keys[0]]: 'total' }), ...onlyCounts(total) },
  ]);
  return 0;
}

function onlyCounts(counts: Counts): Counts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, counts[name]])) as Counts;
}

function commandLine() {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { by: text, from: text, to: text, facts: text, rollups: text, reservations: text },
    });
    const [command, ...rest] = positionals;
    const isKnown = command === 'rebuild' || command === 'audit' || command === 'show';
    const isAsked = values.by !== undefined || values.from !== undefined || values.to !== undefined;
    if (!isKnown || rest.length > 0 || (isAsked && command !== 'show')) throw new HostError(USAGE);
    return { command, options: values };
  } catch (error) {
    if (error instanceof TypeError) throw new HostError(`${error.message}\n${USAGE}`, { cause: error });
    throw error;
  }
}

async function findTarget(options: {
  readonly facts?: string | undefined;
  readonly rollups?: string | undefined;
  readonly reservations?: string | undefined;
}): Promise<Target> {
  const { facts, rollups, reservations } = options;
  if (facts !== undefined || rollups !== undefined || reservations !== undefined) {
    return { client: documentClient(), names: { facts, rollups, reservations } };
  }
  return await findLocalTables(['facts', 'rollups', 'reservations']);
}

function nameOf({ names }: Target, table: keyof Target['names']): string {
  const name = names[table];
  if (name === undefined) throw new HostError(`Name the table with --${table} NAME.`);
  return name;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof HeadMoved) console.error('Another rebuild was done first; its roll-ups count. Nothing is lost.');
  else if (error instanceof HostError) console.error(error.message);
  else throw error;
  process.exitCode = 1;
}
