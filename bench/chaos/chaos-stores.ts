import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importDealers } from '../../data/dealers/import-dealers.ts';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { diffDealers, parseDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import { DEALER_TABLE, dealerTable } from '../../shared/dealers/dealer-table.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import type { Point } from '../../shared/geo/point.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';
import { documentClient } from '../../shared/runtime/dynamodb-client.ts';
import { byDistance } from '../search/oracle.ts';
import { type Reply, sendOnce } from '../stack/send-once.ts';
import type { StackUp } from '../stack/stack-child.ts';
import { csvOf, LEAD_STORE_ID, type StoreRow, storeRows } from '../stack/stores.ts';
import { answered } from './chaos-stack.ts';

const GAZETTEER = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
const METERS_PER_MILE = 1609.344;
const RADII_MILES = [5, 25, 100, 500] as const;
const LIMITS = [1, 5, 50] as const;
const QUESTIONS_JUDGED = 60;
/** Stores that buyers choose: they stay. */
const CHOSEN = new Set([LEAD_STORE_ID, '2605', '2210']);

interface Question {
  readonly origin: Point;
  readonly radiusMiles: number;
  readonly limit: number;
}

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
    try {
      await this.#apply(up);
      return 'applied';
    } catch {
      // The host was killed under it, whatever the client makes of that: the next import goes on from what is there.
      return 'broken off';
    }
  }

  async #apply(up: StackUp): Promise<void> {
    const client = clientOf(up);
    try {
      await importDealers({
        csv: csvOf(this.#rows),
        client,
        tableName: up.environment[DEALER_TABLE.environmentVariable] ?? '',
        gazetteer: GAZETTEER,
        modelIds: MODEL_IDS,
        allowLoopback: true,
        apply: true,
        print: () => {},
      });
    } finally {
      client.destroy();
    }
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
    const question = this.#question();
    // No answer is one of the faults.
    const answer = await ask(siteUrl, question).catch(() => undefined);
    if (answer === undefined || answer.status >= 500) return 'no answer';
    if (answer.status !== 200) return `a search was answered ${answer.status}: ${answer.body}`;
    // Each was right at some moment until the answer; a search shows none in part, and none that was not there.
    const found = foundIn(answer.body);
    const isRight = this.#snapshots.some((stores) => foundByScan(question, stores) === found);
    return isRight ? undefined : `${textOf(question)} was answered ${found}, which no scan gives`;
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
    client.destroy();
    const latest = this.#snapshots.at(-1) ?? [];
    const { added, changed, removed } = diffDealers(held, latest);
    const problems: string[] = [];
    if (added.length + changed.length + removed.length > 0)
      problems.push('the table does not hold the stores of the last import');
    for (let count = 0; count < QUESTIONS_JUDGED; count++) {
      const question = this.#question();
      const expected = foundByScan(question, latest);
      const found = await answered(async () => foundIn((await ask(up.siteUrl, question)).body));
      if (found !== expected) problems.push(`${textOf(question)} gives ${found}, a scan ${expected}`);
    }
    return problems;
  }

  #question(): Question {
    const round = (degrees: number): number => Number(degrees.toFixed(4));
    const pick = (choices: readonly number[]): number => choices[Math.floor(this.#random() * choices.length)] ?? 1;
    const origin = { lat: round(24 + this.#random() * 25), lng: round(-125 + this.#random() * 58) };
    return { origin, radiusMiles: pick(RADII_MILES), limit: pick(LIMITS) };
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

function ask(siteUrl: string, { origin: { lat, lng }, radiusMiles, limit }: Question): Promise<Reply> {
  const path = `/v1/dealers?near=${lat},${lng}&limit=${limit}&radius=${radiusMiles}`;
  return sendOnce(siteUrl, '127.0.0.1', { method: 'GET', path });
}

/** The ids in their order, and whether they lie beyond the radius. */
function foundIn(body: string): string {
  const { dealers, beyondRadius } = JSON.parse(body) as { dealers: readonly { id: string }[]; beyondRadius: boolean };
  return `${dealers.map(({ id }) => id)}${beyondRadius ? ' beyond' : ''}`;
}

function foundByScan({ origin, radiusMiles, limit }: Question, stores: readonly Dealer[]): string {
  const listed = stores.filter(({ status }) => status !== 'withdrawn');
  const withinMeters = radiusMiles * METERS_PER_MILE;
  const hits = byDistance(origin, listed, { atLeast: 1, withinMeters });
  const isBeyond = (hits[0]?.distanceMeters ?? 0) > withinMeters;
  return `${hits.slice(0, limit).map(({ id }) => id)}${isBeyond ? ' beyond' : ''}`;
}

function textOf({ origin: { lat, lng }, radiusMiles, limit }: Question): string {
  return `a search for ${limit} within ${radiusMiles} miles of ${lat},${lng}`;
}
