import type { LeadRouting, PublicDealer } from '../dealers/dealer.ts';
import type { MailContent } from '../mail/mail-content.ts';
import type { DeliveryOutcome } from './delivery.ts';
import type { DispatchDesk } from './dispatch-desk.ts';

/** A mail that is ready to go. */
export interface AddressedMail {
  readonly to: string;
  readonly content: MailContent;
}

export const GONE: DeliveryOutcome = { kind: 'cancelled', reason: 'the reservation is gone' };
export const CHANGED: DeliveryOutcome = { kind: 'cancelled', reason: 'the reservation has changed since' };

/** A store and where its leads go. */
export interface Store {
  readonly dealer: PublicDealer;
  readonly routing: LeadRouting | undefined;
}

/** @throws Error when there is no such store */
export async function storeOf(dealerId: string, desk: Pick<DispatchDesk, 'dealers'>): Promise<Store> {
  const [dealer, routing] = await Promise.all([requireDealer(dealerId, desk), desk.dealers.getLeadRouting(dealerId)]);
  return { dealer, routing };
}

/** @throws Error when there is no such store */
export async function requireDealer(dealerId: string, desk: Pick<DispatchDesk, 'dealers'>): Promise<PublicDealer> {
  const dealer = await desk.dealers.getDealer(dealerId);
  // Imports withdraw stores and never delete them: a missing one is a fault to be seen and tried again.
  if (dealer === undefined) throw new Error(`the store ${dealerId} of a delivery is missing`);
  return dealer;
}

/** Where mails to a store's people go: to the fallback address when it has no address of its own, or only one that bounced. */
export async function peopleOf(
  { dealer, routing }: Store,
  desk: Pick<DispatchDesk, 'outbox' | 'fallbackLeadEmail'>,
): Promise<string> {
  const address = dealer.status === 'withdrawn' ? undefined : routing?.leadEmail;
  if (address === undefined) return desk.fallbackLeadEmail;
  const block = await desk.outbox.blockOf({ dealerId: dealer.id, channel: 'lead-mail', address });
  return block === undefined ? address : desk.fallbackLeadEmail;
}
