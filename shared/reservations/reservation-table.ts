import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { FactTable } from '../counts/fact-table.ts';
import { dayOf } from '../counts/period.ts';
import type { OutboxTable } from '../outbox/outbox-table.ts';
import type { ActiveReservation, ConfirmedReservation, Reservation } from './reservation.ts';
import {
  CommitRefused,
  IDEMPOTENCY_SECONDS,
  type IdempotencyRecord,
  PENDING_SECONDS,
  type Transition,
} from './reservation-life.ts';

/** What the deployment needs to know of the table. Its items hold people's data: it has a key of its own. */
export const RESERVATION_TABLE = {
  environmentVariable: 'RESERVATION_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAtSeconds',
} as const;

/** Time to live deletes "within a few days" (DynamoDB developer guide), in any order. */
const POINTER_OUTLIVES_SECONDS = 30 * 24 * 3600;

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export interface ReservationTable {
  find(reservationId: string): Promise<Reservation | undefined>;
  /** The person's pending or confirmed one; an expired one too, which the caller tells. */
  findByPerson(personKey: string): Promise<ActiveReservation | undefined>;
  findIdempotencyRecord(keyHash: string, nowMilliseconds: number): Promise<IdempotencyRecord | undefined>;
  /** The confirmed ones at a store before this one by time of confirmation, plus one. Strongly consistent. */
  placeInLine(reservation: ConfirmedReservation & { dealerId: string }): Promise<number>;
  /**
   * Commits a step with all it causes in one transaction.
   * @param counts limits that it counts towards; past one of them it is refused
   * @throws CommitRefused when nothing was written
   */
  commit(transition: Transition, idempotency?: IdempotencyRecord, counts?: readonly TransactItem[]): Promise<void>;
}

export function reservationTable(
  client: DynamoDBDocumentClient,
  tableName: string,
  others: { facts: FactTable; outbox: OutboxTable },
): ReservationTable {
  const get = async (key: { pk: string; sk: string }) => {
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
    return Item;
  };
  const find = async (reservationId: string): Promise<Reservation | undefined> =>
    reservationOfItem(await get(stateKey(reservationId)));

  return {
    find,

    async findByPerson(personKey) {
      const pointer = await get(personPointerKey(personKey));
      // One read more for a stranger too: how long it takes must not tell who is known.
      const reservation = await find(String(pointer?.['reservationId'] ?? 'nobody'));
      return reservation === undefined || reservation.status === 'withdrawn' ? undefined : reservation;
    },

    async findIdempotencyRecord(keyHash, nowMilliseconds) {
      const item = await get(idempotencyKey(keyHash));
      if (item === undefined || Number(item['expiresAtSeconds']) * 1000 <= nowMilliseconds) return undefined;
      return {
        keyHash,
        fingerprint: String(item['fingerprint']),
        expiresAtSeconds: Number(item['expiresAtSeconds']),
      };
    },

    async placeInLine({ dealerId, confirmedAt, id }) {
      let before = 0;
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          ConsistentRead: true,
          Select: 'COUNT',
          KeyConditionExpression: 'pk = :line AND sk < :own',
          ExpressionAttributeValues: { ':line': linePartition(dealerId), ':own': lineSortKey({ confirmedAt, id }) },
        },
      );
      for await (const page of pages) before += page.Count ?? 0;
      return before + 1;
    },

    async commit(transition, idempotency, counts = []) {
      for (const fact of transition.facts) await others.facts.announceDay(dayOf(fact.hour));
      const items: TransactItem[] = [
        ...stateItems(tableName, transition),
        ...transition.facts.map((fact) => others.facts.addition(fact)),
        ...erasuresOf(transition).map(({ id, day }) => others.facts.erasure(id, day)),
        ...others.outbox.additions(transition.lead, transition.deliveries, transition.causedBy),
        ...others.outbox.renewals(transition.renewals, transition.causedBy),
        ...(idempotency === undefined ? [] : [idempotencyPut(tableName, idempotency)]),
        ...counts,
      ];
      try {
        await client.send(new TransactWriteCommand({ TransactItems: items }));
      } catch (error) {
        throw error instanceof TransactionCanceledException ? refusalOf(error, items, counts) : error;
      }
    },
  };
}

/**
 * A reservation as it is stored: what it is counted by stands beside it, so that the audit of the counts is granted these
 * attributes and none of the person's.
 */
export function stateItem(reservation: Reservation) {
  const { status, dimensions, ...rest } = { dimensions: undefined, ...reservation };
  return {
    ...stateKey(reservation.id),
    version: reservation.version,
    status,
    ...(dimensions && { dimensions }),
    reservation: rest,
    ...(reservation.status === 'pending' && { expiresAtSeconds: reservation.expiresAtSeconds }),
  };
}

/** The reservation that `stateItem` has stored. */
export function reservationOfItem(item: Readonly<Record<string, unknown>> | undefined): Reservation | undefined {
  if (item === undefined) return undefined;
  const { status, dimensions, reservation } = item;
  return { ...(reservation as object), status, ...(dimensions !== undefined && { dimensions }) } as Reservation;
}

/**
 * The items of the reservation itself. Who guards what:
 *
 *   state    one at a time: the version read must still stand
 *   person   one active reservation a person: the pointer must be free, or still point where it did
 *   number   no two alike, not even after a withdrawal
 *   line     the place by time of confirmation
 */
function stateItems(tableName: string, { from, to }: Transition): TransactItem[] {
  if (from === to) return [unchanged(tableName, to)];
  const items: TransactItem[] = [];
  const replacesExpired = from !== undefined && from.id !== to.id;
  if (replacesExpired) {
    items.push({
      Delete: {
        TableName: tableName,
        Key: stateKey(from.id),
        ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
        ExpressionAttributeValues: { ':version': from.version },
      },
    });
  }
  items.push({
    Put: {
      TableName: tableName,
      Item: stateItem(to),
      ...(from === undefined || replacesExpired
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': from.version } }),
    },
  });
  if (to.status === 'withdrawn') {
    if (from !== undefined && from.status !== 'withdrawn') {
      items.push({ Delete: { TableName: tableName, Key: personPointerKey(from.personKey) } });
    }
    if (from?.status === 'confirmed' && from.dealerId !== null) items.push(lineExit(tableName, from, from.dealerId));
    return items;
  }
  if (to.status === 'confirmed' && from?.status === 'confirmed') return [...items, ...lineMoves(tableName, from, to)];
  items.push({
    Put: {
      TableName: tableName,
      Item: personPointer(to.personKey, to.id, to.status === 'pending' ? to.expiresAtSeconds : undefined),
      ...(from === undefined ? pointerIsFree(to) : pointerIsFreeOrAt(from.id)),
    },
  });
  if (to.status === 'confirmed' && from?.status === 'pending') {
    items.push({
      Put: {
        TableName: tableName,
        Item: { ...numberKey(to.number), reservationId: to.id },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    });
    if (to.dealerId !== null) {
      items.push(lineEntry(tableName, to, to.dealerId));
    }
  }
  return items;
}

/** A person's pointer. @param freeFromSeconds when another reservation may take its place; `undefined`: never */
export function personPointer(personKey: string, reservationId: string, freeFromSeconds: number | undefined) {
  return {
    ...personPointerKey(personKey),
    reservationId,
    ...(freeFromSeconds !== undefined && {
      freeFromSeconds,
      // Outlives the state that it leads to: who erases finds all there is.
      expiresAtSeconds: freeFromSeconds + POINTER_OUTLIVES_SECONDS,
    }),
  };
}

/** What the journal of erasures is told: by it they are done again on a table that comes back from a time before them. */
function erasuresOf({ to, facts }: Transition): { id: string; day: string }[] {
  return to.status === 'withdrawn' ? facts.map(({ hour }) => ({ id: to.id, day: dayOf(hour) })) : [];
}

/** A change of store: out of one line and into the other, there too in the order of confirmation. */
function lineMoves(tableName: string, from: ConfirmedReservation, to: ConfirmedReservation): TransactItem[] {
  if (from.dealerId === to.dealerId) return [];
  return [
    ...(from.dealerId === null ? [] : [lineExit(tableName, from, from.dealerId)]),
    ...(to.dealerId === null ? [] : [lineEntry(tableName, to, to.dealerId)]),
  ];
}

function lineEntry(tableName: string, reservation: ConfirmedReservation, dealerId: string): TransactItem {
  return { Put: { TableName: tableName, Item: lineKey(dealerId, reservation) } };
}

function lineExit(tableName: string, reservation: ConfirmedReservation, dealerId: string): TransactItem {
  return { Delete: { TableName: tableName, Key: lineKey(dealerId, reservation) } };
}

function unchanged(tableName: string, reservation: Reservation): TransactItem {
  return {
    ConditionCheck: {
      TableName: tableName,
      Key: stateKey(reservation.id),
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': reservation.version },
    },
  };
}

/** A pointer past its reservation's time is as good as free: time to live deletes both some day, the pointer last. */
function pointerIsFree(to: ActiveReservation) {
  if (to.status !== 'pending') return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR freeFromSeconds <= :writtenAt',
    ExpressionAttributeValues: { ':writtenAt': to.expiresAtSeconds - PENDING_SECONDS },
  };
}

function pointerIsFreeOrAt(reservationId: string) {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR reservationId = :id',
    ExpressionAttributeValues: { ':id': reservationId },
  };
}

function idempotencyPut(tableName: string, record: IdempotencyRecord): TransactItem {
  const { keyHash, fingerprint, expiresAtSeconds } = record;
  return {
    Put: {
      TableName: tableName,
      Item: { ...idempotencyKey(keyHash), fingerprint, expiresAtSeconds },
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAtSeconds <= :writtenAt',
      ExpressionAttributeValues: { ':writtenAt': expiresAtSeconds - IDEMPOTENCY_SECONDS },
    },
  };
}

/** What DynamoDB's reasons, one an item, say about a cancelled transaction. */
function refusalOf(
  error: TransactionCanceledException,
  items: readonly TransactItem[],
  counts: readonly TransactItem[],
): CommitRefused {
  const failed = (error.CancellationReasons ?? []).flatMap(({ Code }, index) =>
    Code === undefined || Code === 'None' ? [] : [{ Code, item: items[index] }],
  );
  if (failed.some(({ Code }) => Code !== 'ConditionalCheckFailed')) return new CommitRefused('conflict', error);
  const numberTaken = failed.every(({ item }) => String(item?.Put?.Item?.['pk']).startsWith(NUMBER_PREFIX));
  if (numberTaken) return new CommitRefused('number-taken', error);
  // When something else came first too, what it was decides: a request that was taken before is not over any limit.
  const limitReached = failed.every(({ item }) => item !== undefined && counts.includes(item));
  return new CommitRefused(limitReached ? 'limit-reached' : 'changed', error);
}

const NUMBER_PREFIX = 'number#';

const stateKey = (reservationId: string) => ({ pk: `reservation#${reservationId}`, sk: 'state' });
export const personPointerKey = (key: string) => ({ pk: `person#${key}`, sk: 'pointer' });
export const numberKey = (number: string) => ({ pk: `${NUMBER_PREFIX}${number}`, sk: 'taken' });
const idempotencyKey = (keyHash: string) => ({ pk: `idempotency#${keyHash}`, sk: 'record' });
const linePartition = (dealerId: string) => `line#${dealerId}`;
const lineSortKey = (reservation: { confirmedAt: string; id: string }) =>
  `${reservation.confirmedAt}#${reservation.id}`;
export const lineKey = (dealerId: string, reservation: { confirmedAt: string; id: string }) => ({
  pk: linePartition(dealerId),
  sk: lineSortKey(reservation),
});
