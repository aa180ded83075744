import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';
import { currentWording } from '../../shared/launch/launch.ts';
import { YOUNGEST_FORM_MS } from '../../shared/reservations/form-age.ts';
import { signToken } from '../../shared/reservations/signed-token.ts';
import { submitInterest } from '../../shared/reservations/submit-interest.ts';
import { localDocumentClient } from '../../test/support/locator-tables.ts';
import { clusteredDealers } from '../search/places.ts';
import { formOf } from '../stack/form.ts';
import { type BenchDesk, openBenchDesk } from './bench-desk.ts';
import type { BenchStack } from './bench-stack.ts';
import { makeLocatorTables } from './locator-tables.ts';

/** Many identical forms under one key, and what came of them. */
export interface RepeatRun {
  readonly how: string;
  readonly forms: number;
  readonly answers: ReadonlyMap<string, number>;
  readonly reservations: number;
  readonly facts: number;
  readonly mails: number;
}

const EMAIL = 'the-same-buyer@mail.example.com';

/** Over HTTP. */
export async function measureHttpRepeats(stack: BenchStack, forms: number): Promise<RepeatRun> {
  const facts = async (): Promise<number> => (await stack.rows()).filter((row) => row['event'] !== undefined).length;
  const before = await facts();
  const call = stack.submission(EMAIL, {}, randomUUID());
  const { answers } = await stack.client.sendAll(Array(forms).fill(call), { atOnce: forms });
  await stack.settle();
  const rows = await stack.rows();
  return {
    how: 'POST /v1/interests',
    forms,
    answers: tally(answers.map(({ status }) => String(status))),
    reservations: rows.filter((row) => row['reservation']?.M?.['person']?.M?.['email']?.S === EMAIL).length,
    facts: (await facts()) - before,
    mails: (await stack.mailCounts()).get(EMAIL) ?? 0,
  };
}

/** By the function's own code, on tables of an emulator of its own. */
export async function measureDirectRepeats(
  endpoint: string,
  { forms, seed }: { readonly forms: number; readonly seed: number },
): Promise<RepeatRun> {
  // Without the functions' time-outs: no instance of theirs has so much under way.
  const dynamoDb = new DynamoDBClient({
    endpoint,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  await makeLocatorTables(dynamoDb, clusteredDealers(300, seed));
  const client = localDocumentClient(dynamoDb);
  const clock = { now: Date.now() };
  const desk: BenchDesk = {
    ...openBenchDesk(client, clock),
    // As the functions pause.
    pause: (tries) => delay(randomInt(25 * 2 ** tries)),
  };
  const issuedAt = clock.now - YOUNGEST_FORM_MS;
  const claims = { subject: '', version: issuedAt, expiresAtSeconds: Math.floor(issuedAt / 1000) + 24 * 3600 };
  const form = { formToken: signToken('form', claims, desk.signingKeys), wordingVersion: currentWording().version };
  const request = {
    body: formOf(EMAIL, form),
    idempotencyKey: randomUUID(),
    globalPrivacyControl: false,
    senderAddress: undefined,
  };
  const results = await Promise.allSettled(Array.from({ length: forms }, () => submitInterest(request, desk)));
  const rowsOf = async (TableName: string): Promise<readonly Record<string, unknown>[]> => {
    const rows: Record<string, unknown>[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) rows.push(...Items);
    return rows;
  };
  return {
    how: 'submitInterest',
    forms,
    answers: tally(
      results.map((result) => (result.status === 'fulfilled' ? result.value.kind : nameOf(result.reason))),
    ),
    reservations: (await rowsOf('reservations')).filter((row) => row['reservation'] !== undefined).length,
    facts: (await rowsOf('facts')).filter((row) => row['event'] !== undefined).length,
    mails: (await rowsOf('outbox')).length,
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

function tally(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
