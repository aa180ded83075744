/** A grant that the tests of the system never make use of, and why it stands all the same. */
export interface ExcusedGrant {
  /** As in `infra/functions.ts`. */
  readonly functionName: string;
  readonly action: string;
  /** What its name holds, e.g. `identity/`. */
  readonly resource: string;
  readonly reason: string;
  /** Whether a slow run makes use of it all the same: then nobody is told that it needs no excuse. */
  readonly dependsOnTime?: true;
}

/** To be kept short: an excuse that is no longer needed fails the tests too. */
export const EXCUSED_GRANTS: readonly ExcusedGrant[] = [
  ...['find-dealers', 'count-interests', 'show-search', 'list-stores', 'guide-crawlers'].map((functionName) => ({
    functionName,
    action: 'dynamodb:GetItem',
    resource: 'partition index',
    dependsOnTime: true as const,
    reason:
      'An instance asks for the index’s head once what it holds is a minute old; the tests of the dealers table do.',
  })),
];
