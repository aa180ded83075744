import { LEAD_STORE_ADDRESSES } from '../stack/stores.ts';
import { inLanes, type LeadStack } from './lead-stack.ts';

/** Forms that came one after another, with nothing else to do or in the middle of a burst of leads. */
export interface FormsRun {
  /** Leads that were confirmed at the same time; 0 of a quiet stack. */
  readonly leads: number;
  /** Of the leads' mails to the store, how many had still to come when the last form was answered. */
  readonly mailsLeft: number;
  /** From sending a form to the last byte of its answer. */
  readonly answerMilliseconds: readonly number[];
  /** From sending the first form until the last confirmation mail was in. */
  readonly seconds: number;
}

const CONFIRMED_AT_ONCE = 8;
/** A form now and then: they are to meet the burst from its beginning until it is nearly sent. */
const PAUSE_MILLISECONDS = 200;

/** Sends forms one at a time, while so many leads are confirmed and sent to their store. */
export async function measureForms(
  stack: LeadStack,
  { forms, leads }: { readonly forms: number; readonly leads: number },
): Promise<FormsRun> {
  const leaders = stack.newBuyers(leads);
  if (leads > 0) await stack.submit(leaders);
  const tokens = await Promise.all(leaders.map((buyer) => stack.inbox.awaitConfirmToken(buyer)));
  const buyers = stack.newBuyers(forms);
  const startedAt = performance.now();
  const burst = inLanes(tokens, CONFIRMED_AT_ONCE, async (token) => {
    await stack.confirm(token);
  });
  const answers = await stack.submit(buyers, { atOnce: 1, pauseMilliseconds: PAUSE_MILLISECONDS });
  const addresses = Object.values(LEAD_STORE_ADDRESSES);
  const toCome = leaders.flatMap((buyer) =>
    addresses.filter((address) => stack.inbox.arrivedAt(address, buyer) === undefined),
  );
  await burst;
  const mailed = await Promise.all(buyers.map((buyer) => stack.inbox.awaitMail(buyer, buyer)));
  for (const buyer of leaders) for (const address of addresses) await stack.inbox.awaitMail(address, buyer);
  return {
    leads,
    mailsLeft: toCome.length,
    answerMilliseconds: answers.map(({ milliseconds }) => milliseconds),
    seconds: (Math.max(...mailed) - startedAt) / 1_000,
  };
}
