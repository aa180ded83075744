import type { Point } from '../geo/point.ts';

/** A ZIP with a place on the map. */
export interface PlacedZip {
  readonly military: false;
  /** Five digits. */
  readonly zip: string;
  readonly city: string;
  /** USPS code, e.g. `FL`, `PR`. */
  readonly state: string;
  /** The Census centroid of its area where there is one, otherwise GeoNames' point. */
  readonly location: Point;
  /** Five digits; absent where no source says. Connecticut has its planning regions (091xx). */
  readonly countyFips?: string;
  /** CBSA code of the metropolitan or micropolitan area; absent outside of any. */
  readonly metroCode?: string;
}

/** A ZIP of the armed forces (APO, FPO, DPO): its holders can be anywhere, so it has no place and no state. */
export interface MilitaryZip {
  readonly military: true;
  readonly zip: string;
}

export type ZipEntry = PlacedZip | MilitaryZip;

export interface City {
  readonly name: string;
  /** USPS code. */
  readonly state: string;
  readonly location: Point;
  /** About 2010 to 2015, for ranking only; 0 where it is not known. */
  readonly population: number;
}

/** A state, district, territory, or freely associated state with ZIPs of its own. */
export interface UsState {
  /** USPS code. */
  readonly code: string;
  readonly name: string;
  /** Census division and region; territories have none. */
  readonly division?: string;
  readonly region?: string;
}

/** What the search box offers. Resolving `near` gives exactly this point. */
export interface PlaceSuggestion {
  /** For people: `Fort Lauderdale, FL` or `Fort Lauderdale, FL 33324`. */
  readonly label: string;
  /** For `resolveNear`: `Fort Lauderdale, FL` or `33324`. */
  readonly near: string;
  readonly lat: number;
  readonly lng: number;
}

export type NearAnswer =
  | {
      readonly kind: 'found';
      readonly label: string;
      readonly location: Point;
      /** USPS code of the state it lies in; of coordinates that of the nearest ZIP, absent when none is within 50 miles. */
      readonly state?: string;
    }
  /** None of the accepted forms; `detail` goes on after the parameter's name, and says which there are. */
  | { readonly kind: 'malformed'; readonly detail: string }
  /** A ZIP or city of the right form that has no known place. */
  | { readonly kind: 'unknown'; readonly detail: string; readonly suggestions: readonly PlaceSuggestion[] };
