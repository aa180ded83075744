import { setTimeout as wait } from 'node:timers/promises';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { diffDealers, parseDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import type { CsvFault } from '../../shared/dealers/dealer-csv-row.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { dealerTable } from '../../shared/dealers/dealer-table.ts';
import type { Gazetteer } from '../../shared/gazetteer/gazetteer.ts';
import type { documentClient } from '../../shared/runtime/dynamodb-client.ts';

export interface DealerImport {
  /** The text of the file. */
  readonly csv: string;
  readonly client: ReturnType<typeof documentClient>;
  readonly tableName: string;
  readonly gazetteer: Gazetteer;
  readonly modelIds: readonly string[];
  /** Without it nothing is written. */
  readonly apply: boolean;
  readonly print: (line: string) => void;
}

/** `refused`: the file has faults, and nothing was written. `shown`: it would change something, but `apply` was not given. */
export type DealerImportOutcome = 'refused' | 'unchanged' | 'shown' | 'applied';

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

  const { added, changed, removed, unchanged } = diffDealers(
    await dealerTable(client, tableName, Date.now).listDealers(),
    dealers,
  );
  for (const { id, name } of added) print(`+ ${id} ${name}`);
  for (const { dealer, fields } of changed) print(`~ ${dealer.id} ${dealer.name}: ${fields.join(', ')}`);
  for (const { id, name } of removed) print(`- ${id} ${name}`);
  print(
    `${added.length} to add, ${changed.length} to change, ${removed.length} to remove, ${unchanged.length} as they are`,
  );
  if (added.length + changed.length + removed.length === 0) return 'unchanged';
  if (!options.apply) {
    print('nothing is written; add --apply to write');
    return 'shown';
  }
  const changes = { put: [...added, ...changed.map(({ dealer }) => dealer)], removeIds: removed.map(({ id }) => id) };
  await applyDealerChanges(client, tableName, changes, { wait: (ms) => wait(ms), onProgress: tenths(print) });
  return 'applied';
}

function faultLine({ line, column, value, fix }: CsvFault): string {
  const where = column === undefined ? `line ${line}` : `line ${line}, ${column}`;
  return value === undefined ? `${where}: ${fix}` : `${where} ${JSON.stringify(value)}: ${fix}`;
}

function warnOfFallback(dealers: readonly Dealer[], print: (line: string) => void): void {
  const without = dealers.filter(
    ({ routing: { leadEmail, adfEmail, webhookUrl } }) => !leadEmail && !adfEmail && !webhookUrl,
  );
  if (without.length === 0) return;
  const ids = without.slice(0, 10).map((dealer) => dealer.id);
  const list = without.length > ids.length ? `${ids.join(', ')}, …` : ids.join(', ');
  print(`warning: ${without.length} stores have no address for leads, so theirs go to the fallback address: ${list}`);
}

/** A line at every tenth of the way. */
function tenths(print: (line: string) => void): (progress: { done: number; total: number }) => void {
  let printed = 0;
  return ({ done, total }) => {
    const tenth = Math.floor((10 * done) / total);
    if (tenth > printed) print(`written ${tenth * 10} %`);
    printed = tenth;
  };
}
