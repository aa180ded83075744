import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { encodeLeafIndex } from '../geo/leaf-codec.ts';
import { buildLeafIndex } from '../geo/leaf-index.ts';
import { itemBytes } from '../runtime/item-bytes.ts';
import { PASSING_REASONS } from '../runtime/passing-reasons.ts';
import { type DealerChanges, type DealerVersion, isListed, planDealerChanges } from './dealer-changes.ts';
import {
  DEALER_PARTITIONS,
  HEAD_KEY,
  headOf,
  type IndexHead,
  indexPartKey,
  indexPartPrefix,
  readHead,
  readIndexPartKeys,
  readVersions,
  storeKey,
} from './dealer-rows-table.ts';

export interface DealerImportProgress {
  /** Versions of stores written or deleted so far, and in all. */
  readonly done: number;
  readonly total: number;
}

export interface ImportSizes {
  readonly versionsPerTransaction: number;
  readonly indexPartBytes: number;
}

export interface DealerImportOptions {
  /** Resolves after so many milliseconds. Used only while another import writes to the same table. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onProgress?: (progress: DealerImportProgress) => void;
  /** As large as DynamoDB allows unless told. */
  readonly sizes?: ImportSizes;
}

/** An import that makes no step for so long is taken for dead. Long, as it makes none while it reads the whole table. */
const IMPORT_SILENCE_MS = 120_000;
const POLL_MS = 500;

/** A transaction takes 100 actions: the head's, and up to three rows for each version of a store. An item holds 400 KB. */
const LARGEST: ImportSizes = { versionsPerTransaction: 33, indexPartBytes: 390_000 };

/** Another import has begun since. */
class ImportOvertaken extends Error {
  override readonly name = 'ImportOvertaken';
}

type Action = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * Applies the changes as one: a search sees all of them or none, and sees them within `INDEX_MAX_AGE_MS`. An import that
 * dies changes nothing that a search sees and can be run again. Of two at once the later goes first; the other waits
 * for it and then applies its own changes to what it finds.
 *
 *     claim a number n ─ write versions since n, mark ended ones until n ─ publish index and n ─ delete ended versions
 *                         (searches still work from n − 1: they see none of it)   (from here on they work from n)
 *
 * Every transaction holds only while n is the latest number claimed, so that an import that was overtaken cannot write.
 *
 * @throws RangeError when an id occurs twice in the changes or cannot be one; no store is written then
 */
export async function applyDealerChanges(
  client: DynamoDBDocumentClient,
  tableName: string,
  changes: DealerChanges,
  options: DealerImportOptions,
): Promise<void> {
  for (;;) {
    try {
      return await new DealerImport(client, tableName, options).run(changes);
    } catch (error) {
      if (!(error instanceof ImportOvertaken)) throw error;
      await untilSilent(client, tableName, options.wait);
    }
  }
}

/** One claim of the table. */
class DealerImport {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #options: DealerImportOptions;
  readonly #sizes: ImportSizes;
  /** The number claimed. */
  #number = 0;
  #done = 0;
  #total = 0;

  constructor(client: DynamoDBDocumentClient, tableName: string, options: DealerImportOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#options = options;
    this.#sizes = options.sizes ?? LARGEST;
  }

  async run(changes: DealerChanges): Promise<void> {
    const { published, claimed } = await this.#claim();
    this.#number = claimed;
    const stored = await readVersions(this.#client, this.#tableName);
    const { writes, leftovers, visible, ended } = planDealerChanges(stored, changes, published, claimed);
    this.#total = writes.length + leftovers.length + ended.length;
    await this.#write(writes);
    await this.#delete(leftovers);
    await this.#publish(visible);
    try {
      await this.#delete(ended);
      await this.#deleteOldIndexes();
    } catch (error) {
      // The changes are published; what is left to delete, the import that has begun since deletes.
      if (!(error instanceof ImportOvertaken)) throw error;
    }
  }

  async #claim(): Promise<IndexHead> {
    const { Attributes } = await this.#patiently(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: HEAD_KEY,
          UpdateExpression: 'ADD claimed :one',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'ALL_NEW',
        }),
      ),
    );
    return headOf(Attributes ?? {});
  }

  async #write(versions: readonly DealerVersion[]): Promise<void> {
    for (const chunk of chunks(versions, this.#sizes.versionsPerTransaction)) {
      await this.#transact(chunk.flatMap(rowsOf).map((Item) => ({ Put: { TableName: this.#tableName, Item } })));
      this.#progress(chunk.length);
    }
  }

  async #delete(versions: readonly DealerVersion[]): Promise<void> {
    for (const chunk of chunks(versions, this.#sizes.versionsPerTransaction)) {
      await this.#transact(chunk.flatMap(rowsOf).map(({ pk, sk }) => this.#deletion({ pk, sk })));
      this.#progress(chunk.length);
    }
  }

  /** Makes the number the one that searches work from. */
  async #publish(visible: readonly DealerVersion[]): Promise<void> {
    const listed = visible.filter((version) => isListed(version.dealer));
    const rowBytes = listed.reduce((sum, version) => sum + itemBytes(marshall(rowsOf(version)[0])), 0);
    const index = buildLeafIndex(
      listed.map((version) => ({
        location: version.dealer.location,
        tags: version.dealer.models,
        key: storeKey(version),
      })),
      rowBytes / Math.max(1, listed.length),
    );
    const bytes = encodeLeafIndex(index);
    const { indexPartBytes } = this.#sizes;
    const parts = Math.ceil(bytes.length / indexPartBytes);
    for (let part = 0; part < parts; part++) {
      await this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: {
            pk: DEALER_PARTITIONS.index,
            sk: indexPartKey(this.#number, part),
            bytes: bytes.subarray(part * indexPartBytes, (part + 1) * indexPartBytes),
          },
        }),
      );
    }
    await this.#patiently(() =>
      this.#client.send(
        new UpdateCommand({
          TableName: this.#tableName,
          Key: HEAD_KEY,
          UpdateExpression: 'SET published = :number, parts = :parts',
          ConditionExpression: 'claimed = :number',
          ExpressionAttributeValues: { ':number': this.#number, ':parts': parts },
        }),
      ),
    );
  }

  async #deleteOldIndexes(): Promise<void> {
    const keys = await readIndexPartKeys(this.#client, this.#tableName);
    const old = keys.filter((sk) => !sk.startsWith(indexPartPrefix(this.#number)));
    for (const chunk of chunks(old, this.#sizes.versionsPerTransaction * 3)) {
      await this.#transact(chunk.map((sk) => this.#deletion({ pk: DEALER_PARTITIONS.index, sk })));
    }
  }

  #deletion(Key: { readonly pk: string; readonly sk: string }): Action {
    return { Delete: { TableName: this.#tableName, Key } };
  }

  /** Does all of the actions while the claim holds, and else none. */
  async #transact(actions: readonly Action[]): Promise<void> {
    const step: Action = {
      Update: {
        TableName: this.#tableName,
        Key: HEAD_KEY,
        UpdateExpression: 'ADD steps :one',
        ConditionExpression: 'claimed = :number',
        ExpressionAttributeValues: { ':one': 1, ':number': this.#number },
      },
    };
    await this.#patiently(() => this.#client.send(new TransactWriteCommand({ TransactItems: [step, ...actions] })));
  }

  /**
   * Sends again while another import's transaction is on the head at that moment, or the table is throttled.
   *
   * @throws ImportOvertaken when the claim no longer holds
   */
  async #patiently<Output>(send: () => Promise<Output>): Promise<Output> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        const reasons = reasonsOf(error);
        if (reasons.includes('ConditionalCheckFailed'))
          throw new ImportOvertaken('another import has begun', { cause: error });
        if (attempt === MAX_ATTEMPTS || !reasons.some((reason) => PASSING_REASONS.has(reason))) throw error;
        await this.#options.wait(attempt * 20);
      }
    }
  }

  #progress(versions: number): void {
    this.#done += versions;
    this.#options.onProgress?.({ done: this.#done, total: this.#total });
  }
}

const MAX_ATTEMPTS = 20;

/** Why a write was refused, as the reasons of a cancelled transaction name it. */
function reasonsOf(error: unknown): readonly string[] {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
  }
  if (error instanceof TransactionConflictException) return ['TransactionConflict'];
  if (error instanceof ConditionalCheckFailedException) return ['ConditionalCheckFailed'];
  return [];
}

/** The rows of a version; the store's own comes first when it is listed. */
function rowsOf(version: DealerVersion) {
  const { routing, ...dealer } = version.dealer;
  const span = { since: version.since, ...(version.until === undefined ? {} : { until: version.until }) };
  const sk = `${dealer.id}#${version.since}`;
  return [
    ...(isListed(dealer) ? [{ pk: DEALER_PARTITIONS.stores, sk: storeKey(version), ...span, dealer }] : []),
    { pk: DEALER_PARTITIONS.dealers, sk, ...span, dealer },
    { pk: DEALER_PARTITIONS.routing, sk, ...span, routing },
  ];
}

/** Until no import is under way: the latest has published, or makes no step any more. */
async function untilSilent(
  client: DynamoDBDocumentClient,
  tableName: string,
  wait: DealerImportOptions['wait'],
): Promise<void> {
  let head = await readHead(client, tableName);
  for (let silentMs = 0; head.published < head.claimed && silentMs < IMPORT_SILENCE_MS; ) {
    await wait(POLL_MS);
    const now = await readHead(client, tableName);
    silentMs = now.claimed === head.claimed && now.steps === head.steps ? silentMs + POLL_MS : 0;
    head = now;
  }
}

function* chunks<Value>(values: readonly Value[], size: number): Generator<readonly Value[]> {
  for (let at = 0; at < values.length; at += size) yield values.slice(at, at + size);
}
