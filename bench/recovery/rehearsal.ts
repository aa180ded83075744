import { randomUUID } from 'node:crypto';
import { scheduler } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { USUAL_LEAD_HOURS } from '../../infra/stage-config.ts';
import { copyRows, emptyTable } from '../../local/copy-rows.ts';
import { openRecoveryDesk } from '../../local/recovery-desk.ts';
import { auditCounts, type Drift } from '../../shared/counts/audit-counts.ts';
import { rebuild } from '../../shared/counts/rebuild.ts';
import { rollUp } from '../../shared/counts/roll-up.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { type Check, check, eraseAll, type Mended, mend } from '../../shared/recovery/recovery.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { standingReservations } from '../../shared/reservations/standing-table.ts';
import { START, storesOf } from '../../test/reservations/test-desk.ts';
import { makeLocatorTables, withKeys } from '../../test/support/locator-tables.ts';
import { makeTable } from '../../test/support/table.ts';
import { seededRandom } from '../seeded-random.ts';
import { Town } from './town.ts';

export interface RehearsalPlan {
  readonly buyers: number;
  readonly seed: number;
  /** Told of each step as it ends, with how long it took. */
  say(text: string, milliseconds: number): void;
}

/** What came of it; people are counted, and named nowhere. */
export interface Rehearsed {
  /** Confirmed reservations when the table was lost: those that stood at the restored point, and those confirmed since. */
  readonly stoodAtPoint: number;
  readonly confirmedSince: number;
  /** How many of each have manage links that work again. */
  readonly standAgain: number;
  readonly confirmedAgain: number;
  readonly withdrawnSince: number;
  /** Of those, how many the restored table held. */
  readonly heldAgain: number;
  readonly erased: number;
  readonly erasedTwice: number;
  readonly before: Check;
  readonly mended: Mended;
  readonly after: Check;
  readonly drift: Drift;
  /** Mails to people who have withdrawn, sent after the table was lost. */
  readonly mailsToErased: number;
  /** Rows of all tables that name an address of theirs. */
  readonly rowsOfErased: number;
  /** Manage links of withdrawn people that work. */
  readonly linksOfErased: number;
  /** Steps that failed once the service went on. */
  readonly failures: readonly string[];
  readonly driftLater: Drift;
  readonly afterLater: Check;
}

const HOUR = 3_600_000;
/** How long the clock stands at the restored point before the table is lost. */
const BETWEEN = 2 * HOUR;

/**
 * Loses the reservations table and brings it back: people live through the functions' own code, the rows as they stood at a
 * point are what a restore gives, and recovery is that of `npm run recovery`.
 */
export async function rehearse(dynamoDb: DynamoDBClient, { buyers, seed, say }: RehearsalPlan): Promise<Rehearsed> {
  const tables = await makeLocatorTables(dynamoDb);
  const { client, names } = tables;
  await applyDealerChanges(
    client,
    names.dealers,
    { put: [...storesOf()], removeIds: [] },
    { wait: (ms) => scheduler.wait(ms) },
  );
  const clock = { now: START };
  const town = new Town(tables, clock, seededRandom(seed));
  const counts = { ...tables, nowMilliseconds: () => clock.now, newId: randomUUID };
  const desk = openRecoveryDesk(client, names, { leadHours: USUAL_LEAD_HOURS, nowMilliseconds: () => clock.now });
  const timed = async <T>(act: () => Promise<T>, tell: (result: T) => string): Promise<T> => {
    const startedAt = performance.now();
    const result = await act();
    say(tell(result), performance.now() - startedAt);
    return result;
  };
  const audit = () => auditCounts({ ...tables, standings: () => standingReservations(client, names.reservations) });

  await timed(
    async () => {
      await town.reserve(buyers, { confirm: 0.8 });
      clock.now += HOUR;
      await town.change(0.2);
      await town.withdraw(0.05);
      // A day closes, and is rolled up.
      clock.now += 24 * HOUR;
      await rollUp(counts);
    },
    () => `${buyers} buyers ask; ${town.standing} stand confirmed, others are pending, changed, withdrawn`,
  );
  const restored = await makeTable(dynamoDb, withKeys(RESERVATION_TABLE));
  await timed(
    () => copyRows({ client: dynamoDb, from: names.reservations, to: restored, emptyFirst: false }),
    ({ copied }) => `the point that will be restored: ${copied} rows, as a restore gives them`,
  );
  const atPoint = new Set(town.tokens());
  await timed(
    async () => {
      clock.now += BETWEEN;
      await town.confirmPending(0.5);
      await town.reserve(Math.ceil(buyers / 20), { confirm: 0.9 });
      await town.change(0.15);
      await town.withdraw(0.05);
      // The last steps' mails and leads are still to be sent when it happens.
      await town.change(0.02, { deliver: false });
      await town.withdraw(0.01, { deliver: false });
    },
    () => `life goes on; ${town.standing} stand confirmed, ${town.withdrawn.length} have withdrawn`,
  );
  const stoodAtPoint = town.people.filter(({ manageToken }) => atPoint.has(manageToken));
  const confirmedSince = town.people.filter(({ manageToken }) => !atPoint.has(manageToken));
  const withdrawnSince = town.withdrawn.filter(({ manageToken }) => atPoint.has(manageToken));

  await timed(
    () => emptyTable(dynamoDb, names.reservations),
    (rows) => `the reservations table is lost: ${rows} rows`,
  );
  town.forgetMails();
  await timed(
    () => copyRows({ client: dynamoDb, from: restored, to: names.reservations, emptyFirst: false }),
    ({ copied }) => `copy: ${copied} rows`,
  );
  const heldAgain = await town.linksThatWork(withdrawnSince);
  const before = await timed(
    () => check(desk),
    ({ misfits, countsOff }) =>
      `check: ${misfits.erased.length} to erase, ${misfits.confirmationsLost.length} confirmations lost, ${misfits.closingsAstray.length} closings and ${misfits.leadsAstray.length} leads astray, ${countsOff} groups counted wrong`,
  );
  const { erased } = await timed(
    () => eraseAll(desk),
    (done) => `erase: ${done.erased} of ${done.journal} in the journal; ${heldAgain} of them were held again`,
  );
  const again = await eraseAll(desk);
  const mended = await timed(
    () => mend(desk),
    (done) => `mend: ${Object.values(done).reduce((sum, count) => sum + count, 0)} rows`,
  );
  const after = await timed(
    () => check(desk),
    ({ countsOff, misfits }) =>
      `check: ${countsOff} groups counted wrong; ${misfits.leadsAstray.length} leads for people to look at`,
  );
  await timed(
    () => rebuild(counts),
    (done) => `counts -- rebuild: ${done?.days ?? 0} days`,
  );
  const { drift } = await timed(
    audit,
    ({ reservations, drift: off }) => `counts -- audit: ${reservations} reservations, drift ${JSON.stringify(off)}`,
  );

  // What was due is sent, what waited is told.
  await timed(
    () => town.deliverAll(),
    (sent) => `the outbox is sent: ${sent} deliveries`,
  );
  const erasedAddresses = town.withdrawn.map(({ email }) => email);
  const mailsToErased = town.mailsTo(erasedAddresses);
  const rowsOfErased = await rowsNaming(tables, erasedAddresses);
  const standAgain = await town.linksThatWork(stoodAtPoint);
  const confirmedAgain = await town.linksThatWork(confirmedSince);
  const linksOfErased = await town.linksThatWork(town.withdrawn);
  say(
    `manage links: ${standAgain} of ${stoodAtPoint.length} that stood at the point work, ${confirmedAgain} of ${confirmedSince.length} confirmed since, ${linksOfErased} of ${erasedAddresses.length} withdrawn`,
    0,
  );
  const numbers = {
    stoodAtPoint: stoodAtPoint.length,
    confirmedSince: confirmedSince.length,
    standAgain,
    confirmedAgain,
  };
  const failures = await timed(
    () => town.goOn(),
    (failed) =>
      `the service goes on: everyone changes, some withdraw, the lost and the withdrawn reserve again; ${failed.length} failures`,
  );
  const { drift: driftLater } = await audit();
  const afterLater = await check(desk);
  return {
    ...numbers,
    withdrawnSince: withdrawnSince.length,
    heldAgain,
    erased,
    erasedTwice: again.erased,
    before,
    mended,
    after,
    drift,
    mailsToErased,
    rowsOfErased,
    linksOfErased,
    failures,
    driftLater,
    afterLater,
  };
}

async function rowsNaming(
  tables: Awaited<ReturnType<typeof makeLocatorTables>>,
  addresses: readonly string[],
): Promise<number> {
  const named = new Set(addresses);
  let rows = 0;
  for (const table of ['reservations', 'facts', 'outbox', 'rollups'] as const) {
    for (const item of await tables.scan(table)) {
      const text = JSON.stringify(item, (_, value: unknown) => (value instanceof Set ? [...value] : value));
      const found = text.match(/[\w.-]+@example\.com/g) ?? [];
      if (found.some((address) => named.has(address))) rows += 1;
    }
  }
  return rows;
}
