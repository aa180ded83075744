import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  type TransactWriteItemsCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { itemBytes, readUnits, type StoredItem } from '../../shared/runtime/item-bytes.ts';
import { localDocumentClient } from '../../test/support/locator-tables.ts';

export type WriteKind = 'put' | 'update' | 'delete' | 'check';

/** One item that a request wrote, or checked in a transaction. */
export interface ItemWrite {
  readonly table: string;
  readonly pk: string;
  readonly sk: string;
  readonly kind: WriteKind;
  readonly transactional: boolean;
  /** The item before or after, whichever is larger. */
  readonly bytes: number;
  readonly units: number;
  /** Write units of the outbox's index. */
  readonly indexUnits: number;
}

/** What some work cost. */
export interface UnitCost {
  readonly writes: readonly ItemWrite[];
  readonly readRequests: number;
  readonly readUnits: number;
}

export interface MeteredClient {
  readonly client: DynamoDBDocumentClient;
  /** What was written and read since the last call. */
  takeCost(): UnitCost;
}

interface ItemsRead {
  readonly bytes: number;
  readonly units: number;
}

interface Target {
  readonly table: string;
  readonly key: StoredItem;
  readonly kind: WriteKind;
}

/**
 * A client that reckons what each request costs, one request at a time: it looks at the items before and after, and agrees with
 * the emulator. As AWS says:
 * a write unit is 1 KB of the item before or after, whichever is larger, in a transaction two; a check in a transaction costs
 * as a write; a refused condition costs as if it had been met; an index costs one for each entry put or deleted, of which a
 * changed key makes one each, never doubled by a transaction.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
 *
 * @param observed a client of the same endpoint, that the meter changes
 * @param observer another one, that it looks with
 */
export function meteredClient(observed: DynamoDBClient, observer: DynamoDBClient): MeteredClient {
  let writes: ItemWrite[] = [];
  let reads: ItemsRead[] = [];

  const stored = async ({ table, key }: Target): Promise<StoredItem | undefined> => {
    const { Item } = await observer.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item;
  };

  observed.middlewareStack.add(
    (next, context) => async (args) => {
      const command = String(context['commandName']);
      const targets = targetsOf(command, args.input);
      const transactional = command === 'TransactWriteItemsCommand';
      const before = await Promise.all(targets.map(stored));
      const [outcome] = await Promise.allSettled([next({ ...args, request: askingForCapacity(args.request) })]);
      const after = await Promise.all(targets.map(stored));
      const written = targets.map((target, at) => {
        const asked = outcome.status === 'rejected' ? putsOf(command, args.input)[at] : undefined;
        return writeOf(target, transactional, [before[at], after[at]], asked);
      });
      writes.push(...written);
      if (outcome.status === 'rejected') throw outcome.reason;
      const read = targets.length > 0 ? undefined : await readOf(command, args.input, observer);
      if (read !== undefined) reads.push(read);
      const own = read?.units ?? written.reduce((sum, { units, indexUnits }) => sum + units + indexUnits, 0);
      const theirs = consumedBy(outcome.value.output);
      // It reckons transactions in a way of its own, and nothing for a Query that finds nothing.
      if (!transactional && read?.bytes !== 0 && own !== theirs) {
        throw new Error(`${command} costs ${own} units, and ${theirs} by the emulator`);
      }
      return outcome.value;
    },
    // The request is complete here but for its length.
    { step: 'build', name: 'unit-meter', priority: 'high' },
  );
  return {
    client: localDocumentClient(observed),
    takeCost() {
      const cost: UnitCost = {
        writes,
        readRequests: reads.length,
        readUnits: reads.reduce((sum, { units }) => sum + units, 0),
      };
      writes = [];
      reads = [];
      return cost;
    },
  };
}

function targetsOf(command: string, input: object): readonly Target[] {
  switch (command) {
    case 'PutItemCommand': {
      const { TableName, Item } = input as PutItemCommandInput;
      return [{ table: String(TableName), key: keyOf(Item), kind: 'put' }];
    }
    case 'UpdateItemCommand': {
      const { TableName, Key } = input as UpdateItemCommandInput;
      return [{ table: String(TableName), key: keyOf(Key), kind: 'update' }];
    }
    case 'TransactWriteItemsCommand':
      return ((input as TransactWriteItemsCommandInput).TransactItems ?? []).map(
        ({ Put, Update, Delete, ConditionCheck }) => {
          if (Put) return { table: String(Put.TableName), key: keyOf(Put.Item), kind: 'put' };
          if (Update) return { table: String(Update.TableName), key: keyOf(Update.Key), kind: 'update' };
          if (Delete) return { table: String(Delete.TableName), key: keyOf(Delete.Key), kind: 'delete' };
          return { table: String(ConditionCheck?.TableName), key: keyOf(ConditionCheck?.Key), kind: 'check' };
        },
      );
    case 'GetItemCommand':
    case 'QueryCommand':
      return [];
    default:
      throw new TypeError(`no cost is known for ${command}`);
  }
}

/** What a refused put would have written. */
function putsOf(command: string, input: object): readonly (StoredItem | undefined)[] {
  if (command === 'PutItemCommand') return [(input as PutItemCommandInput).Item];
  if (command !== 'TransactWriteItemsCommand') return [];
  return ((input as TransactWriteItemsCommandInput).TransactItems ?? []).map(({ Put }) => Put?.Item);
}

function keyOf(item: Record<string, AttributeValue> | undefined): StoredItem {
  const { pk, sk } = item ?? {};
  if (pk === undefined || sk === undefined) throw new TypeError('an item of the locator has the keys pk and sk');
  return { pk, sk };
}

/** @param asked what a refused request would have put, which is charged too where nothing stood */
function writeOf(
  { table, key, kind }: Target,
  transactional: boolean,
  [before, after]: readonly [StoredItem | undefined, StoredItem | undefined],
  asked: StoredItem | undefined,
): ItemWrite {
  const charged = [before, after ?? (before ? undefined : asked)];
  const bytes = Math.max(...charged.map((item) => (item ? itemBytes(item) : 0)));
  return {
    table,
    pk: String(key['pk']?.S),
    sk: String(key['sk']?.S),
    kind,
    transactional,
    bytes,
    units: writeUnits(bytes) * (transactional ? 2 : 1),
    indexUnits:
      table === 'outbox' ? indexWrites(indexEntry(before), indexEntry(after)) + ledgerWrites(after, bytes) : 0,
  };
}

/** A lead's row stands whole in both indexes of the ledger. */
function ledgerWrites(after: StoredItem | undefined, bytes: number): number {
  return after?.[OUTBOX_TABLE.ledgerIndex.partitionKey] === undefined ? 0 : 2 * writeUnits(bytes);
}

function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1_024));
}

function indexWrites(before: StoredItem | undefined, after: StoredItem | undefined): number {
  // An entry is its keys alone.
  if (JSON.stringify(before) === JSON.stringify(after)) return 0;
  return [before, after].reduce((sum, entry) => sum + (entry ? writeUnits(itemBytes(entry)) : 0), 0);
}

/** The item as the sparse index has it. */
function indexEntry(item: StoredItem | undefined): StoredItem | undefined {
  const { partitionKey, sortKey } = OUTBOX_TABLE.dueIndex;
  const [due, at] = [item?.[partitionKey], item?.[sortKey]];
  if (item === undefined || due === undefined || at === undefined) return undefined;
  return { ...keyOf(item), [partitionKey]: due, [sortKey]: at };
}

/** Read once more: what is answered is unmarshalled already, and a Query that only counts answers no items. */
async function readOf(command: string, input: object, observer: DynamoDBClient): Promise<ItemsRead> {
  if (command === 'GetItemCommand') {
    const get = input as GetItemCommandInput;
    const { Item } = await observer.send(new GetItemCommand(get));
    const bytes = Item ? itemBytes(Item) : 0;
    return { bytes, units: readUnits(bytes, get.ConsistentRead ?? false) };
  }
  const { Select: _, ...query } = input as QueryCommandInput;
  const { Items = [] } = await observer.send(new QueryCommand(query));
  const bytes = Items.reduce((sum, item) => sum + itemBytes(item), 0);
  return { bytes, units: readUnits(bytes, query.ConsistentRead ?? false) };
}

function askingForCapacity(request: unknown): unknown {
  const { body } = request as { body: Uint8Array };
  const input: object = JSON.parse(new TextDecoder().decode(body));
  const asking = new TextEncoder().encode(JSON.stringify({ ...input, ReturnConsumedCapacity: 'INDEXES' }));
  return Object.assign(request as object, { body: asking });
}

function consumedBy(output: unknown): number {
  const { ConsumedCapacity } = output as { ConsumedCapacity?: object | object[] };
  const capacities: { CapacityUnits?: number }[] = [ConsumedCapacity ?? []].flat();
  return capacities.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
