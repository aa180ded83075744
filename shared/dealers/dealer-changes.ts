import { isDeepStrictEqual } from 'node:util';
import { DEALER_ID, type Dealer } from './dealer.ts';

/**
 * One version of a store, as the table keeps it. Every import publishes one number; a search that works from number n
 * takes a store's version when `since` ≤ n < `until`. So a search sees an import whole or not at all, and at every n a
 * store has one version or none.
 */
export interface DealerVersion {
  readonly dealer: Dealer;
  /** The import that brought this version. */
  readonly since: number;
  /** The import that ended it. */
  readonly until?: number;
}

/** Whether a search from the published number sees this version. */
export function isVisible(version: Pick<DealerVersion, 'since' | 'until'>, published: number): boolean {
  return version.since <= published && (version.until === undefined || version.until > published);
}

export interface DealerChanges {
  /** Stores to add, or to replace by id. */
  readonly put: readonly Dealer[];
  /** Stores to remove; ids that are not there are passed over. */
  readonly removeIds: readonly string[];
}

/** What an import has to do, in order. */
export interface DealerImportPlan {
  /** Versions to write: new ones, and stored ones whose `until` changes. */
  readonly writes: readonly DealerVersion[];
  /** Versions that an earlier import left behind and no search sees: gone before the number is published. */
  readonly leftovers: readonly DealerVersion[];
  /** All versions that searches see once the number is published: what its index is built from. */
  readonly visible: readonly DealerVersion[];
  /** Versions that no search sees from then on: gone after it. */
  readonly ended: readonly DealerVersion[];
}

/**
 * Plans the import of number `next` over what is stored. Whatever changes of a store, one version ends and another
 * begins. What an earlier import wrote and never published is taken over when it is what is wanted, so that an import
 * that was killed goes on where it stopped.
 *
 * @throws RangeError when an id occurs twice in the changes, or cannot be one
 */
export function planDealerChanges(
  stored: readonly DealerVersion[],
  changes: DealerChanges,
  published: number,
  next: number,
): DealerImportPlan {
  const puts = new Map<string, Dealer>();
  const removed = new Set(changes.removeIds);
  for (const dealer of changes.put) {
    if (!DEALER_ID.test(dealer.id)) throw new RangeError(`store id ${dealer.id} is not 1 to 32 of a-z, 0-9 and -`);
    if (puts.has(dealer.id)) throw new RangeError(`store ${dealer.id} is put twice in one import`);
    if (removed.has(dealer.id)) throw new RangeError(`store ${dealer.id} is both put and removed in one import`);
    puts.set(dealer.id, dealer);
  }

  const writes: DealerVersion[] = [];
  const leftovers: DealerVersion[] = [];
  const visible: DealerVersion[] = [];
  const ended: DealerVersion[] = [];
  const versionsById = Map.groupBy(stored, (version) => version.dealer.id);
  for (const id of new Set([...versionsById.keys(), ...puts.keys()])) {
    const versions = versionsById.get(id) ?? [];
    const current = versions.find((version) => isVisible(version, published));
    const wanted = puts.get(id) ?? (removed.has(id) ? undefined : current?.dealer);
    const usable = versions.filter((version) => version === current || version.since > published);
    const kept = wanted && keptVersion(wanted, usable, next);
    if (kept) {
      visible.push(kept);
      if (!usable.includes(kept)) writes.push(kept);
    }
    for (const version of versions) {
      if (version.since === kept?.since) continue;
      if (version !== current) {
        leftovers.push(version);
        continue;
      }
      const end = { ...version, until: next };
      writes.push(end);
      ended.push(end);
    }
  }
  return { writes, leftovers, visible, ended };
}

/** The version that stands from now on: one of the stored objects when nothing has to be written. */
function keptVersion(wanted: Dealer, usable: readonly DealerVersion[], next: number): DealerVersion {
  const same = usable.find((version) => isDeepStrictEqual(version.dealer, wanted));
  if (same === undefined) return { dealer: wanted, since: next };
  // An import that was killed may have marked it as ended.
  return same.until === undefined ? same : { dealer: wanted, since: same.since };
}

/** Withdrawn stores are kept for their ids and never listed. */
export function isListed(dealer: Pick<Dealer, 'status'>): boolean {
  return dealer.status !== 'withdrawn';
}
