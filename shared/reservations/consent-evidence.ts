import type { PublicDealer } from '../dealers/dealer.ts';
import { consentText, type Locale, launch, wordingOf } from '../launch/launch.ts';
import type { ConsentEvidence } from './reservation.ts';
import { timestamp } from './reservation-life.ts';

/** What someone ticked or left, under which words and where. */
export interface ConsentAnswer {
  readonly granted: boolean;
  /** The wording's version; known. */
  readonly version: string;
  readonly locale: Locale;
  /** The store that the words named; `undefined` for "the store I choose". */
  readonly dealer: Pick<PublicDealer, 'name'> | undefined;
  /** The number that stood above the words. */
  readonly phone: string | undefined;
  /** The page's address. */
  readonly page: string | undefined;
  readonly globalPrivacyControl: boolean;
}

/**
 * The evidence of one answer, in the words of that moment.
 * @throws RangeError when the wording is not known
 */
export function consentEvidence(
  id: ConsentEvidence['id'],
  answer: ConsentAnswer,
  nowMilliseconds: number,
): ConsentEvidence {
  const { granted, version, locale, dealer, phone, page, globalPrivacyControl } = answer;
  const wording = wordingOf(version);
  if (wording === undefined) throw new RangeError('the wording must be known');
  return {
    id,
    granted,
    ...(id === 'phone' && phone !== undefined && { phone }),
    text: consentText(wording, id, locale, dealer?.name ?? launch.anyStore[locale]),
    version,
    locale,
    at: timestamp(nowMilliseconds),
    ...(page !== undefined && { page: withoutQuery(page) }),
    globalPrivacyControl,
  };
}

/** A page's address without what may tell of the visitor. */
function withoutQuery(page: string): string {
  const { origin, pathname } = new URL(page);
  return `${origin}${pathname}`;
}
