import { buffer } from 'node:stream/consumers';
import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';
import { itemBytes, readUnits, type StoredItem } from '../../shared/runtime/item-bytes.ts';

export interface ReadCost {
  /** Requests that read; each page of a Query is one. */
  readonly queries: number;
  /** As AWS charges them. */
  readonly readUnits: number;
  /** Times that a read began while no other was under way: how often the network's delay is waited for. */
  readonly rounds: number;
}

export interface MeteredDynamoDb {
  readonly client: DynamoDBClient;
  /** What was read since the last call. Sizes are summed up only now, so that a search's own time holds none of it. */
  takeCost(): ReadCost;
}

const READS: ReadonlySet<string> = new Set(['DynamoDB_20120810.Query', 'DynamoDB_20120810.GetItem']);

/**
 * A client of the emulator that counts reads, as they go over the wire. Units are computed from the items, as the
 * emulator reports 0 for an empty Query; nothing read here may use filters or projections, which are charged for what
 * they leave out.
 */
export function meteredDynamoDb(endpoint: string): MeteredDynamoDb {
  const client = new DynamoDBClient({
    endpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  let reads: { readonly request: Uint8Array; readonly response: Uint8Array }[] = [];
  let underWay = 0;
  let rounds = 0;
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    if (!READS.has(request.headers['x-amz-target'])) return handle(request, options);
    if (underWay === 0) rounds++;
    underWay++;
    try {
      const result = await handle(request, options);
      const body = await buffer(result.response.body);
      reads.push({ request: request.body, response: body });
      // A view of its own: the SDK marks what it is given.
      result.response.body = new Uint8Array(body.buffer, body.byteOffset, body.length);
      return result;
    } finally {
      underWay--;
    }
  };
  return {
    client,
    takeCost() {
      const cost = {
        queries: reads.length,
        readUnits: reads.reduce((sum, { request, response }) => sum + unitsOf(request, response), 0),
        rounds,
      };
      reads = [];
      rounds = 0;
      return cost;
    },
  };
}

function unitsOf(request: Uint8Array, response: Uint8Array): number {
  const text = new TextDecoder();
  const { ConsistentRead = false }: { ConsistentRead?: boolean } = JSON.parse(text.decode(request));
  const { Items, Item }: { Items?: StoredItem[]; Item?: StoredItem } = JSON.parse(text.decode(response), binary);
  const bytes = (Items ?? (Item ? [Item] : [])).reduce((sum, item) => sum + itemBytes(item), 0);
  return readUnits(bytes, ConsistentRead);
}

/** On the wire binary is text; an attribute named `B` would be taken for it, and none is. */
function binary(key: string, value: AttributeValue | string): AttributeValue | string | Buffer {
  return key === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
}
