/** Reasons of a cancelled transaction that pass by themselves: others were at the same items, or there were too many at once. */
export const PASSING_REASONS: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);
