import type { LimitTable } from '../limits/limit-table.ts';

/** Leave to send one mail now. */
export interface MailTurn {
  /** For a mail that was not sent after all: another may have its turn, if it comes within the same second. */
  giveBack(): void;
}

/** What keeps all senders together to the rate that the account's SES allows. */
export interface MailPace {
  /** Mails in a second of the clock. */
  readonly most: number;
  readonly limits: Pick<LimitTable, 'take'>;
  nowMilliseconds(): number;
  /** From 0 to below 1. */
  chance(): number;
  pauseUntil(milliseconds: number): Promise<void>;
}

const SECOND_MS = 1000;
/** Those who wait for a second to begin do not all ask at its first moment. */
const SPREAD_MS = 50;

/**
 * Gives turns, so many in each second of the clock, shared through the table by everyone who sends. Two seconds' turns may meet
 * around a change of second; SES answers such a burst, if at all, with a refusal that is tried again.
 * @returns what waits for the next turn; it gives `undefined` when there is none before `untilMilliseconds`
 */
export function mailTurns({
  most,
  limits,
  nowMilliseconds,
  chance,
  pauseUntil,
}: MailPace): (untilMilliseconds: number) => Promise<MailTurn | undefined> {
  if (!Number.isInteger(most) || most < 1) throw new RangeError(`most must be a whole number from 1, not ${most}`);
  const limit = { of: 'mails', most, windowSeconds: 1 } as const;
  const secondOf = (milliseconds: number) => Math.floor(milliseconds / SECOND_MS);
  let fullSecond = -1;
  let spare = { second: -1, count: 0 };

  function turnOf(second: number): MailTurn {
    return {
      giveBack() {
        if (spare.second !== second) spare = { second, count: 0 };
        spare.count += 1;
      },
    };
  }

  return async (untilMilliseconds) => {
    for (;;) {
      const now = nowMilliseconds();
      if (now >= untilMilliseconds) return undefined;
      const second = secondOf(now);
      if (spare.second === second && spare.count > 0) {
        spare.count -= 1;
        return turnOf(second);
      }
      // Once full, a second stays full: nobody here needs to ask again.
      if (fullSecond !== second) {
        if ((await limits.take(limit, 'account', now)) === undefined) return turnOf(second);
        fullSecond = Math.max(fullSecond, second);
      }
      const next = (second + 1) * SECOND_MS + SPREAD_MS * chance();
      if (next >= untilMilliseconds) return undefined;
      await pauseUntil(next);
    }
  };
}
