import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { LeadChannel } from './delivery.ts';

/** `gone`: a webhook's endpoint answered 410. `bounced`: a mail address does not exist. */
export type BlockReason = 'gone' | 'bounced';

/** One way to a store, as it was when it proved dead. */
export interface Endpoint {
  readonly dealerId: string;
  readonly channel: LeadChannel;
  /** The mail address, in upper or lower case, or the webhook's URL. */
  readonly address: string;
}

export interface EndpointBlock {
  readonly reason: BlockReason;
  /** RFC 3339 UTC. */
  readonly since: string;
}

/**
 * The ways to stores that proved dead. A block is for one address: a store that is given another has none. It keeps no address,
 * only its hash.
 */
export interface EndpointBlocks {
  /** Strongly consistent. @returns `undefined` when leads may go there */
  blockOf(endpoint: Endpoint): Promise<EndpointBlock | undefined>;
  /** Sends no lead there any more. The first reason and time stay. */
  block(endpoint: Endpoint, reason: BlockReason, nowMilliseconds: number): Promise<void>;
}

/** The blocks, as rows of the outbox table. */
export function endpointBlocks(client: DynamoDBDocumentClient, tableName: string): EndpointBlocks {
  return {
    async blockOf(endpoint) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: blockKey(endpoint), ConsistentRead: true }),
      );
      return Item as EndpointBlock | undefined;
    },

    async block(endpoint, reason, nowMilliseconds) {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: blockKey(endpoint),
          UpdateExpression: 'SET #reason = if_not_exists(#reason, :reason), #since = if_not_exists(#since, :since)',
          ExpressionAttributeNames: { '#reason': 'reason', '#since': 'since' },
          ExpressionAttributeValues: { ':reason': reason, ':since': new Date(nowMilliseconds).toISOString() },
        }),
      );
    },
  };
}

function blockKey({ dealerId, channel, address }: Endpoint): { pk: string; sk: string } {
  // Mail systems give an address back in other cases than it was written in; a URL's path is another in another case.
  const known = channel === 'webhook' ? address : address.toLowerCase();
  const hash = createHash('sha256').update(known).digest('hex').slice(0, 32);
  return { pk: `endpoint#${dealerId}`, sk: `${channel}#${hash}` };
}
