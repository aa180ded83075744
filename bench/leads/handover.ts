import { LEAD_STORE_ADDRESSES } from '../stack/stores.ts';
import { inLanes, type LeadStack } from './lead-stack.ts';

type Channel = keyof typeof LEAD_STORE_ADDRESSES;
const CHANNELS = Object.keys(LEAD_STORE_ADDRESSES) as readonly Channel[];

/** How long leads took from the buyer's confirmation to the store's inbox. */
export interface HandoverRun {
  readonly atOnce: number;
  /** Of each lead, from the answer to the confirmation until the mail was seen. */
  readonly milliseconds: Readonly<Record<Channel, readonly number[]>>;
}

/** Confirms reservations, so many at once; each of them waits for its store's mails before the next. */
export async function measureHandover(
  stack: LeadStack,
  { atOnce, leads }: { readonly atOnce: number; readonly leads: number },
): Promise<HandoverRun> {
  const buyers = stack.newBuyers(leads);
  await stack.submit(buyers);
  const tokens = await Promise.all(buyers.map((buyer) => stack.inbox.awaitConfirmToken(buyer)));
  const milliseconds: Record<Channel, number[]> = { 'lead-mail': [], 'adf-mail': [] };
  await inLanes([...buyers.entries()], atOnce, async ([at, buyer]) => {
    const confirmedAt = await stack.confirm(tokens[at] ?? '');
    for (const channel of CHANNELS) {
      milliseconds[channel].push((await stack.inbox.awaitMail(LEAD_STORE_ADDRESSES[channel], buyer)) - confirmedAt);
    }
    // The receipt, after the mail that asked to confirm.
    await stack.inbox.awaitMail(buyer, buyer, 2);
  });
  return { atOnce, milliseconds };
}
