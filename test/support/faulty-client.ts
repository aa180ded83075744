import {
  type DynamoDBClient,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { localDocumentClient } from './locator-tables.ts';
import { localDynamoDb } from './table.ts';

/**
 * What can happen to a request.
 * `never-sent`: it fails before it is sent. `answer-lost`: it is done, and fails. `timed-out`: it fails, and is done only when
 * its sender has gone on. `sent-twice`: its answer is lost and it is sent again, as the SDK does. `throttled` and `conflict`:
 * DynamoDB refuses it.
 */
export const FAULTS = ['never-sent', 'answer-lost', 'timed-out', 'sent-twice', 'throttled', 'conflict'] as const;
export type Fault = (typeof FAULTS)[number];

/**
 * A client whose requests fail as `nextFault` says; conflicts happen to transactions alone.
 * @param later takes what is timed out, to be done whenever it likes
 * @param client of the emulator; the run's own unless told
 */
export function faultyClient(
  nextFault: (commandName: string) => Fault | undefined,
  later: (send: () => Promise<unknown>) => void = (send) => void send(),
  client: DynamoDBClient = localDynamoDb(),
): DynamoDBDocumentClient {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const commandName = String(context['commandName']);
      switch (nextFault(commandName)) {
        case 'never-sent':
          throw new LostConnection('before the request was sent');
        case 'answer-lost':
          await next(args);
          throw new LostConnection('before the answer came');
        case 'timed-out':
          later(() => next(args));
          throw new LostConnection('before the request was done');
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

class LostConnection extends Error {
  override readonly name = 'TimeoutError';
}
