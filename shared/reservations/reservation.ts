import type { FactDimensions } from '../counts/fact.ts';
import type { Locale } from '../launch/launch.ts';

/** What the buyer told us about themselves. Held nowhere but in the reservations table. */
export interface Person {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  /** E.164, US. */
  readonly phone?: string;
  /** Five digits. */
  readonly zip: string;
}

/** What was shown and ticked, kept as evidence with the reservation. */
export interface ConsentEvidence {
  readonly id: 'email' | 'phone';
  readonly granted: boolean;
  /** For calls and texts: the number that was shown with the words. Another number needs another consent. */
  readonly phone?: string;
  /** The exact words shown, the store's name filled in. */
  readonly text: string;
  readonly version: string;
  readonly locale: Locale;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** The page with the form, without query and fragment. */
  readonly page?: string;
  /** Whether the browser asked not to be sold or shared (Global Privacy Control). */
  readonly globalPrivacyControl: boolean;
}

export interface ReservationEvent {
  readonly at: string;
  readonly event: 'submitted' | 'resubmitted' | 'confirmed' | 'changed' | 'unsubscribed' | 'complained';
}

interface ReservationBase {
  /** Random; never derived from the person. */
  readonly id: string;
  /** Rises with every transition. */
  readonly version: number;
  readonly person: Person;
  /** HMAC of the normalised address, with the pepper's version: `1:…`. */
  readonly personKey: string;
  readonly model: string;
  readonly dealerId: string | null;
  readonly timeframe: string | null;
  readonly locale: Locale;
  /** Oldest first: the last one of a kind counts, the ones before it stay as evidence. */
  readonly consents: readonly ConsentEvidence[];
  /** Whether the address is of a service for throw-away mailboxes: told to the store, never a reason to refuse. */
  readonly disposableAddress: boolean;
  /** Set once the person has complained of our mail: they are sent none any more. */
  readonly mailStopped?: true;
  /** What the facts of this reservation are grouped by, frozen until the buyer changes something. */
  readonly dimensions: FactDimensions;
  readonly history: readonly ReservationEvent[];
}

/** Asked for, and not yet confirmed by mail. */
export interface PendingReservation extends ReservationBase {
  readonly status: 'pending';
  /** Unix seconds; from then on it is as if it had never been. */
  readonly expiresAtSeconds: number;
}

export interface ConfirmedReservation extends ReservationBase {
  readonly status: 'confirmed';
  /** `ALP-7K3Q-9XTM`. */
  readonly number: string;
  /** RFC 3339 UTC with milliseconds: decides the place in line. */
  readonly confirmedAt: string;
  /** The version whose mail was answered; a replayed link must carry it. */
  readonly confirmedVersion: number;
  /** The lead handed to the present store, when there is one. */
  readonly leadId: string | null;
}

/** What is left of a withdrawn one: enough for a late delivery to find that it has nothing to do. */
export interface WithdrawnReservation {
  readonly id: string;
  readonly version: number;
  readonly status: 'withdrawn';
}

export type ActiveReservation = PendingReservation | ConfirmedReservation;
export type Reservation = ActiveReservation | WithdrawnReservation;
