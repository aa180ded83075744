import type { Dealer } from '../dealers/dealer.ts';
import { consentText, type Locale, wordingOf } from '../launch/launch.ts';
import type { ConfirmedReservation, ConsentEvidence } from '../reservations/reservation.ts';

/** A lead as it leaves the house, in whatever form. */
export interface OutgoingLead {
  /** The same on every try: a CRM knows a lead by it. */
  readonly id: string;
  /** Whether the store has been sent it before, or may have been, as it stood then. */
  readonly resend: boolean;
  /** RFC 3339 UTC: when the buyer asked for this store. */
  readonly requestedAt: string;
  readonly reservation: Pick<
    ConfirmedReservation,
    'number' | 'person' | 'model' | 'timeframe' | 'locale' | 'consents' | 'disposableAddress'
  >;
  readonly dealer: Pick<Dealer, 'id' | 'name' | 'status' | 'address'>;
}

/**
 * The consent that allows a kind of contact, or `undefined` when none does. The last word of the buyer counts, and
 * calls and texts are allowed to the one store that the shown words name (47 CFR 64.1200(f)(9)), at the number that stood above
 * them: after a change of store or number the old consent does not serve the new one.
 */
export function consentTo(contact: ConsentEvidence['id'], lead: OutgoingLead): ConsentEvidence | undefined {
  const last = lead.reservation.consents.findLast((consent) => consent.id === contact);
  if (last === undefined || !last.granted) return undefined;
  if (contact === 'email') return last;
  if (last.phone !== lead.reservation.person.phone) return undefined;
  const wording = wordingOf(last.version);
  if (wording === undefined) return undefined;
  return last.text === consentText(wording, contact, last.locale, lead.dealer.name) ? last : undefined;
}

/** The buyer's language, as a store in the US calls it. */
export const LANGUAGES: Readonly<Record<Locale, string>> = { 'en-US': 'English', 'es-US': 'Spanish' };

/** Said of an address that the buyer may never read again. */
export const DISPOSABLE_ADDRESS = 'The address is of a service for throw-away mailboxes.';
