import { markdownTable } from '../markdown-table.ts';
import { LIVES, lifeUnits, writeUnitsOf } from './lives.ts';
import type { ItemWrite } from './unit-meter.ts';
import type { MeasuredUnits } from './units.ts';

/** docs/write-units.md. */
export function writeUnitsPage({ requests, deliveries }: MeasuredUnits): string {
  return `${[
    '# Write units',
    'What each step of a reservation costs in DynamoDB. Written by `npm run bench -- reservations --only units`, which takes every step through ' +
      'the functions’ own code on DynamoDB Local and looks at each item before and after.',
    '## Requests',
    markdownTable(
      ['step', 'write units', 'with `Idempotency-Key`', 'read units', 'reads'],
      requests.map(({ name, cost, withKey }) => [
        name,
        String(writeUnitsOf(cost)),
        withKey === undefined ? '' : String(writeUnitsOf(withKey)),
        String(cost.readUnits),
        String(cost.readRequests),
      ]),
    ),
    '## Deliveries',
    'Each is claimed, its reservation and store are read, and it is settled. Streams cost no units here: Lambda reads them for nothing.',
    markdownTable(
      ['delivery', 'claim', 'settle', 'read units', 'reads'],
      deliveries.map(({ name, cost }) => {
        const [claim, settle] = cost.writes;
        return [name, partOf(claim), partOf(settle), String(cost.readUnits), String(cost.readRequests)];
      }),
    ),
    '## A whole life',
    'With an `Idempotency-Key` on the form, as our own pages send it.',
    markdownTable(
      ['life', 'write units', 'read units'],
      LIVES.map((life) => {
        const { writeUnits, readUnits } = lifeUnits({ requests, deliveries }, life);
        return [life, String(writeUnits), String(readUnits)];
      }),
    ),
    '## What is written',
    'Bytes, and write units. `index` is what the outbox’s indexes cost.',
    markdownTable(
      ['step', 'items'],
      requests.map(({ name, cost }) => [name, cost.writes.map(itemText).join('; ') || 'nothing']),
    ),
    '## How it is counted',
    COUNTING,
  ].join('\n\n')}\n`;
}

const COUNTING = `- A write unit is 1 KB of the item before or after, whichever is larger; in a transaction two; a check in a transaction costs as a write.
  A refused condition costs what it would have cost, but for the index. A read unit is 4 KB read consistently or 8 KB eventually.
- Forms have every member filled in and both consents ticked, whose words are most of a reservation’s row: rows are about as large as they get.
- The indexes of the ledger hold each lead’s row whole, twice. The index \`due\` holds the keys of what is still to be sent. An entry put or deleted is one unit; a claim moves it, which is two. A
  transaction does not double it, as [AWS’s own calculator](https://github.com/aws/agent-toolkit-for-aws) has measured.
- An instance is warm: the index of stores is in memory (two reads when it is not), and the day is announced (one unit a day and instance).
- What time to live deletes costs nothing. What is written to backups and streams is not charged in units.
- Where it writes or reads one item, DynamoDB Local reckons the same; transactions it reckons in a way of its own.
- Rules: [capacity](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html),
  [index writes](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations),
  [transactions](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-capacity-handling). Prices:
  [on demand](https://aws.amazon.com/dynamodb/pricing/on-demand/).`;

function partOf(write: ItemWrite | undefined): string {
  return write === undefined ? '' : unitsText(write);
}

function itemText(write: ItemWrite): string {
  const verb = write.kind === 'put' ? '' : `${write.kind} `;
  return `${verb}${itemName(write)} ${write.bytes} B: ${unitsText(write)}`;
}

function unitsText({ units, indexUnits }: ItemWrite): string {
  return indexUnits === 0 ? String(units) : `${units} + ${indexUnits} index`;
}

function itemName({ table, pk, sk }: ItemWrite): string {
  const [kind = ''] = pk.split('#');
  switch (table) {
    case 'limits':
      return `${kind} count (${Number(sk.split('#')[0]) / 3600} h)`;
    case 'facts':
      return kind === 'erasures' ? 'entry in the journal of erasures' : 'fact';
    case 'outbox':
      return sk === 'lead' ? 'lead' : sk.replace('delivery#', '');
    default:
      return kind === 'line' ? 'place in line' : kind;
  }
}
