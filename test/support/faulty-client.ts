import { ProvisionedThroughputExceededException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { localDocumentClient } from './locator-tables.ts';
import { localDynamoDb } from './table.ts';

/**
 * What can happen to a request.
 * `never-sent`: it fails before it is sent. `answer-lost`: it is done, and fails. `sent-twice`: its answer is lost and it is
 * sent again, as the SDK does. `throttled` and `conflict`: DynamoDB refuses it.
 */
export const FAULTS = ['never-sent', 'answer-lost', 'sent-twice', 'throttled', 'conflict'] as const;
export type Fault = (typeof FAULTS)[number];

/** A client whose requests fail as `nextFault` says; conflicts happen to transactions alone. */
export function faultyClient(nextFault: (commandName: string) => Fault | undefined): DynamoDBDocumentClient {
  const client = localDynamoDb();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const commandName = String(context['commandName']);
      switch (nextFault(commandName)) {
        case 'never-sent':
          throw new LostConnection('before the request was sent');
        case 'answer-lost':
          await next(args);
          throw new LostConnection('before the answer came');
        case 'sent-twice':
          await next(args);
          return await next(args);
        case 'throttled':
          throw new ProvisionedThroughputExceededException({ message: 'too much', $metadata: {} });
        case 'conflict':
          if (commandName !== 'TransactWriteItemsCommand') return await next(args);
          throw new TransactionCanceledException({
            message: 'cancelled',
            $metadata: {},
            CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
          });
        case undefined:
          return await next(args);
      }
    },
    // The request is complete here, and the SDK's own retries are still to come.
    { step: 'build', name: 'faults' },
  );
  return localDocumentClient(client);
}

export class LostConnection extends Error {
  override readonly name = 'TimeoutError';
}
