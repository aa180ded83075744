import { deepEqual } from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type CountQuestion, countInterests } from '../../shared/counts/count-interests.ts';
import { countsCsv } from '../../shared/counts/counts-csv.ts';
import type { Fact } from '../../shared/counts/fact.ts';
import { factTable } from '../../shared/counts/fact-table.ts';
import { namesOf } from '../../shared/counts/group-names.ts';
import { COUNT_NAMES, countFacts, dimensionsToCount } from '../../shared/counts/grouping.ts';
import { rollupTable } from '../../shared/counts/rollup-table.ts';
import { viewFor } from '../../shared/counts/views.ts';
import { percentile } from '../percentile.ts';
import { meteredDynamoDb } from '../search/read-meter.ts';
import type { Scene } from './scene.ts';
import { benchGazetteer } from './seeded-facts.ts';

const LAST_CLOSED_DAY = '2026-12-30';

/** As a query of the API; of the whole year unless it says otherwise. */
const QUESTIONS: readonly (readonly [string, CountQuestion])[] = [
  ['total', { by: [], filters: {} }],
  ['by state', { by: ['state'], filters: {} }],
  ['by metro', { by: ['metro'], filters: {} }],
  ['by county', { by: ['county'], filters: {} }],
  ['by dealer and model', { by: ['dealer', 'model'], filters: {} }],
  ['by day', { by: ['day'], filters: {} }],
  ['by day and state', { by: ['day', 'state'], filters: {} }],
  ['by week and model', { by: ['week', 'model'], filters: {} }],
  ['by distance band and state', { by: ['distance-band', 'state'], filters: {} }],
  ['by zip3 and dealer', { by: ['zip3', 'dealer'], filters: {} }],
  ['by county and zip3', { by: ['county', 'zip3'], filters: {} }],
  ['by county, of Florida', { by: ['county'], filters: { state: 'FL' } }],
  ['total, March 10 to November 20', { by: [], filters: {}, from: '2026-03-10', to: '2026-11-20' }],
  ['by dealer and model, of Florida', { by: ['dealer', 'model'], filters: { state: 'FL' } }],
  ['by campaign and timeframe, of one model', { by: ['campaign', 'timeframe'], filters: { model: 'a110' } }],
  ['by county and model, of one campaign', { by: ['county', 'model'], filters: { campaign: 'spring' } }],
  ['by day and model, of one campaign', { by: ['day', 'model'], filters: { campaign: 'spring' } }],
];

export interface Answered {
  readonly question: string;
  readonly from: 'views' | 'columns';
  readonly groups: number;
  readonly milliseconds: number;
  readonly requests: number;
  readonly readUnits: number;
  /** Of the same count up to the day before, which is closed. */
  readonly closedReadUnits: number;
  readonly jsonBytes: number;
  readonly csvBytes: number;
  readonly jsonGzipBytes: number;
}

/**
 * Asks every question again and again, and holds each answer against a count of all facts.
 * @throws AssertionError when one is not the truth
 */
export async function askAll(
  endpoint: string,
  scene: Scene,
  times: number,
  say: (progress: string) => void,
): Promise<readonly Answered[]> {
  const gazetteer = benchGazetteer();
  const { client: dynamoDb, takeCost } = meteredDynamoDb(endpoint);
  const client = DynamoDBDocumentClient.from(dynamoDb);
  const censusOf = (state: string) => gazetteer.findState(state);
  const desk = { facts: factTable(client, 'facts'), rollups: rollupTable(client, 'rollups'), censusOf };
  const answers: Answered[] = [];
  for (const [name, question] of QUESTIONS) {
    const { by, filters } = question;
    await countInterests(question, desk);
    takeCost();
    const milliseconds: number[] = [];
    await countInterests({ ...question, to: question.to ?? LAST_CLOSED_DAY }, desk);
    const closedReadUnits = takeCost().readUnits;
    let counted = await countInterests(question, desk);
    const { queries, readUnits } = takeCost();
    for (let time = 0; time < times; time += 1) {
      const startedAt = performance.now();
      counted = await countInterests(question, desk);
      milliseconds.push(performance.now() - startedAt);
      takeCost();
    }
    deepEqual(counted, countFacts(factsOf(scene, question), by, filters, censusOf), name);
    const asOf = '2026-12-31T15:40:00Z';
    const names = await namesOf(counted.groups, by, gazetteer, async () => new Map());
    const json = JSON.stringify({ asOf, names, ...counted });
    const csv = await countsCsv(
      { counts: COUNT_NAMES, by, asOf, names, ...counted },
      { forSpreadsheet: false, gzip: false },
    );
    answers.push({
      question: name,
      from: viewFor(dimensionsToCount(by, filters)) === undefined ? 'columns' : 'views',
      groups: counted.groups.length,
      milliseconds: percentile(milliseconds, 0.5),
      requests: queries,
      readUnits,
      closedReadUnits,
      jsonBytes: json.length,
      csvBytes: csv.length,
      jsonGzipBytes: gzipSync(json).length,
    });
    say(`${name}: ${answers.at(-1)?.milliseconds.toFixed(0)} ms, ${readUnits} read units`);
  }
  dynamoDb.destroy();
  return answers;
}

function* factsOf({ byDay }: Scene, { from = '', to = '9' }: CountQuestion): Generator<Fact> {
  for (const [day, facts] of byDay) if (day >= from && day <= to) yield* facts;
}
