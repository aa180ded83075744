import type { FactDimensions } from '../../shared/counts/fact.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import type { LeadHandover } from '../../shared/outbox/delivery.ts';
import type { Person } from '../../shared/reservations/reservation.ts';
import type { Interest } from '../../shared/reservations/reservation-life.ts';

/** What tells one form of a person from another. */
export interface Wish {
  readonly model: string;
  readonly dealerId: string | null;
  readonly phone?: string | undefined;
  readonly zip?: string;
  readonly timeframe?: string | null;
  readonly locale?: Locale;
}

/** The form of person number `person`, as the state machine takes it. */
export function interestOf(person: number, wish: Wish, nowMilliseconds: number): Interest {
  const { model, dealerId, timeframe = null, locale = 'en-US' } = wish;
  const at = new Date(nowMilliseconds).toISOString();
  const consent = { granted: false, text: 'I agree.', version: '2026-11-23', locale, at } as const;
  return {
    person: personOfWish(person, wish),
    personKey: `1:person-${person}`,
    model,
    dealerId,
    timeframe,
    locale,
    consents: [
      { ...consent, id: 'email', globalPrivacyControl: false },
      { ...consent, id: 'phone', globalPrivacyControl: false },
    ],
    disposableAddress: false,
    dimensions: dimensionsOfWish(wish),
  };
}

export function personOfWish(person: number, { phone, zip = '33324' }: Wish): Person {
  return {
    email: `person-${person}@example.com`,
    givenName: 'Marie',
    familyName: 'Laurent',
    ...(phone !== undefined && { phone }),
    zip,
  };
}

export function dimensionsOfWish(wish: Wish): FactDimensions {
  const { model, dealerId, zip = '33324', timeframe, locale = 'en-US' } = wish;
  return {
    state: 'FL',
    county: '12011',
    metro: '33100',
    zip3: zip.slice(0, 3),
    dealer: dealerId ?? 'none',
    model,
    timeframe: timeframe ?? 'unknown',
    distanceBand: '0-10',
    locale,
    campaign: 'none',
  };
}

/** A lead that goes these ways, with a store's people reminded after a day and the store group told after two. */
export function handoverBy(channels: LeadHandover['channels']): LeadHandover {
  return { channels, remindAfterSeconds: 24 * 3600, escalateAfterSeconds: 48 * 3600 };
}
