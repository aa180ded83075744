import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '../../test/support/browser.ts';
import { markdownTable } from '../markdown-table.ts';
import { percentile } from '../percentile.ts';
import { runTable } from '../run-table.ts';
import { serveBenchSite } from './bench-site.ts';
import { type Profile, type VisitTimes, visitOnce } from './visits.ts';
import { rivalWeights, type Weight, widgetWeights } from './weights.ts';

const REPORT = join(import.meta.dirname, '../widget.md');
const VISITS = 9;

const MEGABIT = 1_000_000 / 8;
/** Lighthouse's slow 4G: the round trip alone, as its simulation has it, and stretched for DevTools, which delays whole requests. */
const PROFILES: readonly Profile[] = [
  {
    name: 'slow 4G: 150 ms, 1.6 Mbit/s, processor 4 × slower',
    latencyMilliseconds: 150,
    downBytesPerSecond: 1.6 * MEGABIT,
    upBytesPerSecond: 0.75 * MEGABIT,
    slowdown: 4,
  },
  {
    name: 'the same as DevTools throttles it: 562 ms a request, 1.44 Mbit/s',
    latencyMilliseconds: 562.5,
    downBytesPerSecond: 1.44 * MEGABIT,
    upBytesPerSecond: 0.675 * MEGABIT,
    slowdown: 4,
  },
  {
    name: 'this machine as it is',
    latencyMilliseconds: 0,
    downBytesPerSecond: -1,
    upBytesPerSecond: -1,
    slowdown: 1,
  },
];

/** Weighs the widget beside others, and times visits in a real browser. */
export async function runWidgetBench({ quick, only }: { readonly quick: boolean; readonly only: string | undefined }) {
  const started = performance.now();
  const site = await serveBenchSite();
  const browser = await launchBrowser();
  const runs: { readonly profile: Profile; readonly visits: readonly VisitTimes[] }[] = [];
  try {
    for (const profile of PROFILES) {
      const visits: VisitTimes[] = [];
      // The first one warms the browser up and is not counted.
      for (let visit = 0; visit <= (quick ? 3 : VISITS); visit += 1) {
        visits.push(await visitOnce(browser, site.url, profile));
      }
      runs.push({ profile, visits: visits.slice(1) });
    }
  } finally {
    await browser.close();
    await site.stop();
  }
  const [ours, rivals] = await Promise.all([widgetWeights(), rivalWeights()]);
  const report = `${[
    '# The bench of the widget',
    '`npm run bench -- widget` measures on this machine and writes this file; with `--quick` from few visits it only prints. ' +
      'Weights, requests and layout shift are held to their budgets by `test/web/budget.test.ts` too.',
    runTable({
      seed: 0,
      date: new Date(),
      seconds: (performance.now() - started) / 1_000,
      packages: [
        'playwright-core',
        '@sparticuz/chromium',
        'esbuild',
        '@googlemaps/extended-component-library',
        'leaflet',
      ],
    }).replace(/\| seed .*\n/, ''),
    `The machine was shared: ${loadavg()[2]?.toFixed(1)} processes wanted a processor at a time in the 15 minutes to the end. Times are longer for it.`,
    '## Reach',
    reach(ours, runs),
    '## Weights',
    weightTable(ours),
    'Beside it, bundled by esbuild with the same settings:',
    weightTable(rivals),
    'The store locator of Google’s library loads the Maps JavaScript API from Google besides, with a key and per visit; Leaflet needs a ' +
      'tile server, and has neither search nor list nor form. Neither number holds those.',
    '## Visits',
    `A fresh browser context each, nothing cached: ${quick ? 3 : VISITS} visits a profile, on pages served gzipped over HTTP/1.1 from this ` +
      'machine, by an API that answers at once. A visit types a ZIP and searches, chooses a pin, zooms, changes the radius, opens the form and sends it empty.',
    visitTable(runs),
    'Milliseconds. Usable: from the navigation until the box can be typed into. Stores, pins: from the search until they are there. ' +
      'Interaction: the longest of a visit, from the key or press to the next frame (INP, as it counts with fewer than 50); handlers: the ' +
      'longest that the scripts themselves took of one. The rest is waiting for a processor and painting, here without a graphics card.',
  ].join('\n\n')}\n`;
  if (quick || only !== undefined) console.log(report);
  else await writeFile(REPORT, report);
}

function sumOf(weights: readonly Weight[], ...names: readonly string[]): number {
  return weights.filter(({ name }) => names.includes(name)).reduce((sum, { gzipped }) => sum + gzipped, 0);
}

function reach(
  ours: readonly Weight[],
  runs: readonly { readonly profile: Profile; readonly visits: readonly VisitTimes[] }[],
): string {
  const first = sumOf(ours, 'alpine-dealer-locator.js');
  const all = first + sumOf(ours, 'map.js', 'reserve.js');
  const data = sumOf(ours, 'us-map.json');
  const every = runs.flatMap(({ visits }) => visits);
  const slow = runs[0]?.visits ?? [];
  const usable = percentile(
    slow.map((visit) => visit.usable),
    0.5,
  );
  const shift = Math.max(...every.map((visit) => visit.shift));
  const interaction = percentile(
    slow.map((visit) => visit.interaction),
    0.75,
  );
  const foreign = every.reduce((sum, visit) => sum + visit.foreign, 0);
  const row = (target: string, value: string, met: boolean) => [target, value, met ? 'yes' : '**no**'];
  return markdownTable(
    ['target', 'measured', 'met'],
    [
      row('JavaScript before the first result: at most 15 KB gzipped', kilobytes(first), first <= 15_000),
      row(
        'JavaScript of locate, map and form: at most 30 KB gzipped',
        `${kilobytes(all)}, and ${kilobytes(data)} of map data that is no script`,
        all <= 30_000,
      ),
      row('requests to third parties: 0', String(foreign), foreign === 0),
      row(
        'usable on slow 4G with a processor 4 × slower: at most 1,000 ms (median)',
        `${usable.toFixed(0)} ms`,
        usable <= 1_000,
      ),
      row('CLS: at most 0.01 (most of all visits)', shift.toFixed(4), shift <= 0.01),
      row(
        'INP on that profile: at most 200 ms (75th percentile of visits)',
        `${interaction.toFixed(0)} ms`,
        interaction <= 200,
      ),
    ],
  );
}

function weightTable(weights: readonly Weight[]): string {
  return markdownTable(
    ['file', 'minified', 'gzipped'],
    weights.map(({ name, raw, gzipped }) => [name, kilobytes(raw), kilobytes(gzipped)]),
  );
}

function visitTable(runs: readonly { readonly profile: Profile; readonly visits: readonly VisitTimes[] }[]): string {
  return markdownTable(
    [
      'profile',
      'usable p50',
      'p95',
      'stores p50',
      'p95',
      'pins p50',
      'p95',
      'interaction p75',
      'most',
      'that was',
      'CLS most',
    ],
    runs.map(({ profile, visits }) => {
      const at = (key: keyof VisitTimes, share: number) =>
        percentile(
          visits.map((visit) => visit[key]),
          share,
        ).toFixed(0);
      return [
        profile.name,
        ...[
          at('usable', 0.5),
          at('usable', 0.95),
          at('stores', 0.5),
          at('stores', 0.95),
          at('pins', 0.5),
          at('pins', 0.95),
        ],
        ...[at('interaction', 0.75), at('interaction', 1)],
        ...[at('handling', 0.75), at('handling', 1)],
        Math.max(...visits.map(({ shift }) => shift)).toFixed(4),
      ];
    }),
  );
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} KB`;
}
