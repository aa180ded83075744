import assert from 'node:assert/strict';
import { BatchGetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Delivery, Lead } from '../../shared/outbox/delivery.ts';
import { personKey } from '../../shared/reservations/person-key.ts';
import type { ConfirmedReservation, Reservation } from '../../shared/reservations/reservation.ts';
import { reservationOfItem } from '../../shared/reservations/reservation-rows-table.ts';
import type { Item, LocatorTables } from '../support/locator-tables.ts';
import { type Attempt, type History, keyText } from './fault-history.ts';
import { STORES_TRIED } from './history-plan.ts';

type TableName = keyof LocatorTables['names'];
interface Place {
  readonly table: TableName;
  readonly pk: string;
  readonly sk: string;
}

/** An attempt, and whether it was committed; `undefined` when it left nothing by which to tell. */
export interface Judged extends Attempt {
  readonly committed: boolean | undefined;
}

/** All that the tables hold of a history, found by the keys that it may have written; nothing is scanned. */
export interface HistoryRecord {
  readonly attempts: readonly Judged[];
  /** By reservation. */
  readonly states: ReadonlyMap<string, Reservation>;
  readonly confirmed: readonly ConfirmedReservation[];
  /** By the text of their keys. */
  readonly deliveries: ReadonlyMap<string, Delivery & Item>;
  readonly facts: readonly Item[];
  /** The sort keys of a store's line, by store. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  item(table: TableName, pk: string, sk: string): Item | undefined;
  /** Everything at once, to look for traces in. */
  asText(): string;
}

export async function readRecord(history: History, tables: LocatorTables): Promise<HistoryRecord> {
  const factPlaces = history.attempts.flatMap(({ transition }) =>
    transition.facts.map((fact) => factPlace(fact, tables)),
  );
  const deliveryPlaces = history.attempts.flatMap(({ transition }) =>
    [...transition.deliveries, ...transition.renewals].map(deliveryPlace),
  );
  const places: Place[] = [
    ...factPlaces,
    ...deliveryPlaces,
    ...history.attempts.flatMap(({ transition: { to, lead }, counts }) => [
      statePlace(to.id),
      ...(lead === undefined ? [] : [leadPlace(lead)]),
      ...(to.status === 'confirmed'
        ? [{ table: 'reservations' as const, pk: `number#${to.number}`, sk: 'taken' }]
        : []),
      ...counts.map(({ Update }) => ({ table: 'limits' as const, ...(Update?.Key as { pk: string; sk: string }) })),
    ]),
    ...history.emails.map((email) => pointerPlace(email, history)),
  ];
  const [items, lines] = await Promise.all([getAll(places, tables), readLines(history, tables)]);
  const at = ({ table, pk, sk }: Place) => items.get(placeText({ table, pk, sk }));
  const states = new Map(
    history.attempts.flatMap(({ transition: { to } }) => {
      const state = reservationOfItem(at(statePlace(to.id)));
      return state === undefined ? [] : [[to.id, state] as const];
    }),
  );
  const present = <P extends Place>(list: readonly P[]) => [
    ...new Map(list.flatMap((place) => (at(place) === undefined ? [] : [[placeText(place), at(place) as Item]]))),
  ];
  return {
    attempts: history.attempts.map((attempt) => ({ ...attempt, committed: judge(attempt, at, tables) })),
    states,
    confirmed: [...states.values()].filter((state) => state.status === 'confirmed'),
    deliveries: new Map(
      present(deliveryPlaces).map(([, item]) => {
        const delivery = item as unknown as Delivery & Item;
        return [keyText(delivery), delivery];
      }),
    ),
    facts: present(factPlaces).map(([, item]) => item),
    lines,
    item: (table, pk, sk) => at({ table, pk, sk }),
    asText: () => JSON.stringify([...items.values()]),
  };
}

/**
 * Whether an attempt was committed, by what it alone would have written: all of that is there, or none. What its caller was
 * told must be so.
 */
function judge(attempt: Attempt, at: (place: Place) => Item | undefined, tables: LocatorTables): boolean | undefined {
  const { facts, lead, deliveries } = attempt.transition;
  const own = [
    ...facts.map((fact) => factPlace(fact, tables)),
    ...(lead === undefined ? [] : [leadPlace(lead)]),
    // A lead is closed by whichever step does it first.
    ...deliveries.filter(({ channel }) => !channel.startsWith('lead-closed-')).map(deliveryPlace),
  ];
  if (own.length === 0) return attempt.told === 'unknown' ? undefined : attempt.told === 'committed';
  const there = own.filter((place) => at(place) !== undefined).length;
  assert.ok(there === 0 || there === own.length, `a step was written in part: ${there} of ${own.length} items`);
  const committed = there > 0;
  if (attempt.told !== 'unknown') assert.equal(committed ? 'committed' : 'refused', attempt.told);
  return committed;
}

const GET_AT_MOST = 100;

async function getAll(places: readonly Place[], { client, names }: LocatorTables): Promise<Map<string, Item>> {
  const left = [...new Map(places.map((place) => [placeText(place), place])).values()];
  const tableOf = new Map(Object.entries(names).map(([table, name]) => [name, table as TableName]));
  const found = new Map<string, Item>();
  while (left.length > 0) {
    const byTable = Map.groupBy(left.splice(0, GET_AT_MOST), ({ table }) => table);
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({
        RequestItems: Object.fromEntries(
          [...byTable].map(([table, own]) => [
            names[table],
            { ConsistentRead: true, Keys: own.map(({ pk, sk }) => ({ pk, sk })) },
          ]),
        ),
      }),
    );
    for (const [name, items] of Object.entries(Responses)) {
      for (const item of items) {
        const table = tableOf.get(name) ?? 'dealers';
        found.set(placeText({ table, pk: String(item['pk']), sk: String(item['sk']) }), item);
      }
    }
    for (const [name, { Keys = [] }] of Object.entries(UnprocessedKeys)) {
      const table = tableOf.get(name) ?? 'dealers';
      left.push(...Keys.map((key) => ({ table, pk: String(key['pk']), sk: String(key['sk']) })));
    }
  }
  return found;
}

async function readLines({ suffix }: History, { client, names }: LocatorTables) {
  const lines = await Promise.all(
    STORES_TRIED.map(async (store) => {
      const sortKeys: string[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: names.reservations,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :line',
          ExpressionAttributeValues: { ':line': `line#${store}${suffix}` },
        },
      );
      for await (const { Items = [] } of pages) sortKeys.push(...Items.map(({ sk }) => String(sk)));
      return [`${store}${suffix}`, sortKeys] as const;
    }),
  );
  return new Map(lines);
}

function factPlace(fact: Attempt['transition']['facts'][number], tables: LocatorTables): Place {
  const item = tables.facts.addition(fact).Put?.Item;
  return { table: 'facts', pk: String(item?.['pk']), sk: String(item?.['sk']) };
}

export function pointerPlace(email: string, { quietDesk: { pepper } }: History): Place {
  return { table: 'reservations', pk: `person#${personKey(email, pepper)}`, sk: 'pointer' };
}

const statePlace = (id: string): Place => ({ table: 'reservations', pk: `reservation#${id}`, sk: 'state' });
const leadPlace = ({ id }: Lead): Place => ({ table: 'outbox', pk: `lead#${id}`, sk: 'lead' });
const deliveryPlace = ({ group, channel }: Delivery): Place => ({
  table: 'outbox',
  pk: group,
  sk: `delivery#${channel}`,
});
const placeText = ({ table, pk, sk }: Place) => JSON.stringify([table, pk, sk]);
