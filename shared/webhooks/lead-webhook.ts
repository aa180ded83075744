import { type Locale, launch, modelName, timeframeLabel } from '../launch/launch.ts';
import { buildAdf } from '../leads/adf.ts';
import { consentTo, LANGUAGES, type OutgoingLead } from '../leads/outgoing-lead.ts';
import type { ConsentEvidence } from '../reservations/reservation.ts';

/** What an endpoint takes: Standard Webhooks' JSON, or ADF 1.0 as the body. */
export const WEBHOOK_FORMATS = ['json', 'adf'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** Why a lead is no longer its store's. */
export type LeadClosure = 'another-store' | 'withdrawn';

/** What a store's endpoint is told. `at`: when it happened, RFC 3339 UTC, the same on every try. */
export type LeadEvent =
  /** A lead is handed to a store; or, `updated`, the buyer has changed something since. */
  | { readonly type: 'lead.created' | 'lead.updated'; readonly at: string; readonly lead: OutgoingLead }
  | {
      readonly type: 'lead.closed';
      readonly at: string;
      readonly leadId: string;
      readonly reservationNumber: string;
      readonly dealerId: string;
      readonly reason: LeadClosure;
    };

/** A webhook's body with its type. Sign and send exactly this text, in UTF-8. */
export interface WebhookMessage {
  readonly contentType: string;
  readonly body: string;
}

/** Standard Webhooks, "Payload size": smaller than 20 kB. */
const BODY_BYTES_BELOW = 20_000;

/**
 * The message of an event, of fewer than 20,000 bytes.
 * @param vendorEmail the address that the store's leads go to; ADF asks for one, JSON does not carry it
 * @returns `undefined` when the format cannot say it: ADF knows no end of a lead
 * @throws RangeError when a value is one that ADF cannot carry, or the body would be too large
 */
export function leadWebhook(event: LeadEvent, format: WebhookFormat, vendorEmail: string): WebhookMessage | undefined {
  if (format === 'json') return message('application/json', JSON.stringify(leadPayload(event)));
  if (event.type === 'lead.closed') return undefined;
  const lead = { ...event.lead, resend: event.lead.resend || event.type === 'lead.updated' };
  // The body's declaration says UTF-8; a reader believes the header first (RFC 7303, 3.2).
  return message('application/xml; charset=utf-8', buildAdf(lead, vendorEmail));
}

function message(contentType: string, body: string): WebhookMessage {
  const byteLength = Buffer.byteLength(body);
  if (byteLength >= BODY_BYTES_BELOW) {
    throw new RangeError(`a webhook has fewer than ${BODY_BYTES_BELOW} bytes, not ${byteLength}`);
  }
  return { contentType, body };
}

/** What was ticked, as it stands at this moment; the rest is null when it was not. */
export interface ConsentPayload {
  readonly granted: boolean;
  /** The words that were shown, and their version. */
  readonly text: string | null;
  readonly version: string | null;
  /** RFC 3339 UTC. */
  readonly at: string | null;
}

/** A lead in JSON. Every member is always there. */
export interface LeadData {
  /** The same in every message about this lead, and in ADF. */
  readonly leadId: string;
  readonly reservationNumber: string;
  /** Whether the store has been sent it before, as it stood then. */
  readonly resend: boolean;
  /** RFC 3339 UTC: when the buyer asked for this store. */
  readonly requestedAt: string;
  readonly customer: {
    readonly givenName: string;
    readonly familyName: string;
    readonly email: string;
    /** Whether the address is of a service for throw-away mailboxes. */
    readonly disposableAddress: boolean;
    /** E.164. */
    readonly phone: string | null;
    readonly zip: string;
    readonly language: { readonly locale: Locale; readonly name: string };
  };
  readonly interest: {
    readonly make: string;
    readonly model: { readonly id: string; readonly name: string };
    readonly timeframe: { readonly id: string; readonly label: string } | null;
    readonly note: string;
  };
  readonly store: { readonly id: string; readonly name: string };
  readonly consents: {
    /** News and offers. About the reservation itself the buyer may always be written to. */
    readonly email: ConsentPayload;
    /** Calls and texts from this store to this number. */
    readonly phone: ConsentPayload;
  };
}

/** Nothing of the customer: the store is to delete what it has. */
export interface ClosedLeadData {
  readonly leadId: string;
  readonly reservationNumber: string;
  readonly storeId: string;
  readonly reason: LeadClosure;
}

/** What a JSON body holds. `timestamp` is that of the event; the try's own is in the header. */
export type LeadPayload =
  | { readonly type: 'lead.created' | 'lead.updated'; readonly timestamp: string; readonly data: LeadData }
  | { readonly type: 'lead.closed'; readonly timestamp: string; readonly data: ClosedLeadData };

/** The payload of an event (Standard Webhooks, "Payload structure"). */
export function leadPayload(event: LeadEvent): LeadPayload {
  const timestamp = event.at;
  if (event.type !== 'lead.closed') return { type: event.type, timestamp, data: leadData(event.lead) };
  const { leadId, reservationNumber, dealerId, reason } = event;
  return { type: event.type, timestamp, data: { leadId, reservationNumber, storeId: dealerId, reason } };
}

function leadData(lead: OutgoingLead): LeadData {
  const { number, person, model, timeframe, locale, disposableAddress } = lead.reservation;
  return {
    leadId: lead.id,
    reservationNumber: number,
    resend: lead.resend,
    requestedAt: lead.requestedAt,
    customer: {
      givenName: person.givenName,
      familyName: person.familyName,
      email: person.email,
      disposableAddress,
      phone: person.phone ?? null,
      zip: person.zip,
      language: { locale, name: LANGUAGES[locale] },
    },
    interest: {
      make: launch.make,
      model: { id: model, name: modelName(model, 'en-US') },
      timeframe: timeframe === null ? null : { id: timeframe, label: timeframeLabel(timeframe, 'en-US') },
      note: 'Interest only: no car, price or date was promised.',
    },
    store: { id: lead.dealer.id, name: lead.dealer.name },
    consents: {
      email: consentPayload(consentTo('email', lead)),
      phone: consentPayload(consentTo('phone', lead)),
    },
  };
}

function consentPayload(consent: ConsentEvidence | undefined): ConsentPayload {
  if (consent === undefined) return { granted: false, text: null, version: null, at: null };
  return { granted: true, text: consent.text, version: consent.version, at: consent.at };
}
