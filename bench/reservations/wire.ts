import { setTimeout as delay } from 'node:timers/promises';
import { type Limit, MAILBOX_LIMITS } from '../../shared/limits/limit.ts';
import type { BenchStack } from './bench-stack.ts';
import type { Call, CallAnswer } from './load-client.ts';

/** What stands of an address when a form for it comes. */
export const STANDINGS = [
  'new',
  'pending, the same form',
  'pending, another form',
  'confirmed',
  'withdrawn',
  'mailbox full',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** How the forms of one run were answered, as whoever sent them sees it. */
export interface WireRun {
  readonly atOnce: number;
  readonly answers: ReadonlyMap<Standing, readonly CallAnswer[]>;
}

/** So many forms in an hour fill a mailbox, and the hours are those of the clock. */
const { most: MAILBOX_FORMS, windowSeconds: MAILBOX_SECONDS } = MAILBOX_LIMITS[0] as Limit;
/** No run takes as long. */
const LONGEST_RUN_SECONDS = 300;
/** What the host does after an answer is to be over before the next form, when they come one at a time. */
const PAUSE_MILLISECONDS = 30;

/**
 * Sends forms for addresses of every standing in random order, so many of each.
 * @throws Error when one is not answered with 202
 */
export async function measureWire(
  stack: BenchStack,
  options: { readonly atOnce: number; readonly samples: number; readonly random: () => number },
): Promise<WireRun> {
  const { atOnce, samples, random } = options;
  const nowSeconds = Math.floor(Date.now() / 1000);
  const leftSeconds = MAILBOX_SECONDS - (nowSeconds % MAILBOX_SECONDS);
  if (leftSeconds < LONGEST_RUN_SECONDS) await delay(leftSeconds * 1_000);
  const prepared = await prepareStandings(stack, options);
  const order = prepared.map((one) => ({ ...one, order: random() })).sort((a, b) => a.order - b.order);
  const { answers } = await stack.client.sendAll(
    order.map(({ call }) => call),
    { atOnce, pauseMilliseconds: atOnce === 1 ? PAUSE_MILLISECONDS : 0 },
  );
  await stack.settle();
  const byStanding = new Map<Standing, CallAnswer[]>(STANDINGS.map((standing) => [standing, []]));
  for (const [at, { standing }] of order.entries()) {
    const answer = answers[at];
    if (answer?.status !== 202) {
      throw new Error(`a form was answered ${answer?.status}: ${answer?.body}\n${stack.faults.join('\n')}`);
    }
    byStanding.get(standing)?.push(answer);
  }
  if ([...byStanding.values()].some((all) => all.length !== samples)) throw new Error('answers are missing');
  return { atOnce, answers: byStanding };
}

async function prepareStandings(
  stack: BenchStack,
  { samples, random }: { readonly samples: number; readonly random: () => number },
): Promise<readonly { readonly standing: Standing; readonly call: Call }[]> {
  // All of one length, as the time may depend on it.
  const newAddress = (): string => `buyer-${random().toString(36).slice(2, 12).padEnd(10, '0')}@mail.example.com`;
  const some = (): readonly string[] => Array.from({ length: samples }, newAddress);
  const people: Readonly<Record<Standing, readonly string[]>> = {
    new: some(),
    'pending, the same form': some(),
    'pending, another form': some(),
    confirmed: some(),
    withdrawn: some(),
    'mailbox full': some(),
  };
  const forms = (emails: readonly string[]): readonly Call[] => emails.map((email) => stack.submission(email));

  const known = [
    ...people['pending, the same form'],
    ...people['pending, another form'],
    ...people.confirmed,
    ...people.withdrawn,
  ];
  await stack.prepare(forms(known), 202);
  const manageTokens = await stack.confirmAll([...people.confirmed, ...people.withdrawn]);
  await stack.withdrawAll(manageTokens.slice(samples));
  const full = people['mailbox full'].filter((_, at) => at % MAILBOX_FORMS === 0);
  for (let form = 0; form < MAILBOX_FORMS; form++) await stack.prepare(forms(full), 202);
  await stack.settle();

  return STANDINGS.flatMap((standing) =>
    people[standing].map((email, at) => {
      if (standing === 'pending, another form')
        return { standing, call: stack.submission(email, { model: 'undecided' }) };
      const addressee = standing === 'mailbox full' ? full[at % full.length] : email;
      return { standing, call: stack.submission(addressee ?? email) };
    }),
  );
}
