import type { WebhookPost } from '../../shared/webhooks/webhook-post.ts';
import { someone as anyone, type Buyer } from '../reservations/test-desk.ts';
import type { OpenTables } from '../support/locator-tables.ts';
import { sendingParts } from './sending-parts.ts';

/** Somebody new, whose desk also posts webhooks: to `posts`. */
export function someone(tables: OpenTables, email?: string): Buyer & { readonly posts: WebhookPost[] } {
  const posts: WebhookPost[] = [];
  const buyer = anyone(tables, email);
  // Into the desk itself: the buyer's own steps send with it.
  Object.assign(buyer.desk, sendingParts(posts));
  return { ...buyer, posts };
}
