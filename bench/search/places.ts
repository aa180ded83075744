import { populatedPlaces } from '../../data/gazetteer/sources.ts';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import type { Point } from '../../shared/geo/point.ts';
import { seededRandom } from '../seeded-random.ts';

export type OriginKind = 'city' | 'uniform' | 'remote';

export interface Origin {
  readonly kind: OriginKind;
  readonly point: Point;
}

interface City {
  readonly name: string;
  readonly state: string;
  readonly population: number;
  readonly location: Point;
}

/** Where a store may lie around its city, and where somebody near a city asks from: standard deviations in degrees. */
const STORE_SCATTER_DEGREES = 0.12;
const ORIGIN_SCATTER_DEGREES = 0.3;

/** The ends of the country and of the globe: Alaska, the Pacific, the date line, the poles, the far side. */
const REMOTE: readonly Point[] = [
  { lat: 52.902, lng: 172.909 }, // Attu
  { lat: 51.88, lng: -176.658 }, // Adak
  { lat: 52.9, lng: 179.99 }, // the Aleutian date line
  { lat: 71.29, lng: -156.789 }, // Utqiagvik
  { lat: 61.218, lng: -149.9 }, // Anchorage
  { lat: 58.301, lng: -134.42 }, // Juneau
  { lat: 13.444, lng: 144.794 }, // Guam
  { lat: 15.178, lng: 145.751 }, // Saipan
  { lat: -14.276, lng: -170.702 }, // Pago Pago
  { lat: 28.208, lng: -177.379 }, // Midway
  { lat: 19.282, lng: 166.647 }, // Wake
  { lat: 21.307, lng: -157.858 }, // Honolulu
  { lat: 18.466, lng: -66.106 }, // San Juan
  { lat: 0, lng: 180 },
  { lat: 0, lng: -180 },
  { lat: 65.7, lng: -179.999 },
  { lat: 90, lng: 0 },
  { lat: -90, lng: 0 },
  { lat: 89.99, lng: -179.9 },
  { lat: -39.8, lng: 81.4 }, // opposite Kansas
];

/** 130 near cities, 50 anywhere about the contiguous states, 20 remote; shuffled, so that the first few are like all. */
export function origins(seed: number): readonly Origin[] {
  const random = seededRandom(seed);
  const city = cityPicker(random);
  const cities = Array.from({ length: 130 }, (): Origin => {
    return { kind: 'city', point: scattered(city().location, ORIGIN_SCATTER_DEGREES, random) };
  });
  const uniform = Array.from({ length: 50 }, (): Origin => {
    return { kind: 'uniform', point: { lat: 24.5 + random() * 24.9, lng: -125 + random() * 58.1 } };
  });
  const remote = REMOTE.map((point): Origin => ({ kind: 'remote', point }));
  return [...cities, ...uniform, ...remote]
    .map((origin) => ({ origin, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ origin }) => origin);
}

/** Stores that cluster as people do, with the fields and the sizes of real ones. */
export function clusteredDealers(count: number, seed: number): readonly Dealer[] {
  const random = seededRandom(seed);
  const city = cityPicker(random);
  const digits = (length: number): string => String(Math.floor(random() * 10 ** length)).padStart(length, '0');
  return Array.from({ length: count }, (_, n): Dealer => {
    const { name, state, location } = city();
    const make = MAKES[Math.floor(random() * MAKES.length)] ?? 'BMW';
    const shortName = `${make} of ${name}`;
    return {
      id: `store-${String(n).padStart(6, '0')}`,
      name: shortName,
      franchise: make,
      status: 'expected',
      address: { street: `${digits(4)} ${name} Auto Center Drive`, city: name, state, zip: digits(5) },
      location: scattered(location, STORE_SCATTER_DEGREES, random),
      locationAccuracy: 'rooftop',
      phone: `+1${digits(10)}`,
      url: `https://www.${shortName.toLowerCase().replaceAll(/[^a-z]/g, '')}.com/`,
      models: ['a110', 'crossover-compact', 'crossover-midsize'],
      routing: {},
    };
  });
}

const MAKES = ['Audi', 'BMW', 'Jaguar; Land Rover', 'Lexus', 'Lincoln', 'Mercedes-Benz', 'Porsche', 'Volvo'] as const;

/** A city at random, the more often the more people live there. */
function cityPicker(random: () => number): () => City {
  const cities = populatedPlaces();
  const upTo: number[] = [];
  let people = 0;
  for (const { population } of cities) {
    people += population;
    upTo.push(people);
  }
  return () => {
    const wanted = random() * people;
    let [low, high] = [0, cities.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    const city = cities[low];
    if (city === undefined) throw new Error('there are no cities to choose from');
    return city;
  };
}

/** Normally distributed around a place (Box and Muller's method), to 6 decimals. */
function scattered({ lat, lng }: Point, degrees: number, random: () => number): Point {
  const radius = degrees * Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  return { lat: round(lat + radius * Math.sin(angle)), lng: round(lng + radius * Math.cos(angle)) };
}
