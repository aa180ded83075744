import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';
import type { InterestBody } from '../contract/interests.ts';
import { dimensionsOf } from '../counts/dimensions.ts';
import type { PublicDealer } from '../dealers/dealer.ts';
import { nearestDealer } from '../dealers/find-dealers.ts';
import type { ZipEntry } from '../gazetteer/place.ts';
import { MAILBOX_LIMITS, mailboxOf, SENDER_LIMIT, senderOf } from '../limits/limit.ts';
import type { LimitTable } from '../limits/limit-table.ts';
import { consentEvidence } from './consent-evidence.ts';
import { type FaultDesk, type FieldErrors, faultsOf } from './interest-faults.ts';
import { contentFingerprint, type Pepper, personKey } from './person-key.ts';
import { untilCommitted } from './reservation-desk.ts';
import {
  CommitRefused,
  IDEMPOTENCY_SECONDS,
  type IdempotencyRecord,
  type Interest,
  type Moment,
  submit,
} from './reservation-life.ts';

/** What taking a form works with. */
export interface SubmissionDesk extends FaultDesk {
  readonly limits: LimitTable;
  readonly pepper: Pepper;
}

export interface SubmitRequest {
  readonly body: InterestBody;
  readonly idempotencyKey: string | undefined;
  readonly globalPrivacyControl: boolean;
  /** The sender's address, which limits count; `undefined` when nobody reported one. */
  readonly senderAddress: string | undefined;
}

/** `accepted` tells nothing of what was found or done. */
export type SubmitResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors }
  /** The sender's address has sent as much as it may for now. */
  | { readonly kind: 'too-many'; readonly retryAfterSeconds: number }
  /** The idempotency key came with another body before. */
  | { readonly kind: 'key-reused' }
  /** A request with the same key is still being worked on. */
  | { readonly kind: 'in-flight' };

/**
 * Takes a form: everything checked, then one transaction. Once a mailbox has been sent as many mails as it may, a form for it
 * changes nothing, and is answered as any other.
 */
export async function submitInterest(request: SubmitRequest, desk: SubmissionDesk): Promise<SubmitResult> {
  const { body } = request;
  const retryAfterSeconds = await countSender(request.senderAddress, desk);
  if (retryAfterSeconds !== undefined) return { kind: 'too-many', retryAfterSeconds };
  // Robots fill what people cannot see; they are told what people are told.
  if (body.company !== undefined && body.company !== '') return { kind: 'accepted' };

  const zip = body.zip.slice(0, 5);
  const place = desk.gazetteer.findZip(zip);
  const dealerId = body.dealerId ?? null;
  const dealer = dealerId === null ? undefined : await desk.dealers.getDealer(dealerId);
  const errors = faultsOf(
    { zip, place, dealerId, dealer, formToken: body.formToken, version: body.consents.version },
    desk,
  );
  if (errors.length > 0) return { kind: 'invalid', errors };

  const key = personKey(body.email, desk.pepper);
  const interest = await interestOf(request, { zip, place, dealerId, dealer, personKey: key }, desk);
  try {
    return await untilCommitted(desk, async (moment): Promise<SubmitResult> => {
      const record = idempotencyRecordOf(request, desk);
      const known = record && (await desk.reservations.findIdempotencyRecord(record.keyHash, moment.nowMilliseconds));
      if (known !== undefined) {
        return { kind: known.fingerprint === record?.fingerprint ? 'accepted' : 'key-reused' };
      }
      const current = await desk.reservations.findByPerson(key);
      await desk.reservations.commit(submit(current, interest, moment), record, mailCounts(body.email, moment, desk));
      return { kind: 'accepted' };
    });
  } catch (error) {
    if (!(error instanceof CommitRefused)) throw error;
    if (error.reason === 'limit-reached') return { kind: 'accepted' };
    if (request.idempotencyKey !== undefined) return { kind: 'in-flight' };
    throw error;
  }
}

/** @returns seconds to wait, when the sender has reached its limit */
async function countSender(address: string | undefined, desk: SubmissionDesk): Promise<number | undefined> {
  const sender = address && senderOf(address);
  if (!sender) return undefined;
  const subject = contentFingerprint(`sender ${sender}`, desk.pepper);
  return desk.limits.take(SENDER_LIMIT, subject, desk.nowMilliseconds());
}

/** Counts the mail in the transaction that causes it: what was not mailed was not counted. */
function mailCounts(email: string, { nowMilliseconds }: Moment, desk: SubmissionDesk) {
  const subject = contentFingerprint(`mailbox ${mailboxOf(email)}`, desk.pepper);
  return MAILBOX_LIMITS.map((limit) => desk.limits.addition(limit, subject, nowMilliseconds));
}

let disposableDomains: ReadonlySet<string> | undefined;

/** Whether an address is of a service for throw-away mailboxes. The package's own test builds its set anew for every address. */
function isDisposable(email: string): boolean {
  disposableDomains ??= disposableEmailBlocklistSet();
  return disposableDomains.has(email.slice(email.lastIndexOf('@') + 1).toLowerCase());
}

interface Resolved {
  readonly zip: string;
  readonly place: ZipEntry | undefined;
  readonly dealerId: string | null;
  readonly dealer: PublicDealer | undefined;
  readonly personKey: string;
}

async function interestOf(request: SubmitRequest, resolved: Resolved, desk: SubmissionDesk): Promise<Interest> {
  const { body } = request;
  const { zip, place, dealerId, dealer } = resolved;
  const { consents, phone, locale, source } = body;
  const nowMilliseconds = desk.nowMilliseconds();
  const evidence = (id: 'email' | 'phone') =>
    consentEvidence(
      id,
      {
        granted: consents[id],
        version: consents.version,
        locale,
        dealer,
        phone,
        page: source?.page,
        globalPrivacyControl: request.globalPrivacyControl,
      },
      nowMilliseconds,
    );
  const nearest = place?.military === false ? await nearestDealer(place.location, desk.dealers) : undefined;
  const timeframe = body.timeframe ?? null;
  return {
    person: {
      email: body.email,
      givenName: body.givenName,
      familyName: body.familyName,
      ...(phone !== undefined && { phone }),
      zip,
    },
    personKey: resolved.personKey,
    model: body.model,
    dealerId,
    timeframe,
    locale: body.locale,
    consents: [evidence('email'), evidence('phone')],
    disposableAddress: isDisposable(body.email),
    dimensions: dimensionsOf({
      zip,
      place,
      nearestStoreMeters: nearest?.distanceMeters,
      dealerId,
      model: body.model,
      timeframe,
      locale: body.locale,
      // Who asks not to be shared is not told apart by the advertisement they came from.
      campaign: request.globalPrivacyControl ? undefined : source?.campaign,
    }),
  };
}

function idempotencyRecordOf(request: SubmitRequest, desk: SubmissionDesk): IdempotencyRecord | undefined {
  if (request.idempotencyKey === undefined) return undefined;
  return {
    keyHash: contentFingerprint(`key ${request.idempotencyKey}`, desk.pepper),
    fingerprint: contentFingerprint(`body ${JSON.stringify(request.body)}`, desk.pepper),
    expiresAtSeconds: Math.floor(desk.nowMilliseconds() / 1000) + IDEMPOTENCY_SECONDS,
  };
}
