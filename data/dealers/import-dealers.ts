import { setTimeout as wait } from 'node:timers/promises';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { diffDealers, parseDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import type { CsvFault } from '../../shared/dealers/dealer-csv-row.ts';
import { applyDealerChanges, type DealerImportProgress } from '../../shared/dealers/dealer-import-table.ts';
import { dealerTable, INDEX_MAX_AGE_MS } from '../../shared/dealers/dealer-table.ts';
import type { Gazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { PUBLIC_CACHE } from '../../shared/http/public-cache.ts';
import type { documentClient } from '../../shared/runtime/dynamodb-client.ts';

export interface DealerImport {
  /** The text of the file. */
  readonly csv: string;
  readonly client: ReturnType<typeof documentClient>;
  readonly tableName: string;
  readonly gazetteer: Gazetteer;
  readonly modelIds: readonly string[];
  /** Takes webhooks to this machine itself; for a stack on it. */
  readonly allowLoopback?: boolean;
  /** Without it nothing is written. */
  readonly apply: boolean;
  readonly print: (line: string) => void;
  /** Told of every transaction that was written. */
  readonly onProgress?: (progress: DealerImportProgress) => void;
}

/** `refused`: the file has faults, and nothing was written. `shown`: it would change something, but `apply` was not given. */
export type DealerImportOutcome = 'refused' | 'unchanged' | 'shown' | 'applied';

/** An answer made of the old stores at the last moment, repeated by a cache for as long as it may. */
const CACHED_MINUTES = (INDEX_MAX_AGE_MS / 1000 + PUBLIC_CACHE.freshSeconds + PUBLIC_CACHE.staleSeconds) / 60;

/** Checks the whole file, prints every fault or what it changes, and writes the changes when told to. */
export async function importDealers(options: DealerImport): Promise<DealerImportOutcome> {
  const { client, tableName, print } = options;
  const { dealers, faults } = parseDealersCsv(options.csv, options);
  if (dealers === undefined) {
    for (const fault of faults) print(faultLine(fault));
    print(`${faults.length} to mend; nothing is written`);
    return 'refused';
  }
  warnOfFallback(dealers, print);

  if (dealers.length === 0) {
    print('the file has no store, which would withdraw every one; nothing is written');
    return 'refused';
  }
  const { added, changed, removed, unchanged } = diffDealers(
    await dealerTable(client, tableName, Date.now).listDealers(),
    dealers,
  );
  printSome(added, ({ id, name }) => `+ ${id} ${name}`, print);
  printSome(changed, ({ dealer, fields }) => `~ ${dealer.id} ${dealer.name}: ${fields.join(', ')}`, print);
  // Reservations and leads refer to a store for ever: one that is no longer in the file is withdrawn, not deleted.
  const withdrawn = removed.filter(({ status }) => status !== 'withdrawn');
  printSome(withdrawn, ({ id, name }) => `- ${id} ${name}`, print);
  print(
    `${added.length} to add, ${changed.length} to change, ${withdrawn.length} to withdraw, ${unchanged.length} as they are`,
  );
  if (added.length + changed.length + withdrawn.length === 0) return 'unchanged';
  if (!options.apply) {
    print('nothing is written; add --apply to write');
    return 'shown';
  }
  const put = [
    ...added,
    ...changed.map(({ dealer }) => dealer),
    ...withdrawn.map((dealer): Dealer => ({ ...dealer, status: 'withdrawn' })),
  ];
  const { onProgress } = options;
  await applyDealerChanges(
    client,
    tableName,
    { put, removeIds: [] },
    { wait: (ms) => wait(ms), ...(onProgress && { onProgress }) },
  );
  print(
    `written; a search shows it within ${INDEX_MAX_AGE_MS / 1000} seconds, or, where a cache still has its answer from before, within ${CACHED_MINUTES} minutes`,
  );
  return 'applied';
}

function faultLine({ line, column, value, fix }: CsvFault): string {
  const where = column === undefined ? `line ${line}` : `line ${line}, ${column}`;
  return value === undefined ? `${where}: ${fix}` : `${where} ${JSON.stringify(value)}: ${fix}`;
}

function warnOfFallback(dealers: readonly Dealer[], print: (line: string) => void): void {
  const without = dealers.filter(
    ({ status, routing: { leadEmail, adfEmail, webhookUrl } }) =>
      status !== 'withdrawn' && !leadEmail && !adfEmail && !webhookUrl,
  );
  if (without.length === 0) return;
  const stores = without.length === 1 ? '1 store has' : `${without.length} stores have`;
  print(`warning: ${stores} no channel for leads: their leads go to the fallback address`);
  printSome(without, ({ id, name }) => `! ${id} ${name}`, print);
}

/** Changes of one kind that are listed; of the others, the number. */
const MOST_LISTED = 100;

function printSome<T>(changes: readonly T[], lineOf: (change: T) => string, print: (line: string) => void): void {
  for (const change of changes.slice(0, MOST_LISTED)) print(lineOf(change));
  if (changes.length > MOST_LISTED) print(`  … and ${changes.length - MOST_LISTED} more`);
}
