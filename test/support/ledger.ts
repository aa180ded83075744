import { randomUUID } from 'node:crypto';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, inject } from 'vitest';
import type { LeadsAnswer } from '../../shared/contract/leads.ts';
import type { Delivery, DeliveryStatus, Lead } from '../../shared/outbox/delivery.ts';
import { OUTBOX_TABLE, outboxTable } from '../../shared/outbox/outbox-table.ts';
import { call } from './api-call.ts';
import { withToken } from './buyer.ts';
import { until } from './inbox.ts';
import { localDocumentClient } from './locator-tables.ts';
import { localDynamoDb } from './table.ts';

export type LeadRow = LeadsAnswer['leads'][number];

/** Takes the leads of stores without an address of their own. */
export const FALLBACK = 'leads-fallback@alpine-locator.example';

/** Of the form that `reserve` fills in; none may stand in an answer about leads. */
const CUSTOMER = ['Zoë', 'O’Neil', '90621', '+13055551234', '@buyers.example'];

/** A page of the ledger, which is held to say nothing of a customer. */
export async function leads(query = ''): Promise<LeadsAnswer> {
  const { status, text, json } = await call('GET', `/v1/leads${query}`, withToken(inject('locator').tokens.leads));
  expect(status).toBe(200);
  for (const datum of CUSTOMER) expect(text).not.toContain(datum);
  return json as LeadsAnswer;
}

/** The lead of a reservation as the ledger has it, once it fits. */
export async function awaitLead(
  dealerId: string,
  reservationNumber: string,
  fits: (lead: LeadRow) => boolean = ({ status }) => status === 'delivered',
): Promise<LeadRow> {
  return until(`the lead of ${reservationNumber}`, async () =>
    (await leads(`?dealerId=${dealerId}`)).leads.find(
      (lead) => lead.reservationNumber === reservationNumber && fits(lead),
    ),
  );
}

export function redeliver(leadId: string) {
  return call('POST', `/v1/leads/${leadId}/redeliver`, withToken(inject('locator').tokens.leads));
}

/**
 * Leads of a store that nobody else has, as the ledger holds them: of each status one after the other, a second apart.
 * @returns their ids, newest first
 */
export async function keepLeads(statuses: readonly DeliveryStatus[]): Promise<{ dealerId: string; ids: string[] }> {
  const { dynamoDbEndpoint, environment } = inject('locator');
  const dynamoDb = localDynamoDb(dynamoDbEndpoint);
  const client = localDocumentClient(dynamoDb);
  const dealerId = `ledger-${randomUUID().slice(0, 8)}`;
  const outbox = outboxTable(client, environment[OUTBOX_TABLE.environmentVariable] ?? '');
  const ids: string[] = [];
  for (const [index, status] of statuses.entries()) {
    const createdAt = new Date(Date.now() - 3_600_000 + index * 1_000).toISOString();
    const lead: Lead = {
      id: randomUUID(),
      reservationId: randomUUID(),
      reservationNumber: 'ALP-7K3Q-9XTM',
      dealerId,
      createdAt,
    };
    const delivery: Delivery = {
      group: `lead#${lead.id}`,
      channel: 'lead-mail',
      reservationId: lead.reservationId,
      reservationVersion: 2,
      leadId: lead.id,
      dealerId,
      createdAt,
      status,
      // Tried before: the stream lets it be, and the sweep finds it due in an hour.
      attempts: 1,
      dueAtSeconds: Math.floor(Date.now() / 1000) + 3600,
    };
    await client.send(new TransactWriteCommand({ TransactItems: outbox.additions(lead, [delivery]) }));
    ids.push(lead.id);
  }
  dynamoDb.destroy();
  return { dealerId, ids: ids.toReversed() };
}
