import { inject } from 'vitest';
import { call } from './api-call.ts';

export interface Counts {
  readonly submitted: number;
  readonly confirmed: number;
  readonly withdrawn: number;
  readonly movedIn: number;
  readonly movedOut: number;
  readonly active: number;
}

/** What marketing is answered. @param query with its question mark */
export async function countsOf(
  query: string,
): Promise<{ total: Counts; groups: (Counts & Record<string, unknown>)[] }> {
  const { tokens } = inject('locator');
  const { status, json, text } = await call('GET', `/v1/interest-counts${query}`, {
    headers: { authorization: `Bearer ${tokens.counts}` },
  });
  if (status !== 200) throw new Error(`the counts were answered ${status}: ${text}`);
  return json as { total: Counts; groups: (Counts & Record<string, unknown>)[] };
}
