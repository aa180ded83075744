import * as z from 'zod/mini';
import { DEALER_ID, DEALER_STATUSES, LOCATION_ACCURACIES } from '../dealers/dealer.ts';
import { MODEL_IDS } from '../launch/launch.ts';
import { json, type Operation } from './operation.ts';

/** A number in a query string, with its default: plain ASCII decimals, never coerced from anything else. */
function queryNumber(options: { min: number; max: number; whole: boolean; byDefault: number }) {
  const { min, max, whole, byDefault } = options;
  const fix = `must be a ${whole ? 'whole number' : 'plain decimal number'} from ${min} to ${max}`;
  const pattern = whole ? /^\d{1,6}$/ : /^\d{1,6}(\.\d{1,6})?$/;
  const number = z.pipe(
    z.string(fix).check(z.regex(pattern, fix)),
    z.pipe(z.transform(Number), z.number().check(z.gte(min, fix), z.lte(max, fix))),
  );
  return z
    ._default(number, byDefault)
    .check(z.meta({ type: whole ? 'integer' : 'number', minimum: min, maximum: max }));
}

export const ModelId = z
  .enum(MODEL_IDS, `must be one of ${MODEL_IDS.join(', ')}`)
  .check(z.meta({ description: 'A model id, as listed by GET /v1/form.' }));

export const DealerId = z
  .string('must be a store id')
  .check(z.regex(DEALER_ID, 'must be a store id, as listed by GET /v1/dealers'));

const NoControlCharacters = z.regex(/^\P{Cc}*$/u, 'must have no control characters');

const DealersQuery = z.strictObject({
  near: z
    .string('is required: a ZIP (33324), coordinates (26.11,-80.25) or a city and state (Fort Lauderdale, FL)')
    .check(
      z.minLength(1, 'must be a ZIP (33324), coordinates (26.11,-80.25) or a city and state (Fort Lauderdale, FL)'),
      z.maxLength(100, 'must have at most 100 characters'),
      NoControlCharacters,
      z.meta({ description: 'A ZIP, coordinates or a city and state.' }),
    ),
  radius: queryNumber({ min: 1, max: 500, whole: false, byDefault: 100 }),
  unit: z._default(z.enum(['mi', 'km'], 'must be mi or km'), 'mi'),
  limit: queryNumber({ min: 1, max: 50, whole: true, byDefault: 10 }),
  model: z.optional(ModelId),
});

const Latitude = z.number().check(z.gte(-90), z.lte(90));
const Longitude = z.number().check(z.gte(-180), z.lte(180));
const Location = z.strictObject({ lat: Latitude, lng: Longitude });

/** A store as the public sees it: without its routing. */
export const DealerAnswer = z.strictObject({
  id: DealerId,
  name: z.string(),
  status: z
    .enum(DEALER_STATUSES)
    .check(z.meta({ description: '`expected`: nobody has confirmed that it will carry Alpine.' })),
  address: z.strictObject({ street: z.string(), city: z.string(), state: z.string(), zip: z.string() }),
  location: Location,
  locationAccuracy: z
    .enum(LOCATION_ACCURACIES)
    .check(z.meta({ description: '`zip`: placed at the centroid of its ZIP, typically within 3 miles.' })),
  phone: z.optional(z.string()),
  url: z.optional(z.string()),
  models: z.array(z.string()),
});

export const DealersAnswer = z.strictObject({
  origin: z.strictObject({ label: z.string(), lat: Latitude, lng: Longitude }),
  radius: z.number(),
  unit: z.enum(['mi', 'km']),
  beyondRadius: z
    .boolean()
    .check(z.meta({ description: 'No store lies within the radius; these are the nearest ones.' })),
  dealers: z.array(z.extend(DealerAnswer, { distance: z.number().check(z.gte(0)) })),
});

const GeoJsonPoint = z.strictObject({
  type: z.literal('Point'),
  coordinates: z.tuple([Longitude, Latitude]),
});

/** RFC 7946. */
export const DealersGeoJson = z.strictObject({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.strictObject({
      type: z.literal('Feature'),
      id: DealerId,
      geometry: GeoJsonPoint,
      properties: z.extend(z.omit(DealerAnswer, { id: true, location: true }), { distance: z.number() }),
    }),
  ),
  origin: DealersAnswer.shape.origin,
  radius: z.number(),
  unit: z.enum(['mi', 'km']),
  beyondRadius: z.boolean(),
});

const PlacesQuery = z.strictObject({
  q: z
    .string('is required: the first characters of a ZIP or a city')
    .check(
      z.minLength(1, 'must have at least 1 character'),
      z.maxLength(100, 'must have at most 100 characters'),
      NoControlCharacters,
    ),
});

export const PlacesAnswer = z.strictObject({
  places: z.array(z.strictObject({ label: z.string(), near: z.string(), lat: Latitude, lng: Longitude })),
});

export const findDealers = {
  summary: 'Find the stores nearest to a place',
  security: 'public',
  cache: 'public',
  query: DealersQuery,
  success: { status: 200, content: { ...json(DealersAnswer), 'application/geo+json': DealersGeoJson } },
  refusals: [400, 404],
} as const satisfies Operation;

export const getDealer = {
  summary: 'One store',
  security: 'public',
  cache: 'public',
  pathParameter: 'dealerId',
  success: { status: 200, content: json(DealerAnswer) },
  refusals: [400, 404],
} as const satisfies Operation;

export const findPlaces = {
  summary: 'Type-ahead for the search box',
  security: 'public',
  cache: 'public',
  query: PlacesQuery,
  success: { status: 200, content: json(PlacesAnswer) },
  refusals: [400],
} as const satisfies Operation;
