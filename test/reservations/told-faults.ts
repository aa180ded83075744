/** Faults that a caller is told of; anything else is a fault of ours. */
const TOLD = [
  'TimeoutError',
  'ProvisionedThroughputExceededException',
  'CommitRefused',
  'ConditionalCheckFailedException',
];

/** Whether an error is one that a request's caller is told of, to try again. */
export function isTold(error: unknown): boolean {
  return error instanceof Error && TOLD.includes(error.name);
}

export async function unlessTold(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!isTold(error)) throw error;
  }
}
