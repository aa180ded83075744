import * as z from 'zod/mini';
import { InterestBody } from '../contract/interests.ts';
import { dimensionsOf } from '../counts/dimensions.ts';
import type { PublicDealer } from '../dealers/dealer.ts';
import { nearestDealer } from '../dealers/find-dealers.ts';
import type { Gazetteer } from '../gazetteer/gazetteer.ts';
import type { ZipEntry } from '../gazetteer/place.ts';
import { consentText, launch, wordingOf } from '../launch/launch.ts';
import { YOUNGEST_FORM_MS } from './form-age.ts';
import { contentFingerprint, type Pepper, personKey } from './person-key.ts';
import type { ConsentEvidence } from './reservation.ts';
import { type ReservationDesk, untilCommitted } from './reservation-desk.ts';
import {
  CommitRefused,
  IDEMPOTENCY_SECONDS,
  type IdempotencyRecord,
  type Interest,
  submit,
} from './reservation-life.ts';
import { verifyToken } from './signed-token.ts';

/** What taking a form works with. */
export interface SubmissionDesk extends ReservationDesk {
  readonly gazetteer: Gazetteer;
  readonly pepper: Pepper;
}

export interface SubmitRequest {
  readonly body: InterestBody;
  readonly idempotencyKey: string | undefined;
  readonly globalPrivacyControl: boolean;
}

/** `accepted` tells nothing of what was found or done. */
export type SubmitResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'invalid'; readonly errors: readonly { pointer: string; detail: string }[] }
  /** The idempotency key came with another body before. */
  | { readonly kind: 'key-reused' }
  /** A request with the same key is still being worked on. */
  | { readonly kind: 'in-flight' };

/** Takes a form: everything checked, then one transaction. */
export async function submitInterest(request: SubmitRequest, desk: SubmissionDesk): Promise<SubmitResult> {
  const { body } = request;
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
      await desk.reservations.commit(submit(current, interest, moment), record);
      return { kind: 'accepted' };
    });
  } catch (error) {
    if (error instanceof CommitRefused && request.idempotencyKey !== undefined) return { kind: 'in-flight' };
    throw error;
  }
}

type FieldErrors = { readonly pointer: string; readonly detail: string }[];

/** The members that more than a schema judges, of a form that a schema has refused. */
const Judged = z.object({
  zip: z.catch(z.optional(InterestBody.shape.zip), undefined),
  dealerId: z.catch(InterestBody.shape.dealerId, undefined),
  formToken: z.catch(z.optional(InterestBody.shape.formToken), undefined),
  consents: z.catch(z.optional(z.object({ version: z.string() })), undefined),
});

/** The faults that no schema sees, in whatever of a refused form is of the right kind. */
export async function furtherFaults(body: unknown, desk: SubmissionDesk): Promise<FieldErrors> {
  const judged = Judged.safeParse(body);
  if (!judged.success) return [];
  const { zip, dealerId, formToken, consents } = judged.data;
  return faultsOf(
    {
      ...(zip !== undefined && { zip, place: desk.gazetteer.findZip(zip.slice(0, 5)) }),
      dealerId: dealerId ?? null,
      dealer: dealerId == null ? undefined : await desk.dealers.getDealer(dealerId),
      formToken,
      version: consents?.version,
    },
    desk,
  );
}

/** What of a form is wrong although it has the right shape; an absent member is not judged. */
function faultsOf(
  form: {
    readonly zip?: string;
    readonly place?: ZipEntry | undefined;
    readonly dealerId: string | null;
    readonly dealer: PublicDealer | undefined;
    readonly formToken: string | undefined;
    readonly version: string | undefined;
  },
  desk: SubmissionDesk,
): FieldErrors {
  const { zip, place, dealerId, dealer, formToken, version } = form;
  const isUnlisted = dealerId !== null && (dealer === undefined || dealer.status === 'withdrawn');
  return [
    ...(formToken === undefined ? [] : formTokenErrors(formToken, desk)),
    ...(zip !== undefined && place === undefined ? [{ pointer: '#/zip', detail: 'is not a ZIP that exists' }] : []),
    ...(isUnlisted ? [{ pointer: '#/dealerId', detail: 'is not a store of ours; take one from GET /v1/dealers' }] : []),
    ...(version !== undefined && wordingOf(version) === undefined
      ? [{ pointer: '#/consents/version', detail: 'is not a version of the wording; take it from GET /v1/form' }]
      : []),
  ];
}

function formTokenErrors(formToken: string, desk: SubmissionDesk): FieldErrors {
  const nowMilliseconds = desk.nowMilliseconds();
  const claims = verifyToken('form', formToken, desk.signingKeys, nowMilliseconds);
  if (claims === undefined) {
    return [{ pointer: '#/formToken', detail: 'is not valid or older than 24 hours: load the form again' }];
  }
  if (nowMilliseconds - claims.version < YOUNGEST_FORM_MS) {
    return [
      { pointer: '#/formToken', detail: 'was issued less than 2 seconds ago: wait a moment and send the form again' },
    ];
  }
  return [];
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
  const { zip, place, dealerId } = resolved;
  const nearest = place?.military === false ? await nearestDealer(place.location, desk.dealers) : undefined;
  const timeframe = body.timeframe ?? null;
  return {
    person: {
      email: body.email,
      givenName: body.givenName,
      familyName: body.familyName,
      ...(body.phone !== undefined && { phone: body.phone }),
      zip,
    },
    personKey: resolved.personKey,
    model: body.model,
    dealerId,
    timeframe,
    locale: body.locale,
    consents: consentEvidence(request, resolved.dealer, desk.nowMilliseconds()),
    dimensions: dimensionsOf({
      zip,
      place,
      nearestStoreMeters: nearest?.distanceMeters,
      dealerId,
      model: body.model,
      timeframe,
      locale: body.locale,
      campaign: body.source?.campaign,
    }),
  };
}

/** What was shown and ticked, in the words of that moment. */
function consentEvidence(
  { body, globalPrivacyControl }: SubmitRequest,
  dealer: PublicDealer | undefined,
  nowMilliseconds: number,
): readonly ConsentEvidence[] {
  const wording = wordingOf(body.consents.version);
  if (wording === undefined) throw new RangeError('the wording must be known');
  const store = dealer?.name ?? launch.anyStore[body.locale];
  const page = body.source?.page && withoutQuery(body.source.page);
  return (['email', 'phone'] as const).map((id) => ({
    id,
    granted: body.consents[id],
    text: consentText(wording, id, body.locale, store),
    version: wording.version,
    locale: body.locale,
    at: `${new Date(nowMilliseconds).toISOString().slice(0, 19)}Z`,
    ...(page !== undefined && { page }),
    globalPrivacyControl,
  }));
}

/** A page's address without what may tell of the visitor. */
function withoutQuery(page: string): string {
  const { origin, pathname } = new URL(page);
  return `${origin}${pathname}`;
}

function idempotencyRecordOf(request: SubmitRequest, desk: SubmissionDesk): IdempotencyRecord | undefined {
  if (request.idempotencyKey === undefined) return undefined;
  return {
    keyHash: contentFingerprint(`key ${request.idempotencyKey}`, desk.pepper),
    fingerprint: contentFingerprint(`body ${JSON.stringify(request.body)}`, desk.pepper),
    expiresAtSeconds: Math.floor(desk.nowMilliseconds() / 1000) + IDEMPOTENCY_SECONDS,
  };
}
