import { RequestFailure } from '../client/failure.ts';
import { UNDECIDED } from '../widget/interest-values.ts';
import type { GroupKey, InterestCounts } from './counts.ts';
import type { DashboardClient } from './dashboard-client.ts';
import type { FilterOptions } from './filter-bar.ts';
import { type KnownNames, nameOf } from './names.ts';
import type { CountiesFile, StatesFile } from './shape-files.ts';

/** The files of shapes, each fetched once. */
export class ShapeStore {
  readonly #files = new Map<string, Promise<unknown>>();

  /** @throws RequestFailure */
  async states(): Promise<StatesFile> {
    return (await this.#load('states.json')) as StatesFile;
  }

  /** `undefined` for a state or territory that has no file. @throws RequestFailure */
  async counties(state: string): Promise<CountiesFile | undefined> {
    const { divided } = await this.states();
    return divided.includes(state) ? ((await this.#load(`counties/${state}.json`)) as CountiesFile) : undefined;
  }

  #load(path: string): Promise<unknown> {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = fetchFile(path);
      // What failed is tried again by whoever asks next.
      file.catch(() => this.#files.delete(path));
      this.#files.set(path, file);
    }
    return file;
  }
}

async function fetchFile(path: string): Promise<unknown> {
  const response = await fetch(new URL(path, new URL('/dashboard/', location.origin))).catch(() => {
    throw new RequestFailure('unreachable');
  });
  // Without the answer: a 403 of the web bucket is no missing permission of a person's.
  if (!response.ok) throw new RequestFailure('server');
  return response.json().catch(() => {
    throw new RequestFailure('unreachable');
  });
}

/** What the filters offer: whatever has ever been counted. @throws RequestFailure, SessionEnded */
export async function fetchFilterOptions(
  client: DashboardClient,
  known: KnownNames,
  signal: AbortSignal,
): Promise<FilterOptions> {
  const count = (key: GroupKey) => client.countInterests(new URLSearchParams({ by: key }), signal);
  const [dealers, metros, campaigns] = await Promise.all([count('dealer'), count('metro'), count('campaign')]);
  const byName = (a: readonly [string, string], b: readonly [string, string]) => a[1].localeCompare(b[1], 'en-US');
  const codesOf = (key: GroupKey, { groups, names }: InterestCounts) =>
    groups
      .map((group) => group[key] ?? 'unknown')
      .filter((code) => code !== 'none' && code !== 'unknown')
      .map((code) => [code, nameOf(key, code, names, known)] as const)
      .toSorted(byName);
  return {
    state: Object.entries(known.states).toSorted(byName),
    model: [...Object.entries(known.models), [UNDECIDED, nameOf('model', UNDECIDED, undefined, known)]],
    dealerId: codesOf('dealer', dealers),
    metro: codesOf('metro', metros),
    campaign: codesOf('campaign', campaigns),
  };
}
