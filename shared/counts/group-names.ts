import type { Gazetteer } from '../gazetteer/gazetteer.ts';
import type { Group, GroupKey } from './grouping.ts';

/** The keys whose codes have names. */
const NAMED_KEYS = ['state', 'county', 'metro', 'dealer'] as const satisfies readonly GroupKey[];
export type NamedKey = (typeof NAMED_KEYS)[number];

/** Names by code, for each place or store that the groups are by. A code without a known name has none. */
export type GroupNames = Partial<Record<NamedKey, Record<string, string>>>;

export const isNamed = (key: GroupKey): key is NamedKey => NAMED_KEYS.some((named) => named === key);

/** @param storeNames by id; asked for only when groups are by store */
export async function namesOf(
  groups: readonly Group[],
  by: readonly GroupKey[],
  gazetteer: Pick<Gazetteer, 'findState' | 'countyName' | 'metroTitle'>,
  storeNames: () => Promise<ReadonlyMap<string, string>>,
): Promise<GroupNames> {
  const names: GroupNames = {};
  for (const key of by.filter(isNamed)) {
    const stores = key === 'dealer' ? await storeNames() : undefined;
    const nameOf: Record<NamedKey, (code: string) => string | undefined> = {
      state: (code) => gazetteer.findState(code)?.name,
      county: (code) => gazetteer.countyName(code),
      metro: (code) => gazetteer.metroTitle(code),
      dealer: (code) => stores?.get(code),
    };
    const codes = new Set(groups.map((group) => group[key] ?? ''));
    names[key] = Object.fromEntries(
      [...codes].flatMap((code) => {
        const name = nameOf[key](code);
        return name === undefined ? [] : [[code, name] as const];
      }),
    );
  }
  return names;
}
