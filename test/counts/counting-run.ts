import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { auditCounts, hasDrift } from '../../shared/counts/audit-counts.ts';
import { countInterests } from '../../shared/counts/count-interests.ts';
import type { Fact, FactDimensions } from '../../shared/counts/fact.ts';
import { COUNT_NAMES, type Counts, countFacts, GROUP_KEYS } from '../../shared/counts/grouping.ts';
import { rebuild } from '../../shared/counts/rebuild.ts';
import { rollUp } from '../../shared/counts/roll-up.ts';
import type { ConfirmedReservation } from '../../shared/reservations/reservation.ts';
import { change } from '../../shared/reservations/reservation-change.ts';
import {
  CommitRefused,
  confirm,
  type Moment,
  submit,
  type Transition,
  withdraw,
} from '../../shared/reservations/reservation-life.ts';
import { standingReservations } from '../../shared/reservations/standing-table.ts';
import { dimensionsOfWish, handoverBy, interestOf } from '../reservations/interests.ts';
import { FAULTS, type Fault, faultyClient } from '../support/faulty-client.ts';
import type { LocatorTables, OpenTables } from '../support/locator-tables.ts';
import { censusOf } from './counting-desk.ts';

const MINUTE = 60_000;
/** Five hours before a month ends. */
const START = Date.parse('2026-11-30T19:10Z');

export interface CountingRun {
  readonly tables: LocatorTables;
  newDynamoDb(): DynamoDBClient;
  /** Numbers in [0, 1), the same for the same seed. */
  readonly random: () => number;
  readonly rounds: number;
  /** Of a hundred requests, how many go wrong. */
  readonly faultsInHundred: number;
}

export interface CountingRunDone {
  readonly transitions: number;
  readonly facts: number;
  readonly faults: ReadonlyMap<Fault, number>;
  readonly rollUps: number;
  readonly rebuilds: number;
  readonly audits: number;
  readonly counts: number;
  readonly total: Counts;
}

/** Ends of requests that anyone may be told of and try again. */
const TOLD = [
  'TimeoutError',
  'ProvisionedThroughputExceededException',
  'CommitRefused',
  'HeadMoved',
  'TransactionCanceledException',
];

/**
 * People ask, confirm, change and withdraw, while roll-ups, rebuilds, counts and audits go on, over the end of a month, and requests of all
 * but the last two go wrong. A count must lie between what was committed before it and what was tried until it ended; an audit must find
 * nothing; and in the end every count must be that of all facts, and `active` the reservations that stand.
 * @throws AssertionError
 */
export async function runCounting(run: CountingRun): Promise<CountingRunDone> {
  const { tables, random } = run;
  const faults = new Map<Fault, number>();
  const late: (() => Promise<unknown>)[] = [];
  let isOver = false;
  const nextFault = (inHundred: number): Fault | undefined => {
    if (isOver || random() * 100 >= inHundred) return undefined;
    const fault = FAULTS[Math.floor(random() * FAULTS.length)] ?? 'never-sent';
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
    return fault;
  };
  const faultyAt = (inHundred: number): OpenTables => {
    const later = (send: () => Promise<unknown>) => void late.push(send);
    return tables.open(faultyClient(() => nextFault(inHundred), later, run.newDynamoDb()));
  };
  const faulty = faultyAt(run.faultsInHundred);
  // A day's roll-up is some 70 requests, a rebuild hundreds: with more faults none would ever be done.
  const faultyNowAndThen = faultyAt(run.faultsInHundred / 10);
  let now = START;
  const done = { transitions: 0, rollUps: 0, rebuilds: 0, audits: 0, counts: 0 };
  // What is certain to be in a count that begins now, and what may be.
  const certain = { submitted: 0, withdrawn: 0 };
  const possible = { submitted: 0, withdrawn: 0 };
  const moment = (): Moment => ({ nowMilliseconds: now, newId: randomUUID });

  async function commit(through: OpenTables, step: Transition): Promise<void> {
    const events = step.facts.map(({ event }) => event);
    const own = {
      submitted: events.filter((event) => event === 'submitted').length,
      withdrawn: events.filter((event) => event === 'withdrawn').length,
    };
    possible.submitted += own.submitted;
    possible.withdrawn += own.withdrawn;
    try {
      await through.reservations.commit(step);
    } catch (error) {
      // Refused: certain not to be there.
      if (error instanceof CommitRefused) {
        possible.submitted -= own.submitted;
        possible.withdrawn -= own.withdrawn;
      }
      throw error;
    }
    certain.submitted += own.submitted;
    certain.withdrawn += own.withdrawn;
    done.transitions += 1;
  }

  async function step(): Promise<void> {
    const person = Math.floor(random() * 40);
    const act = random();
    const wish = { model: pick(['a110', 'undecided'], random), dealerId: pick(['north', 'south', null], random) };
    const current = await faulty.reservations.findByPerson(`1:person-${person}`);
    if (current === undefined) {
      const interest = { ...interestOf(person, wish, now), dimensions: somewhere(dimensionsOfWish(wish), random) };
      return commit(faulty, submit(undefined, interest, moment()));
    }
    if (current.status === 'pending') {
      const number = `ALP-${randomUUID().slice(0, 8)}`;
      const next = confirm(current, current.version, number, handoverBy([]), moment());
      return next !== undefined && 'facts' in next ? commit(faulty, next) : undefined;
    }
    if (act < 0.3) return commit(faulty, withdraw(current, moment()));
    const next = changed(current, wish, moment());
    if (next !== undefined) await commit(faulty, next);
  }

  const desk = (through: OpenTables) => ({ ...through, nowMilliseconds: () => now, newId: randomUUID, censusOf });
  const lanes: readonly ((round: number) => Promise<unknown>)[] = [
    step,
    step,
    step,
    async (round) => {
      if (round % 2 > 0) return;
      await rollUp(desk(faultyNowAndThen));
      done.rollUps += 1;
    },
    async (round) => {
      if (round % 7 > 0) return;
      await rebuild(desk(faultyNowAndThen));
      done.rebuilds += 1;
    },
    async () => {
      const least = { ...certain };
      const { total } = await countInterests({ by: [], filters: {} }, desk(tables));
      for (const name of ['submitted', 'withdrawn'] as const) {
        assert.ok(total[name] >= least[name] && total[name] <= possible[name], `${name} was ${total[name]}`);
      }
      done.counts += 1;
    },
    async (round) => {
      if (round % 9 > 0) return;
      await expectNoDrift(tables);
      done.audits += 1;
    },
  ];

  for (let round = 0; round < run.rounds; round += 1) {
    await Promise.all(lanes.map((lane) => lane(round).catch(unlessTold)));
    // What was timed out is done before its hour is closed: no function runs longer than that.
    await Promise.all(late.splice(0).map((send) => send().catch(() => undefined)));
    now += Math.floor(random() * 80 * MINUTE);
  }
  isOver = true;
  now += 3 * 60 * MINUTE;
  await rollUp(desk(tables));
  await expectNoDrift(tables);
  const facts = await tables.facts.readFacts({});
  const total = await expectTruth(tables, facts);
  return { ...done, facts: facts.length, faults, total };
}

export const auditDesk = (tables: LocatorTables) => ({
  facts: tables.facts,
  rollups: tables.rollups,
  standings: () => standingReservations(tables.client, tables.names.reservations),
});

async function expectNoDrift(tables: LocatorTables): Promise<void> {
  const { drift } = await auditCounts(auditDesk(tables));
  assert.ok(!hasDrift(drift), `the audit found ${JSON.stringify(drift)}`);
}

/** Every count by one key is that of all facts, and what is active stands. */
async function expectTruth(tables: LocatorTables, facts: readonly Fact[]): Promise<Counts> {
  const desk = { ...tables, censusOf };
  for (const key of GROUP_KEYS) {
    const counted = await countInterests({ by: [key], filters: {} }, desk);
    assert.deepEqual(counted, countFacts(facts, [key], {}, censusOf), `by ${key}`);
  }
  const { total } = countFacts(facts, [], {}, censusOf);
  const states = (await tables.scan('reservations')).filter(({ sk }) => sk === 'state');
  assert.equal(total.active, states.filter(({ status }) => status === 'confirmed').length);
  assert.equal(total.withdrawn, states.filter(({ status }) => status === 'withdrawn').length);
  assert.ok(
    COUNT_NAMES.every((name) => total[name] > 0),
    'everything has happened',
  );
  return total;
}

function changed(
  current: ConfirmedReservation,
  wish: { model: string; dealerId: string | null },
  moment: Moment,
): Transition | undefined {
  const { person, timeframe, locale, consents, dimensions } = current;
  const wanted = { person, timeframe, locale, consents, ...wish };
  const counted = { ...dimensions, model: wish.model, dealer: wish.dealerId ?? 'none' };
  return change(current, { ...wanted, dimensions: counted }, handoverBy([]), 'changed', moment);
}

function somewhere(dimensions: FactDimensions, random: () => number): FactDimensions {
  const place = pick(
    [
      { state: 'FL', county: '12011', metro: '33100', zip3: '333' },
      { state: 'TX', county: '48113', metro: '19100', zip3: '752' },
      { state: 'unknown', county: 'unknown', metro: 'unknown', zip3: '090' },
    ],
    random,
  );
  return { ...dimensions, ...place, campaign: pick(['spring', 'none'], random) };
}

function pick<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new RangeError('there is nothing to pick from');
  return value;
}

function unlessTold(error: unknown): void {
  if (!(error instanceof Error) || !TOLD.includes(error.name)) throw error;
}
