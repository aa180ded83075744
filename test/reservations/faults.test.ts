import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Fact } from '../../shared/counts/fact.ts';
import { countFacts } from '../../shared/counts/grouping.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import type { Reservation } from '../../shared/reservations/reservation.ts';
import { reservationOfToken } from '../../shared/reservations/reservation-desk.ts';
import { isExpired } from '../../shared/reservations/reservation-life.ts';
import { submitInterest } from '../../shared/reservations/submit-interest.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { FAULTS, type Fault, faultyClient } from '../support/faulty-client.ts';
import { type Item, type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { deskAt, formOf, type SentMail, START, sweep, type TestDesk, tokensIn } from './test-desk.ts';

const MINUTE = 60_000;
const DAY = 24 * 3600_000;
/** Happen to transactions alone, which are one request in four. */
const CONFLICTS = Array<Fault>(3).fill('conflict');

type Act =
  | { readonly is: 'submit'; readonly model: string; readonly dealerId: string | null; readonly keyed: boolean }
  /** With one of the tokens that were mailed: 0 is the latest. */
  | { readonly is: 'confirm' | 'withdraw'; readonly token: number };

interface Step {
  readonly person: number;
  readonly act: Act;
  /** How far the clock of the instance that does it is off. */
  readonly skewMs: number;
}

const anyToken = fc.constantFrom(0, 0, 0, 1, 2);
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('submit' as const),
      model: fc.constantFrom('a110', 'undecided'),
      dealerId: fc.constantFrom('north', 'south', null),
      keyed: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ is: fc.constant('confirm' as const), token: anyToken }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('withdraw' as const), token: anyToken }) },
);
const anyStep: fc.Arbitrary<Step> = fc.record({
  person: fc.nat({ max: 1 }),
  skewMs: fc.constantFrom(0, 0, -10 * MINUTE, 10 * MINUTE),
  act: anyAct,
});

/** Rounds of steps that are taken at the same moment, with a sweep of the outbox after each, and some time between. */
const anyHistory = fc.record({
  rounds: fc.array(
    fc.record({
      afterMs: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(1_000, MINUTE, 3 * MINUTE, 10 * MINUTE) },
        { weight: 1, arbitrary: fc.constant(3 * DAY) },
      ),
      steps: fc.array(anyStep, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 8, maxLength: 12, size: 'max' },
  ),
  faults: fc.infiniteStream(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...FAULTS, ...CONFLICTS) },
    ),
  ),
});

const fired = new Map<Fault, number>();
let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

/** One history: two people, what they were told, and what was mailed. */
class History {
  now = START;
  readonly campaign = randomUUID();
  readonly emails = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`];
  readonly inbox: SentMail[] = [];
  readonly ids = new Set<string>();
  readonly numberByToken = new Map<string, string>();
  readonly accepted = new Set<string>();
  readonly withdrawalTried = new Set<string>();
  readonly #faults: Iterator<Fault | undefined>;
  readonly #faulty: ReturnType<LocatorTables['open']>;

  constructor(faults: Iterator<Fault | undefined>) {
    this.#faults = faults;
    this.#faulty = tables.open(
      faultyClient((commandName) => {
        const fault: Fault | undefined = this.#faults.next().value;
        const fires = fault !== undefined && (fault !== 'conflict' || commandName === 'TransactWriteItemsCommand');
        if (fires) fired.set(fault, (fired.get(fault) ?? 0) + 1);
        return fault;
      }),
    );
  }

  desk(skewMs = 0, through = this.#faulty): TestDesk {
    return {
      ...deskAt({ now: this.now + skewMs }, through, this.inbox),
      newId: () => {
        const id = randomUUID();
        this.ids.add(id);
        return id;
      },
      // It is put off; that a request failed is no news here.
      reportFault: () => undefined,
    };
  }

  quietDesk(): TestDesk {
    return this.desk(0, tables);
  }

  async take({ person, act, skewMs }: Step): Promise<void> {
    const email = this.emails[person] ?? '';
    const desk = this.desk(skewMs);
    switch (act.is) {
      case 'submit': {
        const { model, dealerId, keyed } = act;
        const body = formOf(email, this.now + skewMs, { model, dealerId, source: { campaign: this.campaign } });
        const request = { body, idempotencyKey: keyed ? randomUUID() : undefined, globalPrivacyControl: false };
        const result = await submitInterest(request, desk);
        expect(['accepted', 'in-flight']).toContain(result.kind);
        if (result.kind === 'accepted') this.accepted.add(email);
        return;
      }
      case 'confirm': {
        const tokens = tokensIn(this.inbox, email, 'confirm');
        const token = tokens.at(-1 - (act.token % tokens.length));
        if (token === undefined) return;
        const receipt = await confirmInterest(token, desk);
        if (receipt === undefined) return;
        expect(receipt.number).toBe(this.numberByToken.get(token) ?? receipt.number);
        this.numberByToken.set(token, receipt.number);
        return;
      }
      case 'withdraw': {
        const tokens = tokensIn(this.inbox, email, 'manage');
        const token = tokens.at(-1 - (act.token % tokens.length));
        if (token === undefined) return;
        this.withdrawalTried.add(email);
        if (await withdrawReservation(token, desk)) {
          expect(await reservationOfToken(token, this.quietDesk())).toBeUndefined();
        }
      }
    }
  }
}

/** Faults that a caller is told of; anything else is a fault of ours. */
const TOLD = [
  'TimeoutError',
  'ProvisionedThroughputExceededException',
  'CommitRefused',
  'ConditionalCheckFailedException',
];

async function unlessTold(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!(error instanceof Error && TOLD.includes(error.name))) throw error;
  }
}

/** Read at one go: day by day, as counts do, would take most of the test's time. */
async function allFacts(): Promise<readonly Fact[]> {
  const items = (await tables.scan('facts')).filter((item) => item['pk'] !== 'days');
  return items.map((item) => ({
    id: String(item['sk']),
    day: String(item['pk']).slice(0, 10),
    event: item['event'] as Fact['event'],
    dimensions: item['dimensions'] as Fact['dimensions'],
  }));
}

async function expectTruth(history: History): Promise<void> {
  const { ids, campaign, inbox, emails } = history;
  const mine = (id: unknown) => ids.has(String(id));
  const items = await tables.scan('reservations');
  const states = items.flatMap((item) =>
    mine((item['reservation'] as Item | undefined)?.['id']) ? [item['reservation'] as Reservation] : [],
  );
  const rows = (await tables.scan('outbox')).filter((row) => mine(row['reservationId']));
  const leads = rows.filter((row) => row['sk'] === 'lead');
  const of = (status: Reservation['status']) => states.filter((state) => state.status === status);
  const confirmed = states.filter((state) => state.status === 'confirmed');

  // Facts are the truth, in all and by store.
  const askedFor = new Set(
    rows.flatMap((row) => (row['channel'] === 'confirmation-mail' ? [row['reservationId']] : [])),
  );
  const { total, groups } = countFacts(await allFacts(), ['dealer'], { campaign }, () => undefined);
  expect(total).toMatchObject({
    submitted: askedFor.size,
    confirmed: confirmed.length + of('withdrawn').length,
    withdrawn: of('withdrawn').length,
    active: confirmed.length,
  });
  for (const { dealer, active } of groups) {
    expect(active).toBe(confirmed.filter((state) => (state.dealerId ?? 'none') === dealer).length);
  }

  // One active reservation a person; what was accepted is there, unless it was taken back or its time is over.
  for (const email of emails) {
    const own = states.filter(
      (state) => state.status !== 'withdrawn' && state.person.email === email && !isExpired(state, history.now),
    );
    expect(own.length).toBeLessThanOrEqual(1);
    const [first] = own;
    if (first !== undefined && first.status !== 'withdrawn') {
      expect(await tables.reservations.findByPerson(first.personKey)).toEqual(first);
    }
    if (history.accepted.has(email) && history.now - START < 6 * DAY) {
      expect(inbox.map(({ to }) => to)).toContain(email);
      expect(own.length === 1 || history.withdrawalTried.has(email)).toBe(true);
    }
  }

  // Every receipt stands, or was taken back.
  for (const [token, number] of history.numberByToken) {
    const taken = items.find((item) => item['pk'] === `number#${number}`);
    const state = states.find(({ id }) => id === taken?.['reservationId']);
    if (state?.status === 'withdrawn') continue;
    expect(state).toMatchObject({ status: 'confirmed', number });
    // The link itself may be too old to ask again.
    const again = await confirmInterest(token, history.quietDesk());
    expect(again?.number ?? number).toBe(number);
  }

  // One lead for each confirmation with a store, one entry in the store's line while it stands.
  for (const state of states) {
    const own = leads.filter((lead) => lead['reservationId'] === state.id);
    const lines = items.filter((item) => String(item['sk']).endsWith(`#${state.id}`));
    if (state.status === 'withdrawn') {
      expect(own.length).toBeLessThanOrEqual(1);
      expect(lines).toEqual([]);
      continue;
    }
    const withLead = state.status === 'confirmed' && state.dealerId !== null;
    expect(own).toHaveLength(withLead ? 1 : 0);
    expect(lines).toHaveLength(withLead ? 1 : 0);
    if (!withLead) continue;
    const deliveries = rows.filter((row) => row['leadId'] === state.leadId);
    expect(deliveries).toHaveLength(state.dealerId === 'north' ? 2 : 1);
    for (const delivery of deliveries) expect(delivery['status']).toBe('delivered');
  }

  // Nothing is left behind.
  for (const row of rows) {
    if (row['sk'] !== 'lead') expect(['delivered', 'cancelled']).toContain(row['status']);
    expect(row).not.toHaveProperty('due');
  }
}

test('under faults nothing acknowledged is lost, facts equal the truth and a confirmation makes one lead', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async ({ rounds, faults }) => {
      const history = new History(faults);
      for (const { afterMs, steps } of rounds) {
        history.now += afterMs;
        await Promise.all(steps.map((step) => unlessTold(history.take(step))));
        await unlessTold(sweep(history.desk()));
      }
      // The faults are over: the longest wait for another try is a day.
      history.now += DAY + 20 * MINUTE;
      await sweep(history.quietDesk());
      await expectTruth(history);
    }),
    { numRuns: 12, endOnFailure: true },
  );
  expect([...fired.keys()].sort()).toEqual([...FAULTS].sort());
});
