/** A grant that the tests of the system never make use of, and why it stands all the same. */
export interface ExcusedGrant {
  /** As in `infra/functions.ts`. */
  readonly functionName: string;
  readonly action: string;
  /** What its name holds, e.g. `identity/`. */
  readonly resource: string;
  readonly reason: string;
}

/** To be kept short: an excuse that is no longer needed fails the tests too. */
export const EXCUSED_GRANTS: readonly ExcusedGrant[] = [];
