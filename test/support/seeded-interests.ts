import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { populatedPlaces, postalRows } from '../../data/gazetteer/sources.ts';
import { dimensionsOf } from '../../shared/counts/dimensions.ts';
import type { Fact, FactEvent } from '../../shared/counts/fact.ts';
import { type Gazetteer, openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';
import type { Point } from '../../shared/geo/point.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';

/** A search that was answered, as far as it is counted. */
export interface CountedSearch {
  readonly day: string;
  readonly state: string;
  readonly 'distance-band': string;
}

/** A country of buyers, all made up: who asks where people live, more of them as time goes on. */
export interface SeededInterests {
  readonly facts: readonly Fact[];
  readonly searches: readonly CountedSearch[];
  readonly gazetteer: Gazetteer;
  /** Names of the stores by id. */
  readonly dealers: ReadonlyMap<string, string>;
}

const DAYS = 300;
const DAY_MILLISECONDS = 86_400_000;
const NEAR_METERS = 160_934;

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url));

/**
 * @param today the last day that anything happens on
 * @param reservations how many are submitted
 */
export function seededInterests(seed: number, today: string, reservations: number): SeededInterests {
  const chance = mulberry32(seed);
  const gazetteer = openGazetteer(file('data/gazetteer/gazetteer.bin'));
  const stores = storesOf(gazetteer);
  const zips = weightedZips();
  const facts: Fact[] = [];
  const searches: CountedSearch[] = [];
  const dayAt = (daysAgo: number) =>
    new Date(Date.parse(`${today}T00:00:00Z`) - daysAgo * DAY_MILLISECONDS).toISOString().slice(0, 10);
  const pick = <Value>(values: readonly Value[]): Value => {
    return values[Math.floor(chance() * values.length)] as Value;
  };
  const visit = () => {
    const zip = zips(chance());
    const place = gazetteer.findZip(zip);
    const nearest = place === undefined || place.military ? undefined : nearestStore(place.location, stores);
    return { zip, place, nearest };
  };

  for (let index = 0; index < reservations; index += 1) {
    const { zip, place, nearest } = visit();
    // Those who have a store near are likelier to reserve.
    const far = nearest === undefined || nearest.meters > NEAR_METERS;
    if (far && chance() < 0.6) {
      index -= 1;
      continue;
    }
    const dimensions = dimensionsOf({
      zip,
      place,
      nearestStoreMeters: nearest?.meters,
      dealerId: nearest !== undefined && !far && chance() < 0.85 ? nearest.id : null,
      model: chance() < 0.2 ? 'undecided' : chance() < 0.45 ? 'crossover-compact' : pick(MODEL_IDS),
      timeframe: pick(['0-6-months', '6-12-months', 'over-12-months', null]),
      locale: chance() < 0.12 ? 'es-US' : 'en-US',
      campaign: pick([undefined, undefined, 'spring', 'auto-show', 'newsletter']),
    });
    // The square root leans towards today: interest grows.
    const daysAgo = Math.floor((1 - Math.sqrt(chance())) * DAYS);
    const add = (event: FactEvent, ago: number) => {
      facts.push({ id: `fact-${facts.length}`, hour: `${dayAt(ago)}T12`, event, dimensions });
    };
    add('submitted', daysAgo);
    if (chance() > 0.78) continue;
    const confirmedAgo = Math.max(0, daysAgo - Math.floor(chance() * 2));
    add('confirmed', confirmedAgo);
    if (chance() < 0.07) add('withdrawn', Math.floor(chance() * (confirmedAgo + 1)));
  }
  for (let index = 0; index < reservations * 2; index += 1) {
    const { zip, place, nearest } = visit();
    const { state, distanceBand } = dimensionsOf({
      zip,
      place,
      nearestStoreMeters: nearest?.meters,
      dealerId: null,
      model: 'a110',
      timeframe: null,
      locale: 'en-US',
      campaign: undefined,
    });
    searches.push({ day: dayAt(Math.floor((1 - Math.sqrt(chance())) * DAYS)), state, 'distance-band': distanceBand });
  }
  return { facts, searches, gazetteer, dealers: new Map(stores.map(({ id, name }) => [id, name])) };
}

interface Store {
  readonly id: string;
  readonly name: string;
  readonly location: Point;
}

function storesOf(gazetteer: Gazetteer): Store[] {
  const rows = parse<Record<string, string>>(file('data/dealers.csv'), { columns: true });
  return rows.flatMap(({ id = '', name = '', zip = '', lat = '', lng = '' }) => {
    const place = gazetteer.findZip(zip);
    if (place === undefined || place.military) return [];
    const location = lat === '' ? place.location : { lat: Number(lat), lng: Number(lng) };
    return [{ id, name, location }];
  });
}

function nearestStore(from: Point, stores: readonly Store[]): { id: string; meters: number } | undefined {
  let nearest: { id: string; meters: number } | undefined;
  for (const { id, location } of stores) {
    const meters = distanceMeters(from, location);
    if (nearest === undefined || meters < nearest.meters) nearest = { id, meters };
  }
  return nearest;
}

/** Draws a ZIP by the people who live in its place. @returns the ZIP for a number in [0, 1) */
function weightedZips(): (at: number) => string {
  const people = new Map(populatedPlaces().map(({ name, state, population }) => [`${name}|${state}`, population]));
  const rows = postalRows().filter(({ state }) => state !== '');
  const shared = Map.groupBy(rows, ({ city, state }) => `${city}|${state}`);
  let sum = 0;
  const ends = rows.map(({ city, state }) => {
    const key = `${city}|${state}`;
    sum += (people.get(key) ?? 2500) / (shared.get(key)?.length ?? 1);
    return sum;
  });
  // A few from the islands, as there are.
  const islands = ['00901', '00726', '96910', '00802'];
  return (at) => {
    if (at < 0.012) return islands[Math.floor((at / 0.012) * islands.length)] ?? '00901';
    const wanted = ((at - 0.012) / 0.988) * sum;
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return rows[low]?.zip ?? '33324';
  };
}

/** Tommy Ettinger's mulberry32: 32 bits of state, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
