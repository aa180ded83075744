import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { itemBytes } from '../../shared/runtime/item-bytes.ts';
import { createTable } from '../create-table.ts';
import type { BenchStack } from './bench-stack.ts';
import type { Call } from './load-client.ts';

/** Some of the same, so many at once. */
export interface LoadRun {
  readonly name: string;
  readonly atOnce: number;
  readonly milliseconds: readonly number[];
  /** Of the whole run. */
  readonly seconds: number;
}

const AT_ONCE = [1, 4, 50] as const;

/** Forms for new addresses, and beside them what is least: a function that only answers, and a bare PutItem. */
export async function measureLoad(stack: BenchStack, calls: number): Promise<readonly LoadRun[]> {
  const bytes = await bytesOfOneForm(stack);
  const health: Call = { method: 'GET', path: '/v1/health', headers: {} };
  const runs: LoadRun[] = [];
  for (const atOnce of AT_ONCE) {
    // Alone the same figure is seen from fewer.
    const count = atOnce === 1 ? Math.ceil(calls / 5) : calls;
    // Every function's environments are started by now, and nothing is left to be sent.
    await stack.prepare(
      Array.from({ length: 20 }, () => newForm(stack)),
      202,
    );
    await stack.settle();
    const forms = Array.from({ length: count }, () => newForm(stack));
    runs.push(await httpRun(stack, 'POST /v1/interests, new address', forms, atOnce, 202));
    await stack.settle();
    runs.push(await httpRun(stack, 'GET /v1/health', Array(count).fill(health), atOnce, 200));
    runs.push(await putRun(stack, bytes, count, atOnce));
  }
  return runs;
}

async function httpRun(
  stack: BenchStack,
  name: string,
  calls: readonly Call[],
  atOnce: number,
  status: number,
): Promise<LoadRun> {
  const { answers, milliseconds } = await stack.client.sendAll(calls, { atOnce });
  const other = answers.find((answer) => answer.status !== status);
  if (other !== undefined) throw new Error(`${name} was answered ${other.status}: ${other.body}`);
  return { name, atOnce, milliseconds: answers.map((answer) => answer.milliseconds), seconds: milliseconds / 1_000 };
}

/** One item that is as large as all rows of a form together. */
async function putRun(stack: BenchStack, bytes: number, count: number, atOnce: number): Promise<LoadRun> {
  const TableName = `bare-puts-${atOnce}`;
  await createTable(stack.dynamoDb, {
    TableName,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  });
  const payload = 'x'.repeat(bytes - 'pk'.length - randomUUID().length - 'payload'.length);
  const milliseconds: number[] = [];
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const Item = { pk: { S: randomUUID() }, payload: { S: payload } };
      const startedAt = performance.now();
      await stack.dynamoDb.send(new PutItemCommand({ TableName, Item }));
      milliseconds.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  const seconds = (performance.now() - startedAt) / 1_000;
  return { name: `PutItem of ${bytes} bytes, from this process`, atOnce, milliseconds, seconds };
}

/** Of all rows that a form for a new address writes, but for the counters of limits. */
async function bytesOfOneForm(stack: BenchStack): Promise<number> {
  const sum = async (): Promise<number> => (await stack.rows()).reduce((bytes, row) => bytes + itemBytes(row), 0);
  // The day is announced by the first.
  await stack.prepare([newForm(stack)], 202);
  const before = await sum();
  await stack.prepare([newForm(stack)], 202);
  return (await sum()) - before;
}

function newForm(stack: BenchStack): Call {
  return stack.submission(`buyer-${randomUUID().slice(0, 13)}@mail.example.com`);
}
