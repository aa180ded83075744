interface Stoppable {
  stop(): Promise<void>;
}

/** Holds what is started, so that all of it ends: at a stop, and when something beside it fails to start. */
export interface Lifetime {
  /** Given when the end begins. */
  readonly signal: AbortSignal;
  /** Whatever this starts is stopped at the end. */
  keep<T extends Stoppable>(starting: Promise<T>): Promise<T>;
  /** The end waits for this work, which should give up at the signal. */
  await<T>(work: Promise<T>): Promise<T>;
  /** Stops everything, last started first, and waits until it is gone. */
  end(): Promise<void>;
}

export function createLifetime(): Lifetime {
  const ending = new AbortController();
  const pending: Promise<unknown>[] = [];
  const started: Stoppable[] = [];

  function awaitWork<T>(work: Promise<T>): Promise<T> {
    pending.push(work);
    return work;
  }

  return {
    signal: ending.signal,
    await: awaitWork,
    keep: (starting) =>
      awaitWork(
        starting.then((one) => {
          started.push(one);
          return one;
        }),
      ),
    async end() {
      ending.abort();
      await Promise.allSettled(pending);
      for (let one = started.pop(); one !== undefined; one = started.pop()) await one.stop();
    },
  };
}
