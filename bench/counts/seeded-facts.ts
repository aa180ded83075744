import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dimensionsOf } from '../../shared/counts/dimensions.ts';
import type { Fact, FactDimensions, FactEvent } from '../../shared/counts/fact.ts';
import { hourAt } from '../../shared/counts/period.ts';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { parseDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import { type Gazetteer, openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import type { PlacedZip } from '../../shared/gazetteer/place.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';
import { seededRandom } from '../seeded-random.ts';

const DATA = join(import.meta.dirname, '..', '..', 'data');
const DAY_MS = 24 * 3600_000;

/** A reservation as a count sees it: what it stands for at the end, and the facts of its life in order. */
export interface SeededReservation {
  readonly status: 'pending' | 'confirmed' | 'withdrawn';
  readonly dimensions: FactDimensions;
  readonly facts: readonly Fact[];
}

export interface SeededYear {
  readonly seed: number;
  readonly reservations: number;
  /** The first day, and how many there are. */
  readonly from: string;
  readonly days: number;
}

interface Place {
  readonly zip: PlacedZip;
  readonly nearest: Dealer;
  readonly meters: number;
  /** Sum of the weights up to and with this one. */
  readonly reach: number;
}

export function benchGazetteer(): Gazetteer {
  return openGazetteer(readFileSync(join(DATA, 'gazetteer', 'gazetteer.bin')));
}

const MODELS = weighted({ 'crossover-compact': 38, 'crossover-midsize': 22, a110: 14, undecided: 26 });
const TIMEFRAMES = weighted({ '0-6-months': 18, '6-12-months': 34, '12-plus-months': 28, unknown: 20 });
const CAMPAIGNS = weighted({
  none: 46,
  spring: 12,
  'launch-film': 11,
  'auto-show-ny': 8,
  'auto-show-la': 7,
  newsletter: 6,
  search: 4,
  social: 3,
  podcast: 2,
  partner: 1,
});
const LOCALES = weighted({ 'en-US': 88, 'es-US': 12 });

/**
 * A year of interest that looks like the country: people where cities are, most with the nearest store, growing over the year, busier
 * in the evening; 85 % confirm, of these 8 % withdraw and 4 % change store or model. The same for the same seed.
 */
export function* seededReservations({ seed, reservations, from, days }: SeededYear): Generator<SeededReservation> {
  const random = seededRandom(seed);
  const places = placesOf(benchGazetteer());
  const total = places.at(-1)?.reach ?? 0;
  const start = Date.parse(`${from}T00:00Z`);
  const end = start + days * DAY_MS;
  for (let at = 0; at < reservations; at += 1) {
    const place = placeAt(places, random() * total);
    // Density grows linearly from a third of the mean to five thirds.
    const u = random();
    const share = (Math.sqrt(1 + 24 * u) - 1) / 4;
    const day = Math.min(days - 1, Math.floor(share * days));
    const asked = start + day * DAY_MS + Math.floor(DAY_MS * Math.sqrt(random()));
    const choose = (kind: 'first' | 'changed') => ({
      dealerId:
        random() < 0.15 ? null : kind === 'first' ? place.nearest.id : placeAt(places, random() * total).nearest.id,
      model: MODELS(random()),
    });
    const countable = {
      zip: place.zip.zip,
      place: place.zip,
      nearestStoreMeters: place.meters,
      timeframe: TIMEFRAMES(random()),
      locale: LOCALES(random()),
      campaign: CAMPAIGNS(random()),
    };
    let dimensions = dimensionsOf({ ...countable, ...choose('first') });
    let status: SeededReservation['status'] = 'pending';
    const facts: Fact[] = [];
    const add = (event: FactEvent, time: number): void => {
      facts.push({ id: uuid(random), hour: hourAt(time), event, dimensions });
    };
    add('submitted', asked);
    const confirmed = asked + random() ** 4 * 2 * DAY_MS;
    if (random() < 0.85 && confirmed < end) {
      status = 'confirmed';
      add('confirmed', confirmed);
      const moved = confirmed + random() * 60 * DAY_MS;
      if (random() < 0.04 && moved < end) {
        add('movedOut', moved);
        dimensions = dimensionsOf({ ...countable, ...choose('changed') });
        add('movedIn', moved);
      }
      const withdrawn = moved + random() * 60 * DAY_MS;
      if (random() < 0.08 && withdrawn < end) {
        status = 'withdrawn';
        add('withdrawn', withdrawn);
      }
    }
    yield { status, dimensions, facts };
  }
}

/** Every placed ZIP, with its nearest store, weighted by its city's people, shared by the city's ZIPs. */
function placesOf(gazetteer: Gazetteer): readonly Place[] {
  const { dealers = [] } = parseDealersCsv(readFileSync(join(DATA, 'dealers.csv'), 'utf8'), {
    gazetteer,
    modelIds: MODEL_IDS,
  });
  const zips = Array.from({ length: 100_000 }, (_, zip) => gazetteer.findZip(String(zip).padStart(5, '0'))).filter(
    (entry) => entry?.military === false,
  );
  const sharing = Map.groupBy(zips, ({ city, state }) => `${city}, ${state}`);
  let reach = 0;
  return zips.map((zip) => {
    const people = gazetteer.findCity(zip.city, zip.state)?.population ?? 0;
    reach += Math.max(500, people) / (sharing.get(`${zip.city}, ${zip.state}`)?.length ?? 1);
    return { zip, ...nearestOf(zip, dealers), reach };
  });
}

function nearestOf(zip: PlacedZip, dealers: readonly Dealer[]): Pick<Place, 'nearest' | 'meters'> {
  let found: Pick<Place, 'nearest' | 'meters'> | undefined;
  for (const dealer of dealers) {
    const meters = distanceMeters(zip.location, dealer.location);
    if (found === undefined || meters < found.meters) found = { nearest: dealer, meters };
  }
  if (found === undefined) throw new RangeError('there are no stores');
  return found;
}

function placeAt(places: readonly Place[], reach: number): Place {
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.reach ?? 0) > reach) high = middle;
    else low = middle + 1;
  }
  const place = places[low];
  if (place === undefined) throw new RangeError('there are no places');
  return place;
}

function weighted(weights: Readonly<Record<string, number>>): (random: number) => string {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return (random) => {
    let left = random * total;
    for (const [value, weight] of Object.entries(weights)) {
      left -= weight;
      if (left < 0) return value;
    }
    return Object.keys(weights).at(-1) ?? '';
  };
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
