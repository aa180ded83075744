/** A clock that moves on to whoever waits the shortest, once nobody has anything else to do. */
export class FakeClock {
  now: number;
  readonly #waiting: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(now: number) {
    this.now = now;
  }

  readonly nowMilliseconds = (): number => this.now;

  readonly pauseUntil = (at: number): Promise<void> =>
    new Promise((resolve) => {
      this.#waiting.push({ at, wake: resolve });
    });

  readonly pause = (milliseconds: number): Promise<void> => this.pauseUntil(this.now + milliseconds);

  /** Runs until the work is done. What it waits for must be this clock, or what ends without waiting. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    for (;;) {
      // Everything that follows from a step without waiting ends within these rounds.
      for (let rounds = 0; rounds < 5; rounds += 1) await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return done;
      this.#waiting.sort((a, b) => a.at - b.at);
      const next = this.#waiting.shift();
      if (next === undefined) throw new Error('all wait for something that is not the clock');
      this.now = Math.max(this.now, next.at);
      next.wake();
      while (this.#waiting[0] !== undefined && this.#waiting[0].at <= this.now) this.#waiting.shift()?.wake();
    }
  }
}
