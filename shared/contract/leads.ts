import * as z from 'zod/mini';
import { DELIVERY_STATUSES } from '../outbox/delivery.ts';
import { DealerId } from './dealers.ts';
import { json, type Operation } from './operation.ts';

const STATUS_FIX = `must be one of ${DELIVERY_STATUSES.join(', ')}`;
const Status = z.enum(DELIVERY_STATUSES, STATUS_FIX);
const Time = z.iso.datetime();

const LeadsQuery = z.strictObject({
  status: z.optional(Status),
  dealerId: z.optional(DealerId),
  cursor: z.optional(z.string('must be the cursor of the page before').check(z.maxLength(200))),
});

const LeadAnswer = z.strictObject({
  id: z.string().check(z.meta({ description: 'The id in the ADF, the same on every try.' })),
  dealerId: z.string(),
  reservationNumber: z.string(),
  createdAt: Time,
  status: Status.check(
    z.meta({
      description: '`delivered`: on every channel. `failed`: one gave up. `cancelled`: closed before it was sent.',
    }),
  ),
  acknowledgedAt: z.nullable(Time),
  deliveries: z.array(
    z.strictObject({
      channel: z.string(),
      status: Status,
      attempts: z.int(),
      lastError: z.nullable(z.string()),
      deliveredAt: z.nullable(Time),
      dueAt: z.nullable(Time).check(z.meta({ description: 'The next try of one that is pending.' })),
    }),
  ),
});

export const LeadsAnswer = z.strictObject({
  leads: z.array(LeadAnswer),
  cursor: z
    .nullable(z.string())
    .check(
      z.meta({ description: 'Gives the next page; null on the last. A page of a filter may be short, even empty.' }),
    ),
  summary: z
    .nullable(
      z.strictObject({
        since: Time,
        stores: z.array(
          z.strictObject({
            dealerId: z.string(),
            leads: z.int(),
            acknowledged: z.int(),
            medianResponseSeconds: z.nullable(z.number()),
          }),
        ),
      }),
    )
    .check(z.meta({ description: 'The last 30 days by store; on the first page only.' })),
});
export type LeadsAnswer = z.infer<typeof LeadsAnswer>;

const RedeliveryAnswer = z.strictObject({ status: z.literal('due') });

const AcknowledgeBody = z.strictObject({
  token: z.string('is required: the part after #acknowledge= of the link in the mail').check(z.maxLength(1000)),
});

export const AcknowledgementAnswer = z.strictObject({
  reservationNumber: z.string(),
  dealer: z.strictObject({ id: z.string(), name: z.string() }),
  createdAt: Time,
  acknowledgedAt: Time.check(z.meta({ description: 'When it was acknowledged first.' })),
});
export type AcknowledgementAnswer = z.infer<typeof AcknowledgementAnswer>;

export const listLeads = {
  summary: 'The ledger of leads, newest first; nothing of the customers',
  security: 'oidc-leads',
  query: LeadsQuery,
  success: { status: 200, content: json(LeadsAnswer) },
  refusals: [400, 401, 403],
} as const satisfies Operation;

export const redeliverLead = {
  summary: 'Send a lead again on every channel of its store, under the same id',
  security: 'oidc-leads',
  pathParameter: 'leadId',
  success: { status: 202, content: json(RedeliveryAnswer) },
  refusals: [400, 401, 403, 404, 409],
} as const satisfies Operation;

export const acknowledgeLead = {
  summary: 'Say that the store has taken on a lead, with the token of its mail; the first time counts',
  security: 'public',
  pathParameter: 'leadId',
  body: AcknowledgeBody,
  success: { status: 200, content: json(AcknowledgementAnswer) },
  refusals: [400, 404, 413, 415],
} as const satisfies Operation;
