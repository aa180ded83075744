import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FUNCTION_SPECS, type FunctionSpec, type TableAccess, type Trigger } from '../../infra/functions.ts';
import { TABLES } from '../../infra/tables.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'architecture.md'), 'utf8');
const READS: readonly string[] = ['GetItem', 'Query', 'Scan', 'ConditionCheckItem'];

describe('docs/architecture.md', () => {
  test('has a row for every function, with what calls it and which tables it reads and writes', () => {
    const rows = section('Functions')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toEqual(FUNCTION_SPECS.map(([name, spec]) => rowOf(name, spec)));
  });

  test('describes every table, and says of those with a time to live what ends by it', () => {
    const text = section('Tables');
    const described = [...text.matchAll(/^\*\*(\w+)\*\*/gm)].map(([, name]) => name);
    expect(described).toEqual(Object.keys(TABLES));
    const ending = [...(text.split('`expiresAtSeconds`')[1] ?? '').matchAll(/^\| (\w+) \| .+ \|$/gm)].map(
      ([, name]) => name,
    );
    const withTimeToLive = Object.entries(TABLES).filter(([, table]) => 'timeToLive' in table);
    expect(ending).toEqual(withTimeToLive.map(([name]) => name));
  });
});

function section(heading: string): string {
  return page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
}

function rowOf(name: string, { trigger, access = {} }: FunctionSpec): string {
  const tablesFor = (isOf: (action: string) => boolean) =>
    Object.entries(access)
      .filter(([, accesses]) => [accesses].flat().some(({ actions }: TableAccess) => actions.some(isOf)))
      .map(([table]) => table)
      .join(', ');
  const cells = [
    `\`${name}\``,
    callerOf(trigger),
    tablesFor((action) => READS.includes(action)),
    tablesFor((action) => !READS.includes(action)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function callerOf(trigger: Trigger): string {
  if ('pages' in trigger) return trigger.pages.map((route) => `\`${route}\``).join(', ');
  if ('stream' in trigger) return `the stream of ${trigger.stream}`;
  if ('everyMinutes' in trigger) {
    return trigger.everyMinutes === 1 ? 'every minute' : `every ${trigger.everyMinutes} minutes`;
  }
  if ('dailyAtHour' in trigger) return `daily at ${String(trigger.dailyAtHour).padStart(2, '0')}:20 UTC`;
  if ('mailFeedback' in trigger) return 'events of SES';
  if ('logOf' in trigger) return `the log of \`${trigger.logOf}\``;
  const scope = trigger.scope === undefined ? '' : `, scope \`${trigger.scope}\``;
  return `\`${trigger.route}\`${scope}`;
}
