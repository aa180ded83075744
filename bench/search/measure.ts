import type { Point } from '../../shared/geo/point.ts';
import type { StoredStore } from './bench-tables.ts';
import { type Contender, METERS_PER_MILE } from './contender.ts';
import { byDistance, type Faults, faultsOf } from './oracle.ts';
import type { Origin, OriginKind } from './places.ts';
import type { MeteredDynamoDb, ReadCost } from './read-meter.ts';

export const RADII_MILES = [25, 50, 100, 250] as const;
export const LIMITS = [5, 20] as const;

export type Question = { readonly withinMiles: (typeof RADII_MILES)[number] } | { readonly nearest: number };

export const QUESTIONS: readonly Question[] = [
  ...LIMITS.map((nearest) => ({ nearest })),
  ...RADII_MILES.map((withinMiles) => ({ withinMiles })),
];

/** One origin, and what a scan of all stores answers there. */
export interface Exam {
  readonly origin: Origin;
  /** Ids, nearest first. */
  expected(question: Question): readonly string[];
  /** Read units of nothing but the stores of the answer: their bytes by 8,192, not rounded. */
  floorUnits(question: Question): number;
}

export function examsAt(origins: readonly Origin[], stores: readonly StoredStore[]): readonly Exam[] {
  const bytesById = new Map(stores.map(({ id, bytes }) => [id, bytes]));
  const widest = Math.max(...RADII_MILES) * METERS_PER_MILE;
  const most = Math.max(...LIMITS);
  return origins.map((origin) => {
    const sorted = byDistance(origin.point, stores, { atLeast: most, withinMeters: widest });
    const expected = (question: Question): readonly string[] =>
      ('nearest' in question
        ? sorted.slice(0, question.nearest)
        : sorted.filter(({ distanceMeters }) => distanceMeters <= question.withinMiles * METERS_PER_MILE)
      ).map(({ id }) => id);
    return {
      origin,
      expected,
      floorUnits: (question) => expected(question).reduce((sum, id) => sum + (bytesById.get(id) ?? 0), 0) / 8_192,
    };
  });
}

export interface Sample extends Faults {
  readonly kind: OriginKind;
  readonly cost: ReadCost;
  readonly milliseconds: number;
  readonly floorUnits: number;
  /** Why there is no answer; all of it is then missing. */
  readonly failure?: string;
}

/** Asks the same from every origin, one after another. */
export async function measure(
  contender: Contender,
  question: Question,
  exams: readonly Exam[],
  database: MeteredDynamoDb,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const { origin, expected, floorUnits } of exams) {
    database.takeCost();
    const startedAt = performance.now();
    const { ids, failure } = await answerOf(contender, question, origin.point);
    const milliseconds = performance.now() - startedAt;
    samples.push({
      kind: origin.kind,
      cost: database.takeCost(),
      milliseconds,
      floorUnits: floorUnits(question),
      ...faultsOf(ids, expected(question)),
      ...(failure === undefined ? {} : { failure }),
    });
  }
  return samples;
}

/** A contender that throws is a result, not the bench's end. */
async function answerOf(
  contender: Contender,
  question: Question,
  origin: Point,
): Promise<{ readonly ids: readonly string[]; readonly failure?: string }> {
  try {
    const ids =
      'nearest' in question
        ? await contender.nearest(origin, question.nearest)
        : await contender.within(origin, question.withinMiles * METERS_PER_MILE);
    return { ids };
  } catch (error) {
    return { ids: [], failure: String(error) };
  }
}
