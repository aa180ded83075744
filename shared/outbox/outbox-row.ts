import type { Delivery, DeliveryChannel, DeliveryKey, Lead } from './delivery.ts';

/** The one partition of the ledger's index. */
export const LEDGER = 'lead';

/** The one partition of the index of what is due. */
export const DUE = 'due';
/** What the sort keys of a lead's deliveries begin with. */
export const DELIVERY_PREFIX = 'delivery#';
/** Mails to buyers leave the outbox when they are done with; leads stay, they are the ledger. */
export const KEEP_BUYER_MAIL_SECONDS = 30 * 24 * 3600;

/** A delivery as its row holds it. */
export interface DeliveryRow extends Delivery {
  /** When each claim was taken whose end nobody has noted, in Unix milliseconds: of senders at work, and of dead ones. */
  readonly openClaims?: ReadonlySet<number>;
}

export function leadRowKey(leadId: string): { pk: string; sk: string } {
  return { pk: `lead#${leadId}`, sk: 'lead' };
}

/** A lead as its row holds it. */
export function leadRow(lead: Lead) {
  const ledgerKey = `${lead.createdAt}#${lead.id}`;
  return { ...leadRowKey(lead.id), ledger: LEDGER, dealerLedger: lead.dealerId, ledgerKey, ...lead };
}

/** The delivery that a row's keys name, as the stream and the index give them. */
export function deliveryKeyOf(keys: { readonly pk: string; readonly sk: string }): DeliveryKey {
  return { group: keys.pk, channel: keys.sk.slice(DELIVERY_PREFIX.length) as DeliveryChannel };
}

export function deliveryRowKey(key: DeliveryKey): { pk: string; sk: string } {
  return { pk: key.group, sk: `${DELIVERY_PREFIX}${key.channel}` };
}

/** A row's delivery. Rows are written by the outbox's own modules alone, so their shape is known. */
export function deliveryRowOf(item: Record<string, unknown> | undefined): DeliveryRow {
  return item as unknown as DeliveryRow;
}
