import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importDealers } from '../../data/dealers/import-dealers.ts';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { parseDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import { DEALER_TABLE, dealerTable } from '../../shared/dealers/dealer-table.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';
import { documentClient } from '../../shared/runtime/dynamodb-client.ts';
import { byDistance } from '../search/oracle.ts';
import { sendOnce } from '../stack/send-once.ts';
import type { StackUp } from '../stack/stack-child.ts';
import { csvOf, LEAD_STORE_ID, type StoreRow, storeRows } from '../stack/stores.ts';
import { answered } from './chaos-stack.ts';

const GAZETTEER = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
const METERS_PER_MILE = 1609.344;
const QUESTION = { limit: 5, radiusMiles: 100 } as const;
const ORIGINS_JUDGED = 30;
/** Stores that buyers choose: they stay. */
const CHOSEN = new Set([LEAD_STORE_ID, '2605', '2210']);

/** The stores of a run, which change all the time, and searches held against a scan of them. */
export class ChaosStores {
  readonly file: string;
  readonly #random: () => number;
  #rows: readonly StoreRow[];
  /** As each import that may have been published would leave them, the latest last. */
  readonly #snapshots: (readonly Dealer[])[];

  private constructor(file: string, rows: readonly StoreRow[], random: () => number) {
    this.file = file;
    this.#rows = rows;
    this.#random = random;
    this.#snapshots = [dealersOf(rows)];
  }

  static async prepare(
    folder: string,
    ways: Readonly<Record<string, string>>,
    random: () => number,
  ): Promise<ChaosStores> {
    const rows = await storeRows(ways);
    const file = join(folder, 'dealers.csv');
    await writeFile(file, csvOf(rows));
    return new ChaosStores(file, rows, random);
  }

  /** Moves, withdraws and brings back some stores. */
  async importNext(up: StackUp): Promise<'applied' | 'broken off'> {
    const next = this.#rows.map((row) =>
      CHOSEN.has(String(row['id'])) || this.#random() > 0.1 ? row : this.#altered(row),
    );
    // From the first write on, searches may see it.
    this.#snapshots.push(dealersOf(next));
    this.#rows = next;
    return (await this.#apply(up).catch(() => 'broken off' as const)) ?? 'applied';
  }

  async #apply(up: StackUp): Promise<undefined> {
    const client = clientOf(up);
    try {
      const outcome = await importDealers({
        csv: csvOf(this.#rows),
        client,
        tableName: up.environment[DEALER_TABLE.environmentVariable] ?? '',
        gazetteer: GAZETTEER,
        modelIds: MODEL_IDS,
        allowLoopback: true,
        apply: true,
        print: () => {},
      });
      if (outcome === 'refused') throw new Error('the file of stores has faults');
    } finally {
      client.destroy();
    }
    return undefined;
  }

  #altered(row: StoreRow): StoreRow {
    if (row['status'] === 'withdrawn') return { ...row, status: 'expected' };
    if (this.#random() < 0.3) return { ...row, status: 'withdrawn' };
    // To where another store is: an address has to lie in its own ZIP.
    const { street, city, state, zip, lat, lng } = this.#rows[Math.floor(this.#random() * this.#rows.length)] ?? row;
    return { ...row, street, city, state, zip, lat, lng } as StoreRow;
  }

  /** Asks for the stores near anywhere. @returns what is wrong with the answer, if anything */
  async search(siteUrl: string): Promise<string | undefined> {
    const origin = this.#origin();
    // Each was right at some moment until the answer; a search shows none in part, and none that was not there.
    const answer = await ask(siteUrl, origin).catch(() => undefined);
    if (answer === undefined || answer.status >= 500) return 'no answer';
    if (answer.status !== 200) return `a search was answered ${answer.status}: ${answer.body}`;
    const ids = idsOf(answer.body);
    const isRight = this.#snapshots.some((stores) => sameIds(expectedIds(origin, stores), ids));
    return isRight ? undefined : `a search from ${origin.lat},${origin.lng} was answered ${ids}, which no scan gives`;
  }

  /** Makes the latest import whole. @throws Error when it cannot be */
  async importAgain(up: StackUp): Promise<void> {
    await this.#apply(up);
  }

  /** After the last import was made whole: the table holds it, and searches show it and nothing else. */
  async judge(up: StackUp): Promise<readonly string[]> {
    const client = clientOf(up);
    const held = await dealerTable(
      client,
      up.environment[DEALER_TABLE.environmentVariable] ?? '',
      Date.now,
    ).listDealers();
    const latest = this.#snapshots.at(-1) ?? [];
    const problems: string[] = [];
    const gist = (dealers: readonly Dealer[]) =>
      JSON.stringify(
        dealers.map(({ id, status, location: { lat, lng } }) => [id, status, lat, lng].join(' ')).toSorted(),
      );
    if (gist(held) !== gist(latest)) problems.push('the table does not hold the stores of the last import');
    for (let count = 0; count < ORIGINS_JUDGED; count++) {
      const origin = this.#origin();
      const expected = expectedIds(origin, latest);
      const ids = await answered(async () => idsOf((await ask(up.siteUrl, origin)).body));
      if (!sameIds(expected, ids))
        problems.push(`a search from ${origin.lat},${origin.lng} gives ${ids}, a scan ${expected}`);
    }
    client.destroy();
    return problems;
  }

  #origin(): { lat: number; lng: number } {
    const round = (degrees: number): number => Number(degrees.toFixed(4));
    return { lat: round(24 + this.#random() * 25), lng: round(-125 + this.#random() * 58) };
  }
}

function clientOf({ dynamoDbEndpoint: endpoint, region }: StackUp) {
  return documentClient({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
}

function dealersOf(rows: readonly StoreRow[]): readonly Dealer[] {
  const { dealers, faults } = parseDealersCsv(csvOf(rows), {
    gazetteer: GAZETTEER,
    modelIds: MODEL_IDS,
    allowLoopback: true,
  });
  if (dealers === undefined) throw new Error(`the stores have ${faults.length} faults`);
  return dealers;
}

function ask(siteUrl: string, { lat, lng }: { lat: number; lng: number }) {
  const path = `/v1/dealers?near=${lat},${lng}&limit=${QUESTION.limit}&radius=${QUESTION.radiusMiles}`;
  return sendOnce(siteUrl, '127.0.0.1', { method: 'GET', path });
}

function idsOf(body: string): readonly string[] {
  return (JSON.parse(body) as { dealers: readonly { id: string }[] }).dealers.map(({ id }) => id);
}

function expectedIds(origin: { lat: number; lng: number }, stores: readonly Dealer[]): readonly string[] {
  const listed = stores.filter(({ status }) => status !== 'withdrawn');
  const within = { atLeast: 1, withinMeters: QUESTION.radiusMiles * METERS_PER_MILE };
  return byDistance(origin, listed, within)
    .slice(0, QUESTION.limit)
    .map(({ id }) => id);
}

function sameIds(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
