import type { StageConfig } from '../stage-config.ts';
import type { AwsAccount } from './aws-account.ts';
import type { readOutputs } from './stage-stacks.ts';

export interface ChecklistPorts {
  readonly account: AwsAccount;
  /** @returns the answer's status and headers; `undefined` when nobody answers */
  get(url: string): Promise<{ readonly status: number; readonly headers: Headers } | undefined>;
  /** TXT records of a name; none when there is no such name. */
  textRecords(name: string): Promise<readonly string[]>;
  countStores(tableName: string): Promise<number>;
}

/** `undefined` when it is done, else what to do. */
export type Check = () => Promise<string | undefined>;

/** What a check looks at. */
export interface Checked extends ChecklistPorts {
  readonly stage: StageConfig;
  readonly outputs: Awaited<ReturnType<typeof readOutputs>>;
}

/** Checks by their title. */
export type Checks = Readonly<Record<string, Check>>;

/** For the person at the terminal. */
export function statusOf(answer: { readonly status: number } | undefined): string {
  return answer === undefined ? 'nothing' : String(answer.status);
}
