import { readStoredStores } from './bench-tables.ts';
import { CellRecipes } from './cell-recipes.ts';
import type { Contender } from './contender.ts';
import { figuresOf, type Measurement, questionText } from './figures.ts';
import { GeoLibrary } from './geo-library.ts';
import { type Exam, examsAt, measure, QUESTIONS } from './measure.ts';
import { OwnSearch } from './own-search.ts';
import { clusteredDealers, type Origin } from './places.ts';
import { type PlanningCost, planningCost } from './planning.ts';
import type { MeteredDynamoDb, ReadCost } from './read-meter.ts';

/** One number of stores, searched by everyone. */
export interface Scene {
  readonly storeCount: number;
  readonly meanRowBytes: number;
  readonly leaves: number;
  /** What an instance of ours reads at its first search, and again when stores have changed. */
  readonly indexCost: ReadCost;
  readonly planning: PlanningCost;
  /** What dynamodb-geo reads at each hash-key length that was tried, within 100 miles. */
  readonly keyLengths: readonly { readonly length: number; readonly queries: number; readonly readUnits: number }[];
  readonly bestKeyLength: number;
  readonly measurements: readonly Measurement[];
}

/** How many of the origins choose the hash-key length. */
const TRIAL_ORIGINS = 10;
const TRIAL_QUESTION = { withinMiles: 100 } as const;

export interface ScenePlan {
  readonly storeCount: number;
  readonly seed: number;
  /** Ours is asked for the nearest from all of them; the rest from the first so many. */
  readonly origins: readonly Origin[];
  readonly ownRadiusOrigins: number;
  /** For radius searches of dynamodb-geo and bboxes, which ours is held against. */
  readonly rivalRadiusOrigins: number;
  readonly otherOrigins: number;
  readonly keyLengths: readonly number[];
}

/** Loads the stores for every contender, then asks every question of each from every origin. */
export async function playScene(
  { storeCount, seed, origins, ownRadiusOrigins, rivalRadiusOrigins, otherOrigins, keyLengths }: ScenePlan,
  database: MeteredDynamoDb,
  say: (progress: string) => void,
): Promise<Scene> {
  const { client } = database;
  say(`${storeCount} stores: importing`);
  const own = await OwnSearch.load(database, `own-${storeCount}`, clusteredDealers(storeCount, seed));
  const stores = await readStoredStores(client, own.tableName);
  say(`${storeCount} stores: loading the others`);
  const recipes = await CellRecipes.load(client, `cells-${storeCount}`, stores);
  const library = await GeoLibrary.load(client, `geo-${storeCount}`, stores, keyLengths);
  say(`${storeCount} stores: scanning for the right answers`);
  const exams = examsAt(origins, stores);
  const trials = await tryKeyLengths(library, keyLengths, exams.slice(0, TRIAL_ORIGINS), database);
  const best = trials.reduce((a, b) => (b.readUnits < a.readUnits ? b : a));

  const measurements: Measurement[] = [];
  const fromOthers = exams.slice(0, otherOrigins);
  for (const question of QUESTIONS) {
    const fromOwn = 'nearest' in question ? exams : exams.slice(0, ownRadiusOrigins);
    const fromRivals = 'nearest' in question ? fromOthers : exams.slice(0, rivalRadiusOrigins);
    const contenders: readonly (readonly [Contender, readonly Exam[]])[] = [
      [own.fresh(), fromOwn],
      [own.reused(), fromOwn],
      [library.contender(best.length), fromRivals],
      [recipes.boxes, fromRivals],
      [recipes.nineCells(3), fromOthers],
      [recipes.nineCells(4), fromOthers],
      // It costs the same whatever the question, and many seconds.
      ...(question === QUESTIONS[0] ? [[recipes.everything, exams.slice(0, 1)] as const] : []),
    ];
    for (const [contender, asked] of contenders) {
      say(`${storeCount} stores: ${questionText(question)}, ${contender.name}, ${asked.length} origins`);
      const samples = await measure(contender, question, asked, database);
      measurements.push({ storeCount, question, contender: contender.name, samples });
    }
  }
  return {
    storeCount,
    meanRowBytes: stores.reduce((sum, { bytes }) => sum + bytes, 0) / stores.length,
    leaves: await own.reader.read(async ({ index }) => index.leaves.length),
    indexCost: own.indexCost,
    planning: await planningCost(own, exams),
    keyLengths: trials,
    bestKeyLength: best.length,
    measurements,
  };
}

async function tryKeyLengths(
  library: GeoLibrary,
  keyLengths: readonly number[],
  exams: readonly Exam[],
  database: MeteredDynamoDb,
): Promise<Scene['keyLengths']> {
  const trials: { length: number; queries: number; readUnits: number }[] = [];
  for (const length of keyLengths) {
    const figures = figuresOf(await measure(library.contender(length), TRIAL_QUESTION, exams, database));
    trials.push({ length, queries: figures.meanQueries, readUnits: figures.meanReadUnits });
  }
  return trials;
}
