import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ActiveReservation, ConfirmedReservation, Reservation } from './reservation.ts';
import { IDEMPOTENCY_SECONDS, type IdempotencyRecord, PENDING_SECONDS, type Transition } from './reservation-life.ts';

/** One write of a transaction, or a condition of it. */
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Time to live deletes "within a few days" (DynamoDB developer guide), in any order. */
const POINTER_OUTLIVES_SECONDS = 30 * 24 * 3600;

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
export function stateItems(tableName: string, { from, to }: Transition): TransactItem[] {
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

/** Keeps the record of a request, unless one that still counts is there. */
export function idempotencyPut(tableName: string, record: IdempotencyRecord): TransactItem {
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

/** What the partition keys of numbers begin with. */
export const NUMBER_PREFIX = 'number#';

// The keys of all the table's rows, as docs/architecture.md lists them.
export const stateKey = (reservationId: string) => ({ pk: `reservation#${reservationId}`, sk: 'state' });
export const personPointerKey = (key: string) => ({ pk: `person#${key}`, sk: 'pointer' });
export const numberKey = (number: string) => ({ pk: `${NUMBER_PREFIX}${number}`, sk: 'taken' });
export const idempotencyKey = (keyHash: string) => ({ pk: `idempotency#${keyHash}`, sk: 'record' });
export const linePartition = (dealerId: string) => `line#${dealerId}`;
export const lineSortKey = (reservation: { confirmedAt: string; id: string }) =>
  `${reservation.confirmedAt}#${reservation.id}`;
export const lineKey = (dealerId: string, reservation: { confirmedAt: string; id: string }) => ({
  pk: linePartition(dealerId),
  sk: lineSortKey(reservation),
});
