import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { FACT_TABLE, factTable } from '../counts/fact-table.ts';
import { DEALER_TABLE, dealerTable } from '../dealers/dealer-table.ts';
import { LIMIT_TABLE, limitTable } from '../limits/limit-table.ts';
import { OUTBOX_TABLE, outboxTable } from '../outbox/outbox-table.ts';
import type { DispatchDesk } from '../outbox/send-delivery.ts';
import type { FaultDesk } from '../reservations/interest-faults.ts';
import type { ReservationDesk } from '../reservations/reservation-desk.ts';
import { RESERVATION_TABLE, reservationTable } from '../reservations/reservation-table.ts';
import type { SubmissionDesk } from '../reservations/submit-interest.ts';
import { documentClient } from './dynamodb-client.ts';
import {
  FALLBACK_LEAD_EMAIL_VARIABLE,
  requireEnvironment,
  SENDER_EMAIL_VARIABLE,
  SITE_URL_VARIABLE,
} from './environment.ts';
import { gazetteer } from './gazetteer-file.ts';
import { log } from './log.ts';
import { sesMailer } from './mailer.ts';
import { pepper, signingKeys } from './secrets.ts';

/** Makes, at cold start, what gives each request its desk. @throws Error naming a missing environment variable */
export function reservationDesk(): () => Promise<ReservationDesk> {
  const { reservations, dealers } = tables();
  const keys = signingKeys();
  return async () => ({
    reservations,
    dealers,
    signingKeys: await keys(),
    nowMilliseconds: Date.now,
    newId: randomUUID,
    randomBytes,
    // Full jitter: those who met at one item do not meet again.
    pause: (tries) => delay(randomInt(25 * 2 ** tries)),
  });
}

/** The same for a change: it also places people. */
export function changeDesk(): () => Promise<FaultDesk> {
  const desk = reservationDesk();
  return async () => ({ ...(await desk()), gazetteer: gazetteer() });
}

/** The same for the form: it also tells people apart, and counts how often they come. */
export function submissionDesk(): () => Promise<SubmissionDesk> {
  const desk = changeDesk();
  const currentPepper = pepper();
  const limits = limitTable(documentClient(), requireEnvironment(LIMIT_TABLE.environmentVariable));
  return async () => {
    const [base, pepperNow] = await Promise.all([desk(), currentPepper()]);
    return { ...base, pepper: pepperNow, limits };
  };
}

/** Makes, at cold start, what gives each batch of deliveries its desk. @throws Error naming a missing environment variable */
export function dispatchDesk(): () => Promise<DispatchDesk> {
  const { reservations, dealers, outbox } = tables();
  const siteUrl = requireEnvironment(SITE_URL_VARIABLE);
  const fallbackLeadEmail = requireEnvironment(FALLBACK_LEAD_EMAIL_VARIABLE);
  const sendMail = sesMailer(requireEnvironment(SENDER_EMAIL_VARIABLE));
  const keys = signingKeys();
  return async () => ({
    outbox,
    reservations,
    dealers,
    signingKeys: await keys(),
    siteUrl,
    fallbackLeadEmail,
    nowMilliseconds: Date.now,
    sendMail,
    reportFault: (error, { group, channel, attempts }) =>
      log('error', 'delivery failed', { deliveryId: group, channel, attempts }, error),
  });
}

function tables() {
  const client = documentClient();
  const facts = factTable(client, requireEnvironment(FACT_TABLE.environmentVariable));
  const outbox = outboxTable(client, requireEnvironment(OUTBOX_TABLE.environmentVariable));
  const reservations = reservationTable(client, requireEnvironment(RESERVATION_TABLE.environmentVariable), {
    facts,
    outbox,
  });
  const dealers = dealerTable(client, requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);
  return { facts, outbox, reservations, dealers };
}
