import type { Point } from '../geo/point.ts';

/**
 * How sure anyone is that a store will carry Alpine.
 * `expected`: nobody has confirmed it. `withdrawn` stores are kept for their ids and never listed.
 */
export const DEALER_STATUSES = ['expected', 'confirmed', 'open', 'withdrawn'] as const;
export type DealerStatus = (typeof DEALER_STATUSES)[number];

/** `rooftop`: the store's own coordinates. `zip`: the centroid of its ZIP, typically within 3 miles. */
export const LOCATION_ACCURACIES = ['rooftop', 'zip'] as const;
export type LocationAccuracy = (typeof LOCATION_ACCURACIES)[number];

/** Keys are made from ids, so no other character may be in one. */
export const DEALER_ID = /^[a-z0-9-]{1,32}$/;

/** One store. Public but for `routing`. */
export interface Dealer {
  /** Stable for ever: reservations, facts and leads refer to it. 1 to 32 of `a-z 0-9 -`. */
  readonly id: string;
  readonly name: string;
  /** The makes it sells today, e.g. `Jaguar; Land Rover`. */
  readonly franchise: string;
  readonly status: DealerStatus;
  readonly address: { readonly street: string; readonly city: string; readonly state: string; readonly zip: string };
  readonly location: Point;
  readonly locationAccuracy: LocationAccuracy;
  /** E.164. */
  readonly phone?: string;
  readonly url?: string;
  /** Ids of the models it is expected to carry. */
  readonly models: readonly string[];
  readonly routing: LeadRouting;
}

/** What anyone may see of a store. */
export type PublicDealer = Omit<Dealer, 'routing'>;

/** Where a store's leads go. Private: never part of a public answer. */
export interface LeadRouting {
  /** People who read mail. */
  readonly leadEmail?: string;
  /** The CRM's intake address. */
  readonly adfEmail?: string;
  readonly webhookUrl?: string;
  /** `whsec_` and base64 of 24 to 64 bytes; two, with a space between, while it is being changed. */
  readonly webhookSecret?: string;
  /** What the webhook is sent; JSON unless told. */
  readonly webhookFormat?: 'json' | 'adf';
}
