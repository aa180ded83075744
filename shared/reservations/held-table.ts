import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { FactDimensions } from '../counts/fact.ts';
import type { Reservation } from './reservation.ts';
import { lineKey, numberKey, personPointer, personPointerKey } from './reservation-rows-table.ts';

/** A reservation as recovery sees it: what ties rows together, and nothing that the person told us. */
export interface HeldReservation {
  readonly id: string;
  readonly version: number;
  readonly status: Reservation['status'];
  /** Absent once withdrawn. */
  readonly dimensions?: FactDimensions;
  readonly personKey?: string;
  readonly dealerId?: string | null;
  /** Of a pending one, Unix seconds. */
  readonly expiresAtSeconds?: number;
  /** Of a confirmed one. */
  readonly number?: string;
  readonly confirmedAt?: string;
  readonly leadId?: string | null;
}

export interface Pointer {
  readonly personKey: string;
  readonly reservationId: string;
  /** Unix seconds from which another reservation may take its place; absent when that is never. */
  readonly freeFromSeconds?: number;
}

/** A place in a store's line. */
export interface LinePlace {
  readonly dealerId: string;
  readonly confirmedAt: string;
  readonly id: string;
}

/** All rows of the reservations table but for the records of requests, which end within a day. */
export interface HeldRows {
  readonly reservations: ReadonlyMap<string, HeldReservation>;
  readonly pointers: readonly Pointer[];
  /** Reservation ids by the numbers given. */
  readonly numbers: ReadonlyMap<string, string>;
  readonly places: readonly LinePlace[];
}

/** The reservations table as recovery reads and mends it, while no function writes to it. */
export interface HeldTable {
  read(): Promise<HeldRows>;
  putPointer(pointer: Pointer): Promise<void>;
  deletePointer(pointer: Pointer): Promise<void>;
  putNumber(number: string, reservationId: string): Promise<void>;
  putPlace(place: LinePlace): Promise<void>;
  deletePlace(place: LinePlace): Promise<void>;
}

/** Members of a reservation's row, beside `pk`, `sk` and `status`. */
const OF_RESERVATION = [
  'version',
  'personKey',
  'dealerId',
  'expiresAtSeconds',
  'number',
  'confirmedAt',
  'leadId',
] as const;

export function heldTable(client: DynamoDBDocumentClient, tableName: string): HeldTable {
  const put = async (Item: Record<string, unknown>) => {
    await client.send(new PutCommand({ TableName: tableName, Item }));
  };
  const remove = async (Key: Record<string, unknown>) => {
    await client.send(new DeleteCommand({ TableName: tableName, Key }));
  };

  return {
    async read() {
      const reservations = new Map<string, HeldReservation>();
      const pointers: Pointer[] = [];
      const numbers = new Map<string, string>();
      const places: LinePlace[] = [];
      const pages = paginateScan(
        { client },
        {
          TableName: tableName,
          ConsistentRead: true,
          ProjectionExpression: [
            'pk, sk, #status, dimensions, reservationId, freeFromSeconds',
            ...OF_RESERVATION.map((name) => `reservation.#${name}`),
          ].join(', '),
          ExpressionAttributeNames: {
            '#status': 'status',
            ...Object.fromEntries(OF_RESERVATION.map((name) => [`#${name}`, name])),
          },
        },
      );
      for await (const { Items = [] } of pages) {
        for (const { pk, sk, status, dimensions, reservation, reservationId, freeFromSeconds } of Items) {
          const [kind = '', name = ''] = split(String(pk));
          switch (kind) {
            case 'reservation':
              reservations.set(name, { ...reservation, id: name, status, ...(dimensions && { dimensions }) });
              break;
            case 'person':
              pointers.push({ personKey: name, reservationId, ...(freeFromSeconds && { freeFromSeconds }) });
              break;
            case 'number':
              numbers.set(name, reservationId);
              break;
            case 'line': {
              const [confirmedAt = '', id = ''] = split(String(sk));
              places.push({ dealerId: name, confirmedAt, id });
              break;
            }
          }
        }
      }
      return { reservations, pointers, numbers, places };
    },

    putPointer: ({ personKey, reservationId, freeFromSeconds }) =>
      put(personPointer(personKey, reservationId, freeFromSeconds)),
    deletePointer: ({ personKey }) => remove(personPointerKey(personKey)),
    putNumber: (number, reservationId) => put({ ...numberKey(number), reservationId }),
    putPlace: (place) => put(lineKey(place.dealerId, place)),
    deletePlace: (place) => remove(lineKey(place.dealerId, place)),
  };
}

/** What stands before the first `#`, and after it. */
function split(key: string): [string, string] {
  const at = key.indexOf('#');
  return [key.slice(0, at), key.slice(at + 1)];
}
