import type { ChangeBody } from '../contract/interests.ts';
import { dimensionsOf } from '../counts/dimensions.ts';
import type { FactDimensions } from '../counts/fact.ts';
import type { PublicDealer } from '../dealers/dealer.ts';
import { nearestDealer } from '../dealers/find-dealers.ts';
import type { ZipEntry } from '../gazetteer/place.ts';
import { consentEvidence } from './consent-evidence.ts';
import { type FaultDesk, type FieldErrors, faultsOf } from './interest-faults.ts';
import type { ConfirmedReservation, ConsentEvidence, Person } from './reservation.ts';
import { type Changeable, change } from './reservation-change.ts';
import { handoverTo, reservationOfToken, untilCommitted } from './reservation-desk.ts';

export interface ChangeRequest {
  readonly body: ChangeBody;
  readonly globalPrivacyControl: boolean;
}

export type ChangeResult =
  | { readonly kind: 'changed'; readonly reservation: ConfirmedReservation }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors }
  /** The token is good for nothing. */
  | { readonly kind: 'unauthorized' };

/** Changes the reservation that a manage token is for: everything checked, then one transaction. */
export async function changeReservation(
  manageToken: string,
  request: ChangeRequest,
  desk: FaultDesk,
): Promise<ChangeResult> {
  return untilCommitted(desk, async (moment): Promise<ChangeResult> => {
    const current = await reservationOfToken(manageToken, desk);
    if (current === undefined) return { kind: 'unauthorized' };
    const { body } = request;
    const zip = body.zip?.slice(0, 5);
    const place = zip === undefined ? undefined : desk.gazetteer.findZip(zip);
    const dealerId = body.dealerId === undefined ? current.dealerId : body.dealerId;
    const dealer = dealerId === null ? undefined : await desk.dealers.getDealer(dealerId);
    const phone = body.phone === undefined ? current.person.phone : (body.phone ?? undefined);
    const errors = [
      // Only what is asked for is judged: a store may have been withdrawn since it was chosen.
      ...faultsOf(
        { zip, place, dealerId: body.dealerId ?? null, dealer, formToken: undefined, version: body.consents?.version },
        desk,
      ),
      ...(body.consents?.phone === true && phone === undefined
        ? [{ pointer: '#/phone', detail: 'is required when calls and texts are allowed' }]
        : []),
    ];
    if (errors.length > 0) return { kind: 'invalid', errors };
    const wanted = await wantedOf(current, request, { zip, place, dealerId, dealer, phone }, desk);
    const handover = await handoverTo(dealerId, desk);
    const step = change(current, wanted, handover, 'changed', moment);
    if (step === undefined) return { kind: 'changed', reservation: current };
    await desk.reservations.commit(step);
    return { kind: 'changed', reservation: step.to as ConfirmedReservation };
  });
}

interface Resolved {
  readonly zip: string | undefined;
  readonly place: ZipEntry | undefined;
  readonly dealerId: string | null;
  readonly dealer: PublicDealer | undefined;
  readonly phone: string | undefined;
}

async function wantedOf(
  current: ConfirmedReservation,
  request: ChangeRequest,
  resolved: Resolved,
  desk: FaultDesk,
): Promise<Changeable> {
  const { body } = request;
  const { phone: _, ...person } = current.person;
  const changed: Person = {
    ...person,
    ...(resolved.phone !== undefined && { phone: resolved.phone }),
    ...(resolved.zip !== undefined && { zip: resolved.zip }),
  };
  const choices = {
    model: body.model ?? current.model,
    dealerId: resolved.dealerId,
    timeframe: body.timeframe === undefined ? current.timeframe : body.timeframe,
    locale: body.locale ?? current.locale,
  };
  return {
    ...choices,
    person: changed,
    consents: [...current.consents, ...newEvidence(current, request, { ...resolved, ...choices }, desk)],
    dimensions: await dimensionsAfter(current, choices, resolved, desk),
  };
}

/** Evidence of every answer that says something new: another answer, or the same one about another store or number. */
function newEvidence(
  current: ConfirmedReservation,
  { body: { consents }, globalPrivacyControl }: ChangeRequest,
  { dealer, phone, locale }: Pick<Resolved, 'dealer' | 'phone'> & Pick<Changeable, 'locale'>,
  desk: FaultDesk,
): readonly ConsentEvidence[] {
  if (consents === undefined) return [];
  const { version } = consents;
  return (['email', 'phone'] as const).flatMap((id) => {
    const granted = consents[id];
    if (granted === undefined) return [];
    const answer = { granted, version, locale, dealer, phone, page: undefined, globalPrivacyControl };
    const evidence = consentEvidence(id, answer, desk.nowMilliseconds());
    const last = current.consents.findLast((consent) => consent.id === id);
    const isNew =
      last?.granted !== granted || (granted && (last.text !== evidence.text || last.phone !== evidence.phone));
    return isNew ? [evidence] : [];
  });
}

/** Another ZIP lies elsewhere; what was counted of the old one stays as it was then. */
async function dimensionsAfter(
  current: ConfirmedReservation,
  choices: Pick<Changeable, 'model' | 'dealerId' | 'timeframe' | 'locale'>,
  { zip, place }: Pick<Resolved, 'zip' | 'place'>,
  desk: FaultDesk,
): Promise<FactDimensions> {
  const { campaign, ...before } = current.dimensions;
  const moves = zip !== undefined && zip !== current.person.zip;
  const nearest = moves && place?.military === false ? await nearestDealer(place.location, desk.dealers) : undefined;
  const after = dimensionsOf({
    ...choices,
    zip: zip ?? current.person.zip,
    place,
    nearestStoreMeters: nearest?.distanceMeters,
    campaign,
  });
  if (moves) return after;
  const { state, county, metro, zip3, distanceBand } = before;
  return { ...after, state, county, metro, zip3, distanceBand };
}
