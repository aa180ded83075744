import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { currentWording } from '../../shared/launch/launch.ts';
import { FAULTS, type Fault } from '../support/faulty-client.ts';

const MINUTE = 60_000;
const DAY = 24 * 3600_000;
const CLOCKS_DIFFER_MS = 10 * MINUTE;

/** The stores of a history; each history has lines of its own. */
export const STORES_TRIED = ['north', 'south'] as const;
type Store = (typeof STORES_TRIED)[number] | null;

/** What a buyer asks to change; what is absent stays. */
export interface Wanted {
  readonly store?: Store;
  readonly model?: string;
  readonly phone?: string | null;
  readonly zip?: string;
  readonly timeframe?: '0-6-months' | null;
  readonly locale?: 'en-US' | 'es-US';
  readonly consents?: { readonly email?: boolean; readonly phone?: boolean; readonly version: string };
}

/** `token`: which of those that were mailed, 0 the latest. */
export type Act =
  /** With a key, the caller sends the same again after a failure, as callers do; the same act twice is one request. */
  | { readonly is: 'submit'; readonly model: string; readonly store: Store; readonly keyed: boolean }
  | { readonly is: 'confirm' | 'withdraw' | 'unsubscribe'; readonly token: number }
  | { readonly is: 'change'; readonly token: number; readonly wanted: Wanted };

export interface Step {
  readonly person: number;
  readonly act: Act;
  /** How far the clock of the instance that does it is off. */
  readonly skewMs: number;
}

/** What can happen to a mail: refused for now, or taken and the answer lost. */
export const MAIL_FAULTS = ['mail-refused', 'mail-answer-lost'] as const;
export type MailFault = (typeof MAIL_FAULTS)[number];

/** What two people do, and what goes wrong meanwhile. */
export interface Plan {
  /** Steps that are taken at the same moment, and some time between. */
  readonly rounds: readonly {
    readonly afterMs: number;
    readonly steps: readonly Step[];
    /** Whether the outbox is sent meanwhile; otherwise once they are done. */
    readonly sendsMeanwhile: boolean;
  }[];
  readonly requests: Iterator<Fault | undefined>;
  readonly mails: Iterator<MailFault | undefined>;
  /** Whether a delivery comes twice at once, as a stream may hand it over. */
  readonly doubles: Iterator<boolean>;
}

const anyToken = fc.constantFrom(0, 0, 0, 1, 2);
const anyStore = fc.constantFrom<Store>(...STORES_TRIED, null);
const [phone, otherPhone] = ['+13055550123', '+13055550199'];

const anyWanted: fc.Arbitrary<Wanted> = fc
  .record(
    {
      store: anyStore,
      model: fc.constantFrom('a110', 'undecided'),
      phone: fc.constantFrom(null, phone, otherPhone),
      zip: fc.constantFrom('33324', '33325', '90210'),
      timeframe: fc.constantFrom('0-6-months' as const, null),
      locale: fc.constantFrom('en-US' as const, 'es-US' as const),
      consents: fc.record(
        { email: fc.boolean(), phone: fc.boolean(), version: fc.constant(currentWording().version) },
        { requiredKeys: ['version'] },
      ),
    },
    { requiredKeys: [] },
  )
  // Stores are what most changes are about.
  .chain((wanted) =>
    fc.oneof(
      fc.constant(wanted),
      anyStore.map((store) => ({ ...wanted, store })),
    ),
  );

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('submit' as const),
      model: fc.constantFrom('a110', 'undecided'),
      store: anyStore,
      keyed: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ is: fc.constant('confirm' as const), token: anyToken }) },
  { weight: 5, arbitrary: fc.record({ is: fc.constant('change' as const), token: anyToken, wanted: anyWanted }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('unsubscribe' as const), token: anyToken }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('withdraw' as const), token: anyToken }) },
);

const anyStep: fc.Arbitrary<Step> = fc.record({
  // Mostly one of them, so that much happens to a reservation.
  person: fc.constantFrom(0, 0, 1),
  skewMs: fc.constantFrom(0, 0, 0, 0, -CLOCKS_DIFFER_MS, CLOCKS_DIFFER_MS),
  act: anyAct,
});

/** Begins as most do: somebody asks, now and then by two clicks, and confirms. */
const anyBeginning = fc
  .tuple(
    anyAct.filter(({ is }) => is === 'submit'),
    anyAct.filter(({ is }) => is === 'confirm'),
    fc.constantFrom(1, 1, 1, 2),
  )
  .map(([submit, confirm, clicks]) =>
    [Array<Act>(clicks).fill(submit), [confirm]].map((acts) => ({
      afterMs: 1_000,
      steps: acts.map((act): Step => ({ person: 0, skewMs: 0, act })),
      sendsMeanwhile: false,
    })),
  );

/** What is done at one moment: by whoever, or the same twice over. */
const anySteps: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 3, arbitrary: fc.array(anyStep, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: anyStep.map((step) => [step, step]) },
);

const anyPlan: fc.Arbitrary<Plan> = fc.record({
  rounds: fc
    .tuple(
      anyBeginning,
      fc.array(
        fc.record({
          afterMs: fc.oneof(
            { weight: 16, arbitrary: fc.constantFrom(1_000, MINUTE, 3 * MINUTE, 10 * MINUTE) },
            { weight: 1, arbitrary: fc.constantFrom(3 * DAY, 8 * DAY) },
          ),
          steps: anySteps,
          sendsMeanwhile: fc.boolean(),
        }),
        { minLength: 4, maxLength: 7, size: 'max' },
      ),
    )
    .map(([beginning, later]) => [...beginning, ...later]),
  requests: fc.infiniteStream(
    fc.oneof(
      { weight: 18, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.constantFrom(...FAULTS) },
      // Conflicts happen to transactions alone, which are few of the requests.
      { weight: 1, arbitrary: fc.constant('conflict' as const) },
    ),
  ),
  mails: fc.infiniteStream(
    fc.oneof(
      { weight: 14, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...MAIL_FAULTS) },
    ),
  ),
  doubles: fc.infiniteStream(fc.constantFrom(true, false, false, false, false)),
});

/** The plan of a number, the same for the same seed; how requests meet is up to the machine. */
export function planOf(seed: number, at: number): Plan {
  const own = createHash('sha256').update(`${seed}/${at}`).digest().readInt32BE();
  const [plan] = fc.sample(fc.noBias(anyPlan), { seed: own, numRuns: 1 });
  if (plan === undefined) throw new Error('a sample of one has one');
  return plan;
}
