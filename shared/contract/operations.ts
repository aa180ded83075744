import { getHealth, getOpenApi } from './always.ts';
import { findDealers, findPlaces, getDealer } from './dealers.ts';
import { countInterests } from './interest-counts.ts';
import {
  changeReservation,
  confirmInterest,
  getForm,
  getReservation,
  submitInterest,
  unsubscribe,
  withdrawReservation,
} from './interests.ts';
import { acknowledgeLead, listLeads, redeliverLead } from './leads.ts';
import type { Operation } from './operation.ts';
import { getSearchCounts } from './search-counts.ts';

/**
 * Every operation by its route. The OpenAPI document is made from this table, and a test holds the template's routes
 * and the functions against it. A function imports its own operation only, so that it carries no other's schemas.
 */
export const OPERATIONS = {
  'GET /v1/dealers': findDealers,
  'GET /v1/dealers/{dealerId}': getDealer,
  'GET /v1/places': findPlaces,
  'GET /v1/form': getForm,
  'POST /v1/interests': submitInterest,
  'POST /v1/interests/confirm': confirmInterest,
  'GET /v1/reservation': getReservation,
  'PATCH /v1/reservation': changeReservation,
  'DELETE /v1/reservation': withdrawReservation,
  'POST /v1/reservation/unsubscribe': unsubscribe,
  'GET /v1/interest-counts': countInterests,
  'GET /v1/search-counts': getSearchCounts,
  'GET /v1/leads': listLeads,
  'POST /v1/leads/{leadId}/redeliver': redeliverLead,
  'POST /v1/leads/{leadId}/acknowledge': acknowledgeLead,
  'GET /v1/health': getHealth,
  'GET /v1/openapi.json': getOpenApi,
} as const satisfies Readonly<Record<`${string} /v1/${string}`, Operation>>;

export type Route = keyof typeof OPERATIONS;
