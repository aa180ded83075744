import { type LeadEvent, leadWebhook } from '../webhooks/lead-webhook.ts';
import { parseWebhookSecrets, webhookHeaders } from '../webhooks/webhook-signature.ts';
import type { ClaimedDelivery, Delivery, DeliveryOutcome } from './delivery.ts';
import type { Store } from './delivery-parts.ts';
import type { DispatchDesk } from './dispatch-desk.ts';
import { type ClosedStoreLead, mailInstead, outgoingLeadOf, type StandingLead } from './lead-delivery.ts';

/** Posts a lead to its store's endpoint. */
export async function sendLeadWebhook(
  delivery: ClaimedDelivery,
  standing: StandingLead,
  desk: DispatchDesk,
): Promise<DeliveryOutcome> {
  const { dealer, lead } = standing;
  // A store that is withdrawn after someone chose it gets nobody's data.
  if (dealer.status === 'withdrawn') return mailInstead(standing, 'the store is withdrawn', desk);
  const outgoing = outgoingLeadOf(delivery, standing);
  const event: LeadEvent = {
    type: outgoing.resend ? 'lead.updated' : 'lead.created',
    at: delivery.createdAt,
    lead: outgoing,
  };
  const outcome = await post(event, messageIdOf(lead.id, delivery), standing, desk);
  return outcome ?? mailInstead(standing, 'the store has no webhook any more', desk);
}

/** Posts to a store's endpoint that a lead is closed. ADF has no words for it, so only an endpoint for JSON is told. */
export async function sendClosedWebhook(
  delivery: Delivery,
  closed: ClosedStoreLead,
  desk: DispatchDesk,
): Promise<DeliveryOutcome> {
  const { dealer, lead, because } = closed;
  if (dealer.status === 'withdrawn') return { kind: 'cancelled', reason: 'the store is withdrawn' };
  const event: LeadEvent = {
    type: 'lead.closed',
    at: delivery.createdAt,
    leadId: lead.id,
    reservationNumber: lead.reservationNumber,
    dealerId: dealer.id,
    reason: because === 'withdrew' ? 'withdrawn' : 'another-store',
  };
  const outcome = await post(event, `${messageIdOf(lead.id, delivery)}-closed`, closed, desk);
  return outcome ?? { kind: 'cancelled', reason: 'the store has no webhook for JSON' };
}

/** The same on every try, another after a renewal: receivers drop what they know. */
function messageIdOf(leadId: string, { createdAt }: Delivery): string {
  return `${leadId}-${Date.parse(createdAt)}`;
}

/** @returns `undefined` when the store has no endpoint, or none whose format can say this */
async function post(
  event: LeadEvent,
  id: string,
  { dealer, routing }: Store,
  desk: DispatchDesk,
): Promise<DeliveryOutcome | undefined> {
  const { webhookUrl: url, webhookSecret, webhookFormat = 'json', adfEmail, leadEmail } = routing ?? {};
  if (url === undefined) return undefined;
  // ADF asks for the vendor's address: one of the store's own.
  const message = leadWebhook(event, webhookFormat, adfEmail ?? leadEmail ?? desk.fallbackLeadEmail);
  if (message === undefined) return undefined;
  const endpoint = { dealerId: dealer.id, channel: 'webhook', address: url } as const;
  if ((await desk.outbox.blockOf(endpoint)) !== undefined) {
    return { kind: 'failed', reason: 'the endpoint said that it is gone' };
  }
  if (webhookSecret === undefined) throw new Error(`the webhook of the store ${dealer.id} has no secret`);
  const headers = webhookHeaders({
    id,
    timestampSeconds: Math.floor(desk.nowMilliseconds() / 1000),
    body: message.body,
    keys: parseWebhookSecrets(webhookSecret),
  });
  const result = await desk.postWebhook({ url, headers: { ...headers }, ...message });
  if (result.kind === 'gone') {
    await desk.outbox.block(endpoint, 'gone', desk.nowMilliseconds());
    return { kind: 'failed', reason: 'the endpoint answered 410: it is gone' };
  }
  if (result.kind !== 'retry') return result;
  const { retryAfterSeconds, ...retry } = result;
  return { ...retry, ...(retryAfterSeconds !== undefined && { waitSeconds: retryAfterSeconds }) };
}
