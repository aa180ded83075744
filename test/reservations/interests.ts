import type { FactDimensions } from '../../shared/counts/fact.ts';
import type { Interest } from '../../shared/reservations/reservation-life.ts';

/** What tells one form of a person from another. */
export interface Wish {
  readonly model: string;
  readonly dealerId: string | null;
  readonly phone?: string;
}

/** The form of person number `person`, as the state machine takes it. */
export function interestOf(person: number, wish: Wish, nowMilliseconds: number): Interest {
  const { model, dealerId, phone } = wish;
  const at = new Date(nowMilliseconds).toISOString();
  const consent = { granted: false, text: 'I agree.', version: '2026-11-23', locale: 'en-US', at } as const;
  return {
    person: {
      email: `person-${person}@example.com`,
      givenName: 'Marie',
      familyName: 'Laurent',
      ...(phone !== undefined && { phone }),
      zip: '33324',
    },
    personKey: `1:person-${person}`,
    model,
    dealerId,
    timeframe: null,
    locale: 'en-US',
    consents: [
      { ...consent, id: 'email', globalPrivacyControl: false },
      { ...consent, id: 'phone', globalPrivacyControl: false },
    ],
    dimensions: dimensionsOfWish(wish),
  };
}

export function dimensionsOfWish({ model, dealerId }: Wish): FactDimensions {
  return {
    state: 'FL',
    county: '12011',
    metro: '33100',
    zip3: '333',
    dealer: dealerId ?? 'none',
    model,
    timeframe: 'unknown',
    distanceBand: '0-10',
    locale: 'en-US',
    campaign: 'none',
  };
}
