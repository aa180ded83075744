import { startDynamoDbLocal } from '../local/dynamodb-local.ts';

/** Gives the endpoint of an emulator that ends with the work. @param heapMegabytes Java's most */
export async function withEmulator<Result>(
  use: (endpoint: string) => Promise<Result>,
  heapMegabytes?: number,
): Promise<Result> {
  const emulator = await startDynamoDbLocal(undefined, heapMegabytes);
  try {
    return await use(emulator.endpoint);
  } finally {
    await emulator.stop();
  }
}
