import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, inject, test } from 'vitest';
import { reserve } from '../support/buyer.ts';
import { awaitLead, keepLeads } from '../support/ledger.ts';
import { LEAD_STORE_ID } from '../support/locator.ts';

const { siteUrl, tokens } = inject('locator');

describe('npm run leads', () => {
  async function run(args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, ['local/leads-cli.ts', ...args], {
      cwd: new URL('../../', import.meta.url),
      env: { ...process.env, LOCATOR_PORT: new URL(siteUrl).port, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const [stdout, stderr, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), exit]);
    return { code, stdout, stderr };
  }

  test('lists, all pages when told to, and by status', async () => {
    const { dealerId, ids } = await keepLeads(['failed', ...Array.from({ length: 29 }, () => 'delivered' as const)]);
    const leadLines = (text: string) => text.split('\n').filter((line) => line.includes(dealerId));
    const first = await run(['list', '--dealer', dealerId]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(leadLines(first.stdout).length).toBeLessThan(30);
    expect(first.stdout).toContain('--all');
    const all = await run(['list', '--dealer', dealerId, '--all']);
    expect(leadLines(all.stdout).map((line) => line.split(' ')[0])).toEqual(ids);
    const failed = await run(['list', '--dealer', dealerId, '--status', 'failed', '--all'], {});
    expect(leadLines(failed.stdout).map((line) => line.split(' ')[0])).toEqual(ids.slice(-1));
    expect((await run(['list', '--dealer', 'nobody'])).stdout).toBe('There are no such leads.\n');
  });

  test('sends again and sums up, also elsewhere with a token', async () => {
    const { receipt } = await reserve({ dealerId: LEAD_STORE_ID });
    const { id } = await awaitLead(LEAD_STORE_ID, receipt.number);
    expect(await run(['redeliver', id])).toMatchObject({ code: 0, stdout: expect.stringContaining(id), stderr: '' });
    const elsewhere = { LOCATOR_PORT: '1', LOCATOR_TOKEN: tokens.leads };
    const summary = await run(['summary', '--api', siteUrl], elsewhere);
    expect(summary).toMatchObject({ code: 0, stdout: expect.stringContaining(LEAD_STORE_ID), stderr: '' });
  });

  test.each([
    [['redeliver', randomUUID()], {}, 'There is no lead with this id.'],
    [['list', '--status', 'lost'], {}, 'must be one of pending, delivered, failed, cancelled'],
    [['list'], { LOCATOR_PORT: '1' }, 'npm run dev'],
    [['list', '--api', siteUrl], {}, 'LOCATOR_TOKEN'],
    [['list', '--api', siteUrl], { LOCATOR_TOKEN: tokens.counts }, 'lacks the scope leads'],
    [['list', '--api', siteUrl], { LOCATOR_TOKEN: 'x.y.z' }, 'does not take the token'],
  ])('says in a sentence what is wrong with %j', async (args, env, words) => {
    const { code, stdout, stderr } = await run(args, { LOCATOR_TOKEN: '', ...env });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
