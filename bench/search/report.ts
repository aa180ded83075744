import { markdownTable } from '../markdown-table.ts';
import { runTable } from '../run-table.ts';
import type { ColdStart } from './cold-start.ts';
import { figuresOf, questionText } from './figures.ts';
import { QUESTIONS } from './measure.ts';
import type { Scene } from './scene.ts';
import { count, searchTargets } from './targets.ts';

export interface SearchResults {
  readonly seed: number;
  readonly date: Date;
  readonly seconds: number;
  readonly scenes: readonly Scene[];
  readonly coldStart: ColdStart;
}

const PACKAGES = ['@aws-sdk/client-dynamodb', 'amplify-dynamodb-simulator', 'dynamodb-geo', 'ngeohash', 'esbuild'];

/** The whole report as Markdown. */
export function searchReport({ seed, date, seconds, scenes, coldStart }: SearchResults): string {
  const targets = searchTargets(scenes, coldStart);
  return `${[
    '# Search',
    '`npm run bench search` measures the search beside others, all on one DynamoDB Local for each number of stores, and writes this file; with ' +
      '`-- --quick` it takes a minute, asks from few origins and only prints.',
    runTable({ seed, date, seconds, packages: PACKAGES }),
    '## Targets',
    `${targets.filter(({ reached }) => reached).length} of ${targets.length} reached.`,
    markdownTable(
      ['target', 'figure', 'reached'],
      targets.map(({ target, figure, reached, whyNot }) => [
        target,
        figure,
        reached ? 'yes' : `**no**${whyNot === undefined ? '' : `: ${whyNot}`}`,
      ]),
    ),
    '## How it is counted',
    COUNTING,
    ...scenes.map(sceneReport),
    '## Beside the search',
    markdownTable(
      ['what', 'figure'],
      [
        ['gazetteer.bin', `${(coldStart.gazetteerBytes / 1_000).toFixed(0)} KB`],
        [
          'gazetteer.bin, read, opened and asked for a first ZIP in a new process',
          `${coldStart.gazetteerLoadMilliseconds.toFixed(1)} ms (median of ${coldStart.starts})`,
        ],
      ],
    ),
  ].join('\n\n')}\n`;
}

const COUNTING = `- Stores cluster around US cities by population; rows have the fields and sizes of real stores, the same payload in every table.
- Origins: 130 near cities, 50 anywhere about the contiguous states, 20 remote (Alaska, the Pacific, the date line, the poles, the far side).
- A query is a request: each page counts. Read units are computed from the items' bytes as AWS charges them, eventually consistent
  unless a contender asks otherwise, and 0.5 for a Query that finds nothing (the emulator reports 0).
- Missing and extra are stores, summed over all searches, against sorting all stores by distance. A search that throws misses all.
- Ours, fresh: an instance that has the index in memory and no store. Ours, reused: one instance for all searches of the row.
  Neither includes the index, which is read once and again after an import; its cost stands beside.
- Origins are shuffled once. Nearest is asked of ours from all 200; at 100,000 stores, where they take seconds each, radius searches, and of
  the others all but radius searches at any size, from the first so many (column searches), and query-everything once. A ratio compares both over the same origins.
- dynamodb-geo runs at the hash-key length of the fewest read units (see each table's head). It, and \`bboxes\`, have no nearest: they search
  rings of 25 miles and always twice as far until the circle holds enough; \`bboxes\` with cells of precision 3 to 250 miles, 2
  to 2,000 and 1 beyond. dynamodb-geo fails when a ring is so wide that its covering needs a whole face of the globe. The nine cells drop a letter until they hold enough.
- Queries and read units are exact and repeat with the seed; times are those of this machine and of an emulator.`;

function sceneReport(scene: Scene): string {
  const { storeCount, meanRowBytes, leaves, indexCost, keyLengths, bestKeyLength, planning } = scene;
  const facts = [
    `A row takes ${meanRowBytes.toFixed(0)} bytes. The index has ${count(leaves)} leaves and costs ${indexCost.queries} reads`,
    `and ${indexCost.readUnits} read units. Planning takes ${planning.nearest5Milliseconds.toFixed(2)} ms (nearest 5) and`,
    `${planning.within100MilesMilliseconds.toFixed(2)} ms (within 100 miles) of processor time.`,
    `dynamodb-geo within 100 miles by hash-key length: ${keyLengths
      .map(
        ({ length, queries, readUnits }) => `${length}: ${queries.toFixed(1)} queries, ${readUnits.toFixed(1)} units`,
      )
      .join('; ')}. Chosen: ${bestKeyLength}.`,
  ];
  const blocks = QUESTIONS.map((question) =>
    markdownTable(
      [
        questionText(question),
        'searches',
        'queries',
        'read units',
        'rounds',
        'p50 ms',
        'p95 ms',
        'missing',
        'extra',
        'failed',
      ],
      scene.measurements
        .filter((one) => questionText(one.question) === questionText(question))
        .map(({ contender, samples }) => {
          const figures = figuresOf(samples);
          return [
            contender,
            count(figures.searches),
            figures.meanQueries.toFixed(2),
            figures.meanReadUnits.toFixed(2),
            `≤ ${figures.mostRounds}`,
            figures.p50Milliseconds.toFixed(1),
            figures.p95Milliseconds.toFixed(1),
            count(figures.missing),
            count(figures.extra),
            count(figures.failed),
          ];
        }),
    ),
  );
  return [`## ${count(storeCount)} stores`, facts.join('\n'), ...blocks].join('\n\n');
}
