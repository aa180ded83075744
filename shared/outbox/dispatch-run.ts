import { type DeliveryChannel, type DeliveryKey, isMail } from './delivery.ts';
import type { DispatchDesk } from './dispatch-desk.ts';
import { type Dispatched, dispatch } from './send-delivery.ts';

/** How one delivery of a run went. `thrown`: its claim or its end could not be noted; its lease brings it back. */
export type RunResult = ({ readonly outcome: Dispatched } | { readonly thrown: unknown }) & {
  /** The request that made it due, as far as that was read. */
  readonly causedBy?: string;
};

/** One run over many deliveries. */
export interface DispatchRun {
  readonly desk: DispatchDesk;
  /** No mail is begun from then on (Unix milliseconds). What is not begun stays due. */
  readonly untilMilliseconds: number;
  /** Told of every delivery that was begun. */
  report(key: DeliveryKey, result: RunResult): void;
}

/** A run's time: nearly all of the minute between two sweeps, and what is begun last still ends within the functions' 80 seconds. */
export const RUN_MILLISECONDS = 58_000;

/** Mails and webhooks go side by side, so that endpoints that do not answer keep no mail waiting. */
interface Lane {
  isOf(channel: DeliveryChannel): boolean;
  /** At a second for each mail, still 16 mails a second. */
  readonly atOnce: number;
  /** How much earlier than a mail one must begin: an endpoint may take 15 seconds. */
  readonly earlierMilliseconds: number;
}

const LANES: readonly Lane[] = [
  { isOf: isMail, atOnce: 16, earlierMilliseconds: 0 },
  { isOf: (channel) => !isMail(channel), atOnce: 16, earlierMilliseconds: 5_000 },
];

/** Sends each of the deliveries that is due, while there is time. Whatever becomes of one, the others go on. */
export async function dispatchAll(keys: readonly DeliveryKey[], run: DispatchRun): Promise<void> {
  await Promise.all(LANES.map((lane) => dispatchLane(lane, keys, run)));
}

/**
 * Sends all that is due until nothing is, or the time is over.
 * @throws the first error when the due deliveries could not be listed, once all that was begun has ended
 */
export async function sweepOutbox(run: DispatchRun): Promise<void> {
  const lanes = await Promise.allSettled(LANES.map((lane) => sweepLane(lane, run)));
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
}

/** Keys held at one time; of more, the rest is listed when these are done. */
const MOST_LISTED = 5_000;

async function sweepLane(lane: Lane, run: DispatchRun): Promise<void> {
  // One that throws is left to the next run: it must not be met over and over.
  const broken = new Set<string>();
  const nameOf = ({ group, channel }: DeliveryKey) => `${group} ${channel}`;
  for (;;) {
    const due: DeliveryKey[] = [];
    for await (const page of run.desk.outbox.duePages(run.desk.nowMilliseconds())) {
      due.push(...page.filter((key) => lane.isOf(key.channel) && !broken.has(nameOf(key))));
      if (due.length >= MOST_LISTED) break;
    }
    let moved = 0;
    const report: DispatchRun['report'] = (key, result) => {
      if ('thrown' in result) broken.add(nameOf(key));
      else if (result.outcome !== 'not-due' && result.outcome !== 'no-time') moved += 1;
      run.report(key, result);
    };
    await dispatchLane(lane, due, { ...run, report });
    // The index follows its table by a moment: what it still names may be done, or in others' hands.
    if (moved === 0) return;
  }
}

async function dispatchLane(lane: Lane, keys: readonly DeliveryKey[], run: DispatchRun): Promise<void> {
  const { desk } = run;
  const untilMilliseconds = run.untilMilliseconds - lane.earlierMilliseconds;
  const queue = keys.filter(({ channel }) => lane.isOf(channel)).values();
  const work = async () => {
    // All workers draw from the one queue.
    for (const key of queue) {
      if (desk.nowMilliseconds() >= untilMilliseconds) return;
      let cause: Pick<RunResult, 'causedBy'> = {};
      const result = await dispatch(key, desk, untilMilliseconds, ({ causedBy }) => {
        if (causedBy !== undefined) cause = { causedBy };
      }).then(
        (outcome) => ({ outcome }),
        (thrown: unknown) => ({ thrown }),
      );
      run.report(key, { ...result, ...cause });
    }
  };
  await Promise.all(Array.from({ length: Math.min(lane.atOnce, keys.length) }, work));
}
