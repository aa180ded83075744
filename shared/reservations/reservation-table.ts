import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { FactTable } from '../counts/fact-table.ts';
import { dayOf } from '../counts/period.ts';
import type { OutboxTable } from '../outbox/outbox-table.ts';
import { PASSING_REASONS } from '../runtime/passing-reasons.ts';
import type { ActiveReservation, ConfirmedReservation, Reservation } from './reservation.ts';
import { CommitRefused, type IdempotencyRecord, type Transition } from './reservation-life.ts';
import {
  idempotencyKey,
  idempotencyPut,
  linePartition,
  lineSortKey,
  NUMBER_PREFIX,
  personPointerKey,
  reservationOfItem,
  stateItems,
  stateKey,
  type TransactItem,
} from './reservation-rows-table.ts';

/** What the deployment needs to know of the table. Its items hold people's data: it has a key of its own. */
export const RESERVATION_TABLE = {
  environmentVariable: 'RESERVATION_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAtSeconds',
} as const;

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
   * @throws CommitRefused when nothing was written, and another try may be; any other error is a fault
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

/** What the journal of erasures is told: by it they are done again on a table that comes back from a time before them. */
function erasuresOf({ to, facts }: Transition): { id: string; day: string }[] {
  return to.status === 'withdrawn' ? facts.map(({ hour }) => ({ id: to.id, day: dayOf(hour) })) : [];
}

/** What DynamoDB's reasons, one an item, say about a cancelled transaction. Any other reason, or none, is a fault of ours. */
function refusalOf(
  error: TransactionCanceledException,
  items: readonly TransactItem[],
  counts: readonly TransactItem[],
): CommitRefused | TransactionCanceledException {
  const failed = (error.CancellationReasons ?? []).flatMap(({ Code }, index) =>
    Code === undefined || Code === 'None' ? [] : [{ Code, item: items[index] }],
  );
  const isRefusal = (code: string) => code === 'ConditionalCheckFailed' || PASSING_REASONS.has(code);
  if (failed.length === 0 || !failed.every(({ Code }) => isRefusal(Code))) return error;
  if (failed.some(({ Code }) => PASSING_REASONS.has(Code))) return new CommitRefused('conflict', error);
  const numberTaken = failed.every(({ item }) => String(item?.Put?.Item?.['pk']).startsWith(NUMBER_PREFIX));
  if (numberTaken) return new CommitRefused('number-taken', error);
  // When something else came first too, what it was decides: a request that was taken before is not over any limit.
  const limitReached = failed.every(({ item }) => item !== undefined && counts.includes(item));
  return new CommitRefused(limitReached ? 'limit-reached' : 'changed', error);
}
