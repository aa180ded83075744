import type { TestProject } from 'vitest/node';
import { startDynamoDbLocal } from '../../local/dynamodb-local.ts';

declare module 'vitest' {
  interface ProvidedContext {
    dynamoDbEndpoint: string;
  }
}

/** One emulator for the whole run; every test file makes tables of its own names in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const emulator = await startDynamoDbLocal(undefined);
  project.provide('dynamoDbEndpoint', emulator.endpoint);
  return () => emulator.stop();
}
