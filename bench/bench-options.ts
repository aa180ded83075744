/** What the command line asks of a bench. Each heeds what it can. */
export interface BenchOptions {
  /** A short run, that writes no report. */
  readonly quick: boolean;
  /** Leaves out what is larger. */
  readonly upTo: number;
  /** One part of the bench, that writes no report. */
  readonly only: string | undefined;
}
