import { parseArgs } from 'node:util';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { FACT_TABLE } from '../shared/counts/fact-table.ts';
import { DEALER_TABLE } from '../shared/dealers/dealer-table.ts';
import { OUTBOX_TABLE } from '../shared/outbox/outbox-table.ts';
import type { Misfits } from '../shared/recovery/check-rows.ts';
import { check, eraseAll, mend, NotErased, type RecoveryDesk } from '../shared/recovery/recovery.ts';
import { RESERVATION_TABLE } from '../shared/reservations/reservation-table.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { copyRows } from './copy-rows.ts';
import { HostError } from './host-error.ts';
import { openRecoveryDesk, RECOVERY_TABLES, type RecoveryTableNames } from './recovery-desk.ts';
import { readPort } from './settings.ts';
import { fetchStack } from './stack-description.ts';

const USAGE = `npm run recovery -- copy --from TABLE --to TABLE [--empty-first]   makes a table hold the rows of a restored one
npm run recovery -- erase    erases once more everyone whom the journal of erasures names
npm run recovery -- check    tells what does not fit together; ends with 1 when anything can be mended
npm run recovery -- mend     mends it
  --reservations NAME --facts NAME --outbox NAME --dealers NAME   tables of the AWS account in use, instead of the stack on this machine
  --aws   for copy: tables of the AWS account in use`;

const VARIABLES = {
  reservations: RESERVATION_TABLE.environmentVariable,
  facts: FACT_TABLE.environmentVariable,
  outbox: OUTBOX_TABLE.environmentVariable,
  dealers: DEALER_TABLE.environmentVariable,
} as const;

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
    client: aws ? documentClient() : (await localStack()).client,
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
  if (RECOVERY_TABLES.every((table) => options[table] === undefined)) {
    const { client, names } = await localStack();
    return openRecoveryDesk(client, names);
  }
  return openRecoveryDesk(
    documentClient(),
    namesBy(
      (table) => options[table],
      (table) => `Name the table with --${table} NAME.`,
    ),
  );
}

/** The stack that `npm run dev` runs. */
async function localStack(): Promise<{ client: DynamoDBDocumentClient; names: RecoveryTableNames }> {
  const { dynamoDbEndpoint: endpoint, region, environment } = await fetchStack(readPort(process.env));
  // DynamoDB Local takes any alphanumeric key; a person's own credentials have no business there.
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return {
    client: documentClient({ endpoint, region, credentials }),
    names: namesBy(
      (table) => environment[VARIABLES[table]],
      (table) => `The local stack has no table of ${table}.`,
    ),
  };
}

function namesBy(
  nameOf: (table: keyof RecoveryTableNames) => string | undefined,
  complaint: (table: string) => string,
): RecoveryTableNames {
  const entries = RECOVERY_TABLES.map((table) => {
    const name = nameOf(table);
    if (name === undefined) throw new HostError(complaint(table));
    return [table, name] as const;
  });
  return Object.fromEntries(entries) as RecoveryTableNames;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof HostError || error instanceof NotErased)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
