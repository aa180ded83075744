import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Fact } from '../../shared/counts/fact.ts';
import { FACT_TABLE, factItem, factTable } from '../../shared/counts/fact-table.ts';
import { dayOf, firstHourOf } from '../../shared/counts/period.ts';
import { type RollUpDesk, rollUp } from '../../shared/counts/roll-up.ts';
import { ROLLUP_TABLE, rollupTable } from '../../shared/counts/rollup-table.ts';
import { withKeys } from '../../test/support/locator-tables.ts';
import { createTable } from '../create-table.ts';
import { PLAIN_TABLES, plainItems } from './plain.ts';
import { type SeededReservation, seededReservations } from './seeded-facts.ts';

const YEAR = { from: '2026-01-01', days: 365 } as const;
/** In the afternoon of the last day: its hours up to 15 are closed, what came since is not. */
const NOW = Date.parse('2026-12-31T15:40Z');
const NOW_HOUR = '2026-12-31T15';

export interface Scene {
  readonly reservations: number;
  /** Facts until now, by day. */
  readonly byDay: ReadonlyMap<string, readonly Fact[]>;
  /** What the plain ways read, or only its bytes when it is too much to load. */
  readonly standing: readonly SeededReservation[];
  readonly factsLoaded: number;
  readonly rollUpSeconds: number;
}

/**
 * The tables of counting after a year. Facts are loaded all, or those of the last day alone: what is rolled up is then made from the same
 * facts by the same code, with its facts from memory.
 */
export async function makeScene(
  dynamoDb: DynamoDBClient,
  options: {
    readonly seed: number;
    readonly reservations: number;
    readonly loadsAll: boolean;
    readonly loadsPlain: boolean;
  },
  say: (progress: string) => void,
): Promise<Scene> {
  const { seed, reservations, loadsAll, loadsPlain } = options;
  const client = DynamoDBDocumentClient.from(dynamoDb);
  for (const [TableName, keys] of Object.entries({
    facts: FACT_TABLE,
    rollups: ROLLUP_TABLE,
    ...PLAIN_TABLES,
  })) {
    await createTable(dynamoDb, { TableName, ...withKeys(keys) });
  }
  const byDay = new Map<string, Fact[]>();
  const standing: SeededReservation[] = [];
  for (const reservation of seededReservations({ seed, reservations, ...YEAR })) {
    standing.push(reservation);
    for (const fact of reservation.facts) {
      if (fact.hour > NOW_HOUR) continue;
      const own = byDay.get(dayOf(fact.hour));
      if (own === undefined) byDay.set(dayOf(fact.hour), [fact]);
      else own.push(fact);
    }
  }
  const facts = factTable(client, 'facts');
  const days = [...byDay.keys()].sort();
  const loaded = loadsAll ? days : days.slice(-1);
  say(`${reservations} reservations: loading the facts of ${loaded.length} days`);
  for (const day of days) await facts.announceDay(day);
  let factsLoaded = 0;
  for (const day of loaded) factsLoaded += await load(client, 'facts', (byDay.get(day) ?? []).map(factItem));
  if (loadsPlain) {
    say(`${reservations} reservations: loading them for the plain ways`);
    const { index, reservations: items } = plainItems(standing);
    await load(client, 'index', index);
    await load(client, 'reservations', items);
  }
  say(`${reservations} reservations: rolling up`);
  const desk: RollUpDesk = {
    facts: loadsAll ? facts : factsInMemory(byDay),
    rollups: rollupTable(client, 'rollups'),
    nowMilliseconds: () => NOW,
    newId: randomUUID,
  };
  const startedAt = performance.now();
  await rollUp(desk);
  return { reservations, byDay, standing, factsLoaded, rollUpSeconds: (performance.now() - startedAt) / 1000 };
}

/** What the table of facts would give, had they been loaded. */
function factsInMemory(byDay: ReadonlyMap<string, readonly Fact[]>): RollUpDesk['facts'] {
  const readDays: RollUpDesk['facts']['readDays'] = async ({ from = '', until = '9' }) =>
    [...byDay.keys()].filter((day) => day >= dayOf(from) && firstHourOf(day) < until).sort();
  return {
    readDays,
    async readFacts(range) {
      const { from = '', until = '9' } = range;
      const days = await readDays(range);
      return days.flatMap((day) => (byDay.get(day) ?? []).filter(({ hour }) => hour >= from && hour < until));
    },
  };
}

const BATCH = 25;
const WORKERS = 8;

async function load(
  client: DynamoDBDocumentClient,
  table: string,
  items: readonly Record<string, unknown>[],
): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const some = items.slice(next, next + BATCH);
      next += BATCH;
      if (some.length === 0) return;
      const RequestItems = { [table]: some.map((Item) => ({ PutRequest: { Item } })) };
      const { UnprocessedItems = {} } = await client.send(new BatchWriteCommand({ RequestItems }));
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('the emulator left items out');
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return items.length;
}
