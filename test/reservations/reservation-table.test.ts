import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Limit } from '../../shared/limits/limit.ts';
import type { ActiveReservation, ConfirmedReservation, Reservation } from '../../shared/reservations/reservation.ts';
import { change } from '../../shared/reservations/reservation-change.ts';
import {
  CommitRefused,
  confirm,
  type Interest,
  PENDING_SECONDS,
  submit,
  type Transition,
  withdraw,
} from '../../shared/reservations/reservation-life.ts';
import { makeReservationNumber } from '../../shared/reservations/reservation-number.ts';
import { reservationTable } from '../../shared/reservations/reservation-table.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { handoverBy, interestOf, type Wish } from './interests.ts';
import { START } from './test-desk.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

let people = 0;
beforeEach(() => {
  people += 1;
});

const at = (nowMilliseconds: number) => ({ nowMilliseconds, newId: randomUUID });
const wants = (dealerId: string | null, model = 'a110'): Interest => interestOf(people, { model, dealerId }, START);
const freshNumber = () => makeReservationNumber(crypto.getRandomValues(new Uint8Array(7)));

function confirmStep(current: Reservation, nowMilliseconds = START, number = freshNumber()): Transition {
  const step = confirm(current, current.version, number, handoverBy(['lead-mail']), at(nowMilliseconds));
  if (step === undefined || 'status' in step) throw new Error('must be a step');
  return step;
}

function changeStep(current: ConfirmedReservation, asked: Partial<Wish>): Transition {
  const { dealerId, model } = { ...current, ...asked };
  const { person, dimensions } = interestOf(people, { model, dealerId, phone: asked.phone }, START);
  const step = change(
    current,
    { ...current, dealerId, person, dimensions },
    handoverBy(['lead-mail']),
    'changed',
    at(START),
  );
  if (step === undefined) throw new Error('must be a step');
  return step;
}

async function commit(step: Transition): Promise<Reservation> {
  await tables.reservations.commit(step);
  return step.to;
}

async function everything(): Promise<string> {
  const items = await Promise.all((['reservations', 'facts', 'outbox'] as const).map((name) => tables.scan(name)));
  return JSON.stringify(items.map((table) => table.map((item) => JSON.stringify(item)).sort()));
}

type Part = 'fact' | 'outbox row' | 'version';

/** The steps of a life, each after those before it, and what could keep each from being written. */
const STEPS: readonly { readonly name: string; readonly parts: readonly Part[]; stepOf(): Promise<Transition> }[] = [
  {
    name: 'a first form',
    parts: ['fact', 'outbox row'],
    stepOf: async () => submit(undefined, wants('north'), at(START)),
  },
  {
    name: 'another form',
    parts: ['outbox row', 'version'],
    stepOf: async () => submit(await pending(), wants('south'), at(START)),
  },
  {
    name: 'the same form again',
    parts: ['outbox row', 'version'],
    stepOf: async () => submit(await pending(), wants('north'), at(START)),
  },
  {
    name: 'a form after the seven days',
    parts: ['fact', 'outbox row', 'version'],
    stepOf: async () => submit(await pending(), wants('north'), at(START + PENDING_SECONDS * 1000)),
  },
  {
    name: 'a confirmation',
    parts: ['fact', 'outbox row', 'version'],
    stepOf: async () => confirmStep(await pending()),
  },
  {
    name: 'a change of store',
    parts: ['fact', 'outbox row', 'version'],
    stepOf: async () => changeStep(confirmedOf(await commit(confirmStep(await pending()))), { dealerId: 'south' }),
  },
  {
    name: 'a change that is not counted',
    parts: ['outbox row', 'version'],
    stepOf: async () => changeStep(confirmedOf(await commit(confirmStep(await pending()))), { phone: '+13055550123' }),
  },
  {
    name: 'a withdrawal',
    parts: ['fact', 'outbox row', 'version'],
    stepOf: async () => withdraw(confirmedOf(await commit(confirmStep(await pending()))), at(START)),
  },
];

async function pending(): Promise<ActiveReservation> {
  return activeOf(await commit(submit(undefined, wants('north'), at(START))));
}

function activeOf(reservation: Reservation): ActiveReservation {
  if (reservation.status === 'withdrawn') throw new Error('must be active');
  return reservation;
}

function confirmedOf(reservation: Reservation): ConfirmedReservation {
  if (reservation.status !== 'confirmed') throw new Error('must be confirmed');
  return reservation;
}

/** Makes what is there already refuse a part of the step. Gives the step to try. */
async function spoil(step: Transition, part: Part): Promise<Transition> {
  const other = submit(undefined, { ...wants('north'), personKey: `1:${randomUUID()}` }, at(START));
  switch (part) {
    case 'fact':
      await commit({ ...other, facts: step.facts.slice(0, 1) });
      return step;
    case 'outbox row':
      await commit({ ...other, deliveries: step.deliveries.slice(-1) });
      return step;
    case 'version': {
      if (step.from === undefined) throw new Error('must stand on something');
      const from = { ...step.from, version: 99 };
      return { ...step, from, to: step.from === step.to ? from : step.to };
    }
  }
}

describe.each(STEPS)('$name', ({ parts, stepOf }) => {
  test.each(parts)('is not written at all when its %s is refused', async (part) => {
    const spoilt = await spoil(await stepOf(), part);
    for (const { hour } of spoilt.facts) await tables.facts.announceDay(hour.slice(0, 10));
    const before = await everything();
    await expect(tables.reservations.commit(spoilt)).rejects.toMatchObject({ reason: 'changed' });
    expect(await everything()).toBe(before);
  });

  test('is written once', async () => {
    const step = await stepOf();
    await tables.reservations.commit(step);
    const before = await everything();
    await expect(tables.reservations.commit(step)).rejects.toThrow(CommitRefused);
    expect(await everything()).toBe(before);
  });
});

test('a number is never given twice, not even after a withdrawal', async () => {
  const number = freshNumber();
  const first = await commit(confirmStep(await pending(), START, number));
  await commit(withdraw(confirmedOf(first), at(START)));
  people += 1;
  const second = await pending();
  const step = confirmStep(second, START, number);
  await expect(tables.reservations.commit(step)).rejects.toMatchObject({
    name: 'CommitRefused',
    reason: 'number-taken',
  });
  expect(await tables.reservations.find(second.id)).toEqual(second);
  // Another number would not help one that has changed as well.
  await commit(submit(second, wants('south'), at(START)));
  await expect(tables.reservations.commit(step)).rejects.toMatchObject({ name: 'CommitRefused', reason: 'changed' });
});

describe('a cancelled transaction', () => {
  const committed = async (codes: readonly string[] | undefined) => {
    const answer = new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      ...(codes && { CancellationReasons: codes.map((Code) => ({ Code })) }),
    });
    const client = {
      send: (command: unknown) =>
        command instanceof TransactWriteCommand ? Promise.reject(answer) : tables.client.send(command as never),
    } as typeof tables.client;
    const table = reservationTable(client, tables.names.reservations, tables);
    const error = await table.commit(submit(undefined, wants('north'), at(START))).catch((reason: unknown) => reason);
    return error === answer ? 'fault' : error instanceof CommitRefused ? error.reason : error;
  };

  test('is a refusal only for what passes or came first; everything else is a fault, told as it is', async () => {
    for (const code of ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']) {
      expect(await committed(['None', code])).toBe('conflict');
      expect(await committed([code, 'ConditionalCheckFailed'])).toBe('conflict');
    }
    expect(await committed(['None', 'ConditionalCheckFailed'])).toBe('changed');
    expect(await committed(['None', 'ValidationError'])).toBe('fault');
    expect(await committed(['ConditionalCheckFailed', 'ItemCollectionSizeLimitExceeded'])).toBe('fault');
    expect(await committed(['TransactionConflict', 'ValidationError'])).toBe('fault');
    for (const nothing of [undefined, [], ['None', 'None']]) expect(await committed(nothing)).toBe('fault');
  });
});

describe('a limit that is reached', () => {
  const limit: Limit = { of: 'mailbox', most: 1, windowSeconds: 3600 };
  const counts = (subject: string) => [tables.limits.addition(limit, subject, START)];

  test('refuses the whole step, and says so', async () => {
    const subject = randomUUID();
    const first = submit(undefined, wants('north'), at(START));
    await tables.reservations.commit(first, undefined, counts(subject));
    const before = await everything();
    const again = submit(activeOf(first.to), wants('south'), at(START));
    await expect(tables.reservations.commit(again, undefined, counts(subject))).rejects.toMatchObject({
      reason: 'limit-reached',
    });
    expect(await everything()).toBe(before);
    await tables.reservations.commit(again, undefined, counts(randomUUID()));
  });

  test('is not what is said when something else came first: a request that was taken before is to be found', async () => {
    const subject = randomUUID();
    const record = { keyHash: randomUUID(), fingerprint: 'f', expiresAtSeconds: START / 1000 + 24 * 3600 };
    const first = submit(undefined, wants('north'), at(START));
    await tables.reservations.commit(first, record, counts(subject));
    const again = submit(activeOf(first.to), wants('north'), at(START));
    await expect(tables.reservations.commit(again, record, counts(subject))).rejects.toMatchObject({
      reason: 'changed',
    });
  });

  test('counts no step that is refused for another reason', async () => {
    const subject = randomUUID();
    const first = submit(undefined, wants('north'), at(START));
    await commit(first);
    await expect(tables.reservations.commit(first, undefined, counts(subject))).rejects.toMatchObject({
      reason: 'changed',
    });
    expect(await tables.limits.take(limit, subject, START)).toBeUndefined();
  });
});

test('the place in line is the rank by time of confirmation among those who stand', async () => {
  const time = fc.integer({ min: START, max: START + 4 });
  const confirmations = fc.array(fc.record({ time, store: fc.constantFrom('a', 'b'), leaves: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(confirmations, fc.uuid(), async (all, run) => {
      const standing: (ConfirmedReservation & { dealerId: string })[] = [];
      for (const { time: confirmedAt, store, leaves } of all) {
        people += 1;
        const dealerId = `${store}-${run}`;
        const asked = await commit(submit(undefined, wants(dealerId), at(START)));
        const confirmed = confirmedOf(await commit(confirmStep(asked, confirmedAt)));
        if (leaves) await commit(withdraw(confirmed, at(START)));
        else standing.push({ ...confirmed, dealerId });
      }
      for (const own of standing) {
        const before = standing.filter(
          ({ dealerId, confirmedAt, id }) =>
            dealerId === own.dealerId &&
            (confirmedAt < own.confirmedAt || (confirmedAt === own.confirmedAt && id < own.id)),
        );
        expect(await tables.reservations.placeInLine(own)).toBe(before.length + 1);
      }
    }),
    { numRuns: 10 },
  );
});
