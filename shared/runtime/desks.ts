import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FactEvent } from '../counts/fact.ts';
import { FACT_TABLE, factTable } from '../counts/fact-table.ts';
import { DEALER_TABLE, dealerTable } from '../dealers/dealer-table.ts';
import type { AcknowledgementDesk, LeadDesk, RedeliveryDesk } from '../leads/lead-desk.ts';
import { LIMIT_TABLE, limitTable } from '../limits/limit-table.ts';
import type { DispatchDesk } from '../outbox/dispatch-desk.ts';
import { leadLedger } from '../outbox/lead-ledger-table.ts';
import { mailTurns } from '../outbox/mail-turns.ts';
import { OUTBOX_TABLE, outboxTable } from '../outbox/outbox-table.ts';
import type { FaultDesk } from '../reservations/interest-faults.ts';
import type { ReservationDesk } from '../reservations/reservation-desk.ts';
import { RESERVATION_TABLE, type ReservationTable, reservationTable } from '../reservations/reservation-table.ts';
import type { SubmissionDesk } from '../reservations/submit-interest.ts';
import { documentClient } from './dynamodb-client.ts';
import {
  ESCALATION_EMAIL_VARIABLE,
  FALLBACK_LEAD_EMAIL_VARIABLE,
  LEAD_ESCALATION_HOURS_VARIABLE,
  LEAD_REMINDER_HOURS_VARIABLE,
  MAIL_CONFIGURATION_SET_VARIABLE,
  MAILS_PER_SECOND_VARIABLE,
  optionalEnvironment,
  requireEnvironment,
  SENDER_EMAIL_VARIABLE,
  SITE_URL_VARIABLE,
  WEBHOOK_ALLOW_LOOPBACK_VARIABLE,
} from './environment.ts';
import { gazetteer } from './gazetteer-file.ts';
import { currentRequestId, log } from './log.ts';
import { sesMailer } from './mailer.ts';
import { METRICS, type MetricName, measure } from './metrics.ts';
import { pepper, signingKeys } from './secrets.ts';
import { webhookClient } from './webhook-client.ts';

/** Makes, at cold start, what gives each request its desk. @throws Error naming a missing environment variable */
export function reservationDesk(): () => Promise<ReservationDesk> {
  const { reservations, dealers } = tables();
  const keys = signingKeys();
  const leadTimes = {
    remindAfterSeconds: numberOf(LEAD_REMINDER_HOURS_VARIABLE) * 3600,
    escalateAfterSeconds: numberOf(LEAD_ESCALATION_HOURS_VARIABLE) * 3600,
  };
  return async () => ({
    reservations,
    dealers,
    signingKeys: await keys(),
    leadTimes,
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
  const escalationEmail = requireEnvironment(ESCALATION_EMAIL_VARIABLE);
  const sendMail = sesMailer({
    from: requireEnvironment(SENDER_EMAIL_VARIABLE),
    configurationSet: requireEnvironment(MAIL_CONFIGURATION_SET_VARIABLE),
  });
  const webhooks = webhookClient({ allowLoopback: optionalEnvironment(WEBHOOK_ALLOW_LOOPBACK_VARIABLE) === '1' });
  const awaitMailTurn = mailTurns({
    most: numberOf(MAILS_PER_SECOND_VARIABLE),
    limits: limitTable(documentClient(), requireEnvironment(LIMIT_TABLE.environmentVariable)),
    nowMilliseconds: Date.now,
    chance: Math.random,
    pauseUntil: (milliseconds) => delay(milliseconds - Date.now()),
  });
  const keys = signingKeys();
  return async () => ({
    outbox,
    reservations,
    dealers,
    signingKeys: await keys(),
    siteUrl,
    fallbackLeadEmail,
    escalationEmail,
    nowMilliseconds: Date.now,
    chance: Math.random,
    awaitMailTurn,
    sendMail,
    postWebhook: (webhook) => webhooks.post(webhook),
    reportFault: (error, { group, channel, attempts, causedBy }) =>
      log(
        'error',
        'delivery failed',
        { deliveryId: group, channel, attempts, ...(causedBy !== undefined && { causedBy }) },
        error,
      ),
  });
}

/** Makes, at cold start, what gives each look at the ledger its desk. @throws Error naming a missing environment variable */
export function leadDesk(): LeadDesk {
  const client = documentClient();
  const tableName = requireEnvironment(OUTBOX_TABLE.environmentVariable);
  const outbox = outboxTable(client, tableName);
  return {
    outbox: {
      ...outbox,
      // Sent again by hand: its lines lead back to that request.
      renew: (deliveries) => outbox.renew(deliveries, currentRequestId()),
    },
    ledger: leadLedger(client, tableName),
    nowMilliseconds: Date.now,
  };
}

/** The same for sending a lead again: it also looks whether the lead still stands. */
export function redeliveryDesk(): RedeliveryDesk {
  const { reservations, dealers } = tables();
  return { ...leadDesk(), reservations, dealers };
}

/** The same for a store that takes on a lead: it also knows a genuine link. */
export function acknowledgementDesk(): () => Promise<AcknowledgementDesk> {
  const desk = leadDesk();
  const dealers = dealerTable(documentClient(), requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);
  const keys = signingKeys();
  return async () => ({ ...desk, dealers, signingKeys: await keys() });
}

function numberOf(variable: string): number {
  const value = Number(requireEnvironment(variable));
  if (!(value > 0)) throw new Error(`the environment variable ${variable} must be a number above 0`);
  return value;
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
  return { facts, outbox, reservations: observed(reservations), dealers };
}

const METRIC_OF_EVENT: Partial<Record<FactEvent, MetricName>> = {
  submitted: METRICS.submitted,
  confirmed: METRICS.confirmed,
  withdrawn: METRICS.withdrawn,
};

/** What is committed keeps the id of the request that asked for it, and is counted. */
function observed(reservations: ReservationTable): ReservationTable {
  return {
    ...reservations,
    async commit(transition, ...more) {
      await reservations.commit({ ...transition, causedBy: currentRequestId() }, ...more);
      for (const { event } of transition.facts) {
        const metric = METRIC_OF_EVENT[event];
        if (metric !== undefined) measure({ [metric]: 1 });
      }
    },
  };
}
