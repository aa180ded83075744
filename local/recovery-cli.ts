import { parseArgs } from 'node:util';
import { deployableStage, type StageConfig, USUAL_LEAD_HOURS } from '../infra/stage-config.ts';
import type { Misfits } from '../shared/recovery/check-rows.ts';
import { check, eraseAll, mend, NotErased, type RecoveryDesk } from '../shared/recovery/recovery.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { copyRows } from './copy-rows.ts';
import { HostError } from './host-error.ts';
import { findLocalTables } from './local-tables.ts';
import { openRecoveryDesk, RECOVERY_TABLES, type RecoveryTableNames } from './recovery-desk.ts';

const USAGE = `npm run recovery -- copy --from TABLE --to TABLE [--empty-first]   makes a table hold the rows of a restored one
npm run recovery -- erase    erases once more everyone whom the journal of erasures names
npm run recovery -- check    tells what does not fit together; ends with 1 when anything can be mended
npm run recovery -- mend     mends it
  --stage NAME --reservations NAME --facts NAME --outbox NAME --dealers NAME   a stage and its tables in the AWS account in use, instead
          of the stack on this machine; the stage's leadHours tell when leads that are handed over again are reminded of
  --aws   for copy: tables of the AWS account in use`;

/** What each misfit is, for whoever reads it at night. */
const WORDS: Readonly<Record<keyof Misfits, string>> = {
  erased: 'people who have withdrawn and are held again: `erase`',
  confirmationsLost: 'confirmations that the ledger knows of and the reservation does not',
  unjournalled: 'tombstones that the journal does not name',
  pointersMissing: 'reservations that their person cannot be led to',
  pointersAstray: 'people led to a reservation that does not stand',
  placesMissing: 'reservations without their place in line',
  placesAstray: 'places in line of nobody',
  numbersMissing: 'numbers that might be given again',
  closingsAstray: 'notices that a lead is closed which stands again',
  leadsMissing: 'reservations whose lead is not in the ledger',
  leadsAstray: 'leads of reservations that are lost: for people to write to their stores',
};

type Options = ReturnType<typeof commandLine>['options'];

/** @returns the exit code */
async function main(): Promise<number> {
  const { command, options } = commandLine();
  if (command === 'copy') return copy(options);
  const desk = await openDesk(options);
  switch (command) {
    case 'erase': {
      const { erased, journal } = await eraseAll(desk);
      console.log(`${erased} reservations erased again, of ${journal} in the journal.`);
      return 0;
    }
    case 'mend': {
      const mended = Object.entries(await mend(desk)).filter(([, count]) => count > 0);
      for (const [what, count] of mended)
        console.log(`${count} ${what === 'facts' ? 'facts added' : wordsOf(what)}: mended`);
      console.log(mended.length === 0 ? 'There is nothing to mend.' : 'Now: npm run counts -- rebuild, and audit.');
      return 0;
    }
    default:
      return showCheck(desk);
  }
}

async function copy({ from, to, 'empty-first': emptyFirst, aws }: Options): Promise<number> {
  if (from === undefined || to === undefined) throw new HostError(USAGE);
  const { copied, deleted } = await copyRows({
    client: aws ? documentClient() : (await findLocalTables([])).client,
    from,
    to,
    emptyFirst,
    onProgress: (rows) => process.stderr.write(`\r${rows} rows`),
  });
  console.log(`\r${copied} rows copied, ${deleted} deleted before.`);
  return 0;
}

async function showCheck(desk: RecoveryDesk): Promise<number> {
  const { reservations, misfits, countsOff } = await check(desk);
  console.log(`${reservations} reservations looked at.`);
  const { leadsAstray, ...mendable } = misfits;
  let toMend = countsOff;
  for (const [what, found] of Object.entries(mendable)) {
    const count = found instanceof Map ? found.size : (found as readonly unknown[]).length;
    toMend += count;
    if (count > 0) console.log(`${count} ${wordsOf(what)}`);
  }
  if (countsOff > 0) console.log(`${countsOff} groups counted otherwise than they stand`);
  if (leadsAstray.length > 0) console.log(`${leadsAstray.length} ${WORDS.leadsAstray}`);
  for (const { id, dealerId, reservationNumber, createdAt } of leadsAstray) {
    console.log(`  lead ${id}  store ${dealerId}  ${reservationNumber}  ${createdAt}`);
  }
  console.log(toMend === 0 ? 'All that can be mended fits together.' : 'Erase first, then mend.');
  return toMend === 0 ? 0 : 1;
}

const wordsOf = (misfit: string): string => WORDS[misfit as keyof Misfits];

function commandLine() {
  try {
    const text = { type: 'string' } as const;
    const no = { type: 'boolean', default: false } as const;
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        from: text,
        to: text,
        'empty-first': no,
        aws: no,
        reservations: text,
        facts: text,
        outbox: text,
        dealers: text,
        stage: text,
      },
    });
    const [command, ...rest] = positionals;
    const isKnown = command === 'copy' || command === 'erase' || command === 'check' || command === 'mend';
    if (!isKnown || rest.length > 0) throw new HostError(USAGE);
    return { command, options: values };
  } catch (error) {
    if (error instanceof TypeError) throw new HostError(`${error.message}\n${USAGE}`, { cause: error });
    throw error;
  }
}

async function openDesk(options: Options): Promise<RecoveryDesk> {
  if (options.stage === undefined && RECOVERY_TABLES.every((table) => options[table] === undefined)) {
    const { client, names } = await findLocalTables(RECOVERY_TABLES);
    // The stage of this machine says nothing else.
    return openRecoveryDesk(client, names, { leadHours: USUAL_LEAD_HOURS });
  }
  const leadHours = leadHoursOf(options.stage);
  const names = RECOVERY_TABLES.map((table) => {
    const name = options[table];
    if (name === undefined) throw new HostError(`Name the table with --${table} NAME.`);
    return [table, name] as const;
  });
  return openRecoveryDesk(documentClient(), Object.fromEntries(names) as RecoveryTableNames, { leadHours });
}

function leadHoursOf(stage: string | undefined): StageConfig['leadHours'] {
  if (stage === undefined) throw new HostError('Name the stage with --stage NAME.');
  try {
    return deployableStage(stage).leadHours;
  } catch (error) {
    if (error instanceof RangeError) throw new HostError(error.message, { cause: error });
    throw error;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof HostError || error instanceof NotErased)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
