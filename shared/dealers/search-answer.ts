import type * as z from 'zod/mini';
import type { DealerAnswer, DealersAnswer, DealersGeoJson } from '../contract/dealers.ts';
import { METERS_PER_MILE } from '../geo/distance.ts';
import type { Point } from '../geo/point.ts';
import type { PublicDealer } from './dealer.ts';
import type { DealerHits } from './find-dealers.ts';

/** Metres in a mile and in a kilometre. */
export const METERS_PER_UNIT = { mi: METERS_PER_MILE, km: 1000 } as const;

interface Question {
  readonly radius: number;
  readonly unit: keyof typeof METERS_PER_UNIT;
}

/** A store as the contract shows it. */
export function dealerAnswer({ franchise: _, models, ...shown }: PublicDealer): z.output<typeof DealerAnswer> {
  return { ...shown, models: [...models] };
}

/** The answer to a search. Distances are rounded to a tenth for display; the order is that of the exact ones. */
export function searchAnswer(
  origin: { readonly label: string; readonly location: Point },
  { radius, unit }: Question,
  { beyondRadius, hits }: DealerHits,
): z.output<typeof DealersAnswer> {
  return {
    origin: { label: origin.label, ...origin.location },
    radius,
    unit,
    beyondRadius,
    dealers: hits.map(({ dealer, distanceMeters }) => ({
      ...dealerAnswer(dealer),
      distance: Math.round((distanceMeters / METERS_PER_UNIT[unit]) * 10) / 10,
    })),
  };
}

/** The same stores as an RFC 7946 FeatureCollection. */
export function searchGeoJson(answer: z.output<typeof DealersAnswer>): z.output<typeof DealersGeoJson> {
  const { dealers, ...collection } = answer;
  return {
    type: 'FeatureCollection',
    features: dealers.map(({ id, location, ...properties }) => ({
      type: 'Feature',
      id,
      geometry: { type: 'Point', coordinates: [location.lng, location.lat] },
      properties,
    })),
    ...collection,
  };
}
