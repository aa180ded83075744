import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient as Documents,
  type DynamoDBDocumentClient,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { currentWording, type Locale } from '../../shared/launch/launch.ts';
import type { Reservation } from '../../shared/reservations/reservation.ts';
import { stateItem } from '../../shared/reservations/reservation-rows-table.ts';
import { itemBytes } from '../../shared/runtime/item-bytes.ts';
import type { SeededReservation } from './seeded-facts.ts';

const KEYS = { partitionKey: 'pk', sortKey: 'sk' } as const;
export const PLAIN_TABLES = { index: KEYS, reservations: KEYS } as const;

/** How many standing reservations each of two plain ways finds, and what it reads for that. */
export interface PlainCost {
  readonly way: string;
  readonly milliseconds: number | undefined;
  readonly requests: number;
  readonly readUnits: number;
}

/**
 * What the plain ways would read: the entries of an index that holds the dimensions and nothing else, and the reservations themselves. An
 * index's entry has the table's keys too. Here it is a table of its own, which is read at the same price.
 */
export function plainItems(standing: readonly SeededReservation[]) {
  const kept = standing.map((reservation, at) => ({ reservation, id: idOf(at) }));
  return {
    index: kept.map(({ reservation: { status, dimensions }, id }) => ({
      pk: 'counted',
      sk: `reservation#${id}`,
      status,
      ...(status !== 'withdrawn' && { dimensions }),
    })),
    reservations: kept.map(({ reservation, id }) => stateItem(reservationOf(reservation, id))),
  };
}

/** Counts the standing reservations in both ways. */
export async function countPlainly(
  dynamoDb: DynamoDBClient,
): Promise<readonly { way: string; milliseconds: number; found: number }[]> {
  const client = Documents.from(dynamoDb);
  const ways = { 'Query of an index': queryIndex, 'Scan of the reservations': scanReservations };
  const results: { way: string; milliseconds: number; found: number }[] = [];
  for (const [way, count] of Object.entries(ways)) {
    const startedAt = performance.now();
    const found = await count(client);
    results.push({ way, milliseconds: performance.now() - startedAt, found });
  }
  return results;
}

async function queryIndex(client: DynamoDBDocumentClient): Promise<number> {
  const pages = paginateQuery(
    { client },
    { TableName: 'index', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'counted' } },
  );
  return tally(pages);
}

async function scanReservations(client: DynamoDBDocumentClient): Promise<number> {
  return tally(paginateScan({ client }, { TableName: 'reservations', ConsistentRead: true }));
}

async function tally(pages: AsyncIterable<{ Items?: Record<string, unknown>[] | undefined }>): Promise<number> {
  const byState = new Map<string, number>();
  for await (const { Items = [] } of pages) {
    for (const { status, dimensions } of Items) {
      if (status !== 'confirmed') continue;
      const { state } = dimensions as { state: string };
      byState.set(state, (byState.get(state) ?? 0) + 1);
    }
  }
  return [...byState.values()].reduce((sum, count) => sum + count, 0);
}

const PAGE_BYTES = 1024 * 1024;

/** What both ways cost on AWS: pages of 1 MB, each rounded up to 4 KB; an index is read at half the price. */
export function plainReadUnits(standing: readonly SeededReservation[]): readonly Omit<PlainCost, 'milliseconds'>[] {
  const sums = { index: 0, reservations: 0 };
  // A part tells the mean, which hardly differs: marshalling a million takes minutes.
  const sample = standing.filter((_, at) => at % Math.ceil(standing.length / 20_000) === 0);
  const { index, reservations } = plainItems(sample);
  const marshalled = { removeUndefinedValues: true };
  for (const item of index) sums.index += itemBytes(marshall({ ...item, indexKey: 'counted' }, marshalled));
  for (const item of reservations) sums.reservations += itemBytes(marshall(item, marshalled));
  const scale = standing.length / sample.length;
  return [
    { way: 'Query of an index', ...costOf(sums.index * scale, 0.5) },
    { way: 'Scan of the reservations', ...costOf(sums.reservations * scale, 1) },
  ];
}

function costOf(bytes: number, price: number) {
  return { requests: Math.ceil(bytes / PAGE_BYTES), readUnits: Math.ceil(bytes / 4096) * price };
}

const idOf = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;

/** A reservation as a buyer leaves it, with names and addresses of the usual lengths. */
function reservationOf({ status, dimensions }: SeededReservation, id: string): Reservation {
  if (status === 'withdrawn') return { id, version: 3, status };
  const locale: Locale = dimensions.locale === 'es-US' ? 'es-US' : 'en-US';
  const at = '2026-06-15T12:00:00.000Z';
  const { version } = currentWording();
  const consent = {
    granted: true,
    version,
    locale,
    at,
    page: 'https://alpine.example/reserve',
    globalPrivacyControl: false,
  } as const;
  const base = {
    id,
    version: 1,
    person: {
      email: `buyer.${id.slice(-6)}@example.com`,
      givenName: 'Alexandra',
      familyName: 'Sampleton',
      phone: '+13055550123',
      zip: `${dimensions.zip3}24`,
    },
    personKey: `1:${'k'.repeat(43)}`,
    model: dimensions.model,
    dealerId: dimensions.dealer === 'none' ? null : dimensions.dealer,
    timeframe: dimensions.timeframe,
    locale,
    consents: [
      { ...consent, id: 'email' as const, text: 'x'.repeat(220) },
      { ...consent, id: 'phone' as const, text: 'x'.repeat(420) },
    ],
    disposableAddress: false,
    dimensions,
    history: [{ at, event: 'submitted' as const }],
  };
  return status === 'pending'
    ? { ...base, status, expiresAtSeconds: 1_790_000_000 }
    : { ...base, status, number: 'ALP-7K3Q-9XTM', confirmedAt: at, confirmedVersion: 1, leadId: id };
}
