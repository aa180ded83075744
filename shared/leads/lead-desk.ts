import type { AcknowledgementAnswer, LeadsAnswer } from '../contract/leads.ts';
import type { DealerTable } from '../dealers/dealer-table.ts';
import { type DeliveryStatus, type Lead, leadDeliveries } from '../outbox/delivery.ts';
import { LEDGER_KEY, type LeadLedger } from '../outbox/lead-ledger-table.ts';
import type { OutboxTable } from '../outbox/outbox-table.ts';
import { channelsTo } from '../reservations/reservation-desk.ts';
import type { ReservationTable } from '../reservations/reservation-table.ts';
import { type SigningKey, verifyToken } from '../reservations/signed-token.ts';
import { leadStatus, responseByStore } from './lead-ledger.ts';

/** What operations and dealers work with. */
export interface LeadDesk {
  readonly ledger: LeadLedger;
  readonly outbox: OutboxTable;
  nowMilliseconds(): number;
}

export interface RedeliveryDesk extends LeadDesk {
  readonly reservations: Pick<ReservationTable, 'find'>;
  readonly dealers: DealerTable;
}

export interface AcknowledgementDesk extends LeadDesk {
  readonly dealers: DealerTable;
  readonly signingKeys: readonly SigningKey[];
}

export interface LeadFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly dealerId?: string | undefined;
  readonly cursor?: string | undefined;
}

const PAGE = 25;
/** A page of a filter is looked for in so many leads; the cursor goes on from there. */
const MOST_LOOKED_AT = 200;
const SUMMARY_DAYS = 30;
const DAY_MS = 24 * 3600_000;

/** Whether a text is a cursor of ours. It is a position and no secret. */
export function cursorPosition(cursor: string): string | undefined {
  const position = Buffer.from(cursor, 'base64url').toString();
  return LEDGER_KEY.test(position) && Buffer.from(position).toString('base64url') === cursor ? position : undefined;
}

/**
 * A page of the ledger, newest first, with the summary on the first.
 * @throws RangeError when the cursor is none
 */
export async function listLeads({ status, dealerId, cursor }: LeadFilter, desk: LeadDesk): Promise<LeadsAnswer> {
  const position = cursor === undefined ? undefined : cursorPosition(cursor);
  if (cursor !== undefined && position === undefined) throw new RangeError('the cursor must be one of ours');
  const leads: LeadsAnswer['leads'] = [];
  let next = position;
  let lookedAt = 0;
  do {
    const page = await desk.ledger.page({ dealerId, before: next }, PAGE);
    const rows = await Promise.all(page.leads.map((lead) => rowOf(lead, desk)));
    leads.push(...rows.filter((row) => status === undefined || row.status === status));
    lookedAt += page.leads.length;
    next = page.next;
  } while (next !== undefined && leads.length < PAGE && lookedAt < MOST_LOOKED_AT);
  return {
    leads,
    cursor: next === undefined ? null : Buffer.from(next).toString('base64url'),
    summary: cursor === undefined ? await summaryOf(dealerId, desk) : null,
  };
}

async function summaryOf(dealerId: string | undefined, desk: LeadDesk): Promise<LeadsAnswer['summary']> {
  const since = new Date(desk.nowMilliseconds() - SUMMARY_DAYS * DAY_MS).toISOString();
  return { since, stores: [...responseByStore(await desk.ledger.since(since, dealerId))] };
}

async function rowOf(lead: Lead, desk: LeadDesk): Promise<LeadsAnswer['leads'][number]> {
  const deliveries = await desk.outbox.listDeliveries(lead.id);
  const { id, dealerId, reservationNumber, createdAt, acknowledgedAt = null } = lead;
  return {
    id,
    dealerId,
    reservationNumber,
    createdAt,
    status: leadStatus(deliveries),
    acknowledgedAt,
    deliveries: deliveries.map(({ channel, status, attempts, lastError = null, deliveredAt = null, dueAtSeconds }) => ({
      channel,
      status,
      attempts,
      lastError,
      deliveredAt,
      dueAt: status === 'pending' ? new Date(dueAtSeconds * 1000).toISOString() : null,
    })),
  };
}

export type Redelivery = 'due' | 'unknown' | 'closed';

/** Makes a lead due again on every channel of its store. `closed`: the buyer has withdrawn it or gone to another store. */
export async function redeliverLead(leadId: string, desk: RedeliveryDesk): Promise<Redelivery> {
  const lead = await desk.outbox.findLead(leadId);
  if (lead === undefined) return 'unknown';
  const reservation = await desk.reservations.find(lead.reservationId);
  if (reservation?.status !== 'confirmed' || reservation.leadId !== leadId) return 'closed';
  const channels = await channelsTo(lead.dealerId, desk);
  await desk.outbox.renew(leadDeliveries(lead, channels, reservation.version, desk.nowMilliseconds()));
  return 'due';
}

/**
 * A store says that it has taken on a lead; the first time counts.
 * @returns `undefined` for any token that is not this lead's
 */
export async function acknowledgeLead(
  leadId: string,
  token: string,
  desk: AcknowledgementDesk,
): Promise<AcknowledgementAnswer | undefined> {
  const now = desk.nowMilliseconds();
  const claims = verifyToken('acknowledge', token, desk.signingKeys, now);
  if (claims === undefined || claims.subject !== leadId) return undefined;
  const lead = await desk.ledger.acknowledge(leadId, new Date(now).toISOString());
  if (lead?.acknowledgedAt === undefined) return undefined;
  const dealer = await desk.dealers.getDealer(lead.dealerId);
  const { dealerId, reservationNumber, createdAt, acknowledgedAt } = lead;
  return { reservationNumber, dealer: { id: dealerId, name: dealer?.name ?? dealerId }, createdAt, acknowledgedAt };
}
