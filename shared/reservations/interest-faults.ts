import * as z from 'zod/mini';
import { InterestBody } from '../contract/interests.ts';
import type { PublicDealer } from '../dealers/dealer.ts';
import type { Gazetteer } from '../gazetteer/gazetteer.ts';
import type { ZipEntry } from '../gazetteer/place.ts';
import { wordingOf } from '../launch/launch.ts';
import { YOUNGEST_FORM_MS } from './form-age.ts';
import type { ReservationDesk } from './reservation-desk.ts';
import { type SigningKey, verifyToken } from './signed-token.ts';

/** What a form or a change is judged with. */
export type FaultDesk = ReservationDesk & { readonly gazetteer: Gazetteer };

export type FieldErrors = readonly { readonly pointer: string; readonly detail: string }[];

/** What only more than a schema can judge; an absent member is not judged. */
export interface JudgedForm {
  readonly zip?: string | undefined;
  readonly place?: ZipEntry | undefined;
  readonly dealerId: string | null;
  readonly dealer: PublicDealer | undefined;
  readonly formToken?: string | undefined;
  /** The wording's. */
  readonly version?: string | undefined;
}

/** The members that more than a schema judges, of a body that a schema has refused. */
const Judged = z.object({
  zip: z.catch(z.optional(InterestBody.shape.zip), undefined),
  dealerId: z.catch(InterestBody.shape.dealerId, undefined),
  formToken: z.catch(z.optional(InterestBody.shape.formToken), undefined),
  consents: z.catch(z.optional(z.object({ version: z.string() })), undefined),
});

/** The faults that no schema sees, in whatever of a refused form or change is of the right kind. */
export async function furtherFaults(body: unknown, desk: FaultDesk): Promise<FieldErrors> {
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

/** What of a form or a change is wrong although it has the right shape. */
export function faultsOf(form: JudgedForm, desk: Pick<FaultDesk, 'signingKeys' | 'nowMilliseconds'>): FieldErrors {
  const { zip, place, dealerId, dealer, formToken, version } = form;
  const isUnlisted = dealerId !== null && (dealer === undefined || dealer.status === 'withdrawn');
  return [
    ...(formToken === undefined ? [] : formTokenErrors(formToken, desk.signingKeys, desk.nowMilliseconds())),
    ...(zip !== undefined && place === undefined ? [{ pointer: '#/zip', detail: 'is not a ZIP that exists' }] : []),
    ...(isUnlisted ? [{ pointer: '#/dealerId', detail: 'is not a store of ours; take one from GET /v1/dealers' }] : []),
    ...(version !== undefined && wordingOf(version) === undefined
      ? [{ pointer: '#/consents/version', detail: 'is not a version of the wording; take it from GET /v1/form' }]
      : []),
  ];
}

function formTokenErrors(formToken: string, keys: readonly SigningKey[], nowMilliseconds: number): FieldErrors {
  const claims = verifyToken('form', formToken, keys, nowMilliseconds);
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
