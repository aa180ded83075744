import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cdkCli } from '../../infra/deploy/cdk-cli.ts';
import { readChoices } from '../../infra/deploy/choices.ts';
import { Refusal } from '../../infra/deploy/refusal.ts';

/** Runs the command as someone who has never signed in. */
async function deploy(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const { promise, resolve } = Promise.withResolvers<{ code: number; out: string; err: string }>();
  const environment = { PATH: process.env['PATH'], HOME: home, AWS_EC2_METADATA_DISABLED: 'true' };
  execFile(process.execPath, ['infra/deploy/deploy-cli.ts', ...args], { env: environment }, (error, out, err) =>
    resolve({ code: Number(error?.code ?? 0), out, err }),
  );
  return await promise;
}

describe('`npm run deploy`', () => {
  test.each([
    [[], 'Which stage? Say --stage dev or --stage prod.'],
    [['--stage', 'local'], '`npm run dev`'],
    [['--stage', 'staging'], 'there is no stage "staging": use dev or prod'],
    [['--stage', 'dev', '--checklist', '--yes'], 'change nothing'],
    [['--stage', 'dev', '--diff', '--rotate-origin-key'], 'change nothing'],
    [['--stage', 'dev', '--diff', '--checklist'], 'each stands alone'],
    [['--stag', 'dev'], "Unknown option '--stag'"],
    [['dev'], "Unexpected argument 'dev'"],
  ])('%j says what to do', (args, said) => {
    expect(() => readChoices(args, {})).toThrow(Refusal);
    expect(() => readChoices(args, {})).toThrow(said);
  });

  test('--stage prod asks before it changes anything, and leaves the origin key alone', () => {
    expect(readChoices(['--stage', 'prod'], {})).toMatchObject({
      stage: { name: 'prod' },
      yes: false,
      checklist: false,
      rotateOriginKey: false,
    });
  });

  test('without credentials says so beside every placeholder, and builds nothing', async () => {
    const { code, out, err } = await deploy('--stage', 'dev', '--yes');
    expect([code, out]).toEqual([1, '']);
    const lines = err.trim().split('\n');
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.pop()).toMatch(/^There are no AWS credentials: /);
    for (const line of lines) expect(line).toMatch(/^config\/dev\.json: \w+ is still the placeholder /);
  });
});

describe('the CDK command', () => {
  const runs: { args: readonly string[]; environment: Readonly<Record<string, string>> }[] = [];
  const cdk = (code: number) =>
    cdkCli('cdk.out', 'us-east-1', async (args, environment) => {
      runs.push({ args, environment });
      return code;
    });

  test('is the pinned one, and compares templates without making a change set', async () => {
    await cdk(0).diff(['A', 'B']);
    const { args, environment } = runs.at(-1) ?? { args: [], environment: {} };
    expect(args[0]).toMatch(/node_modules\/aws-cdk\/bin\/cdk$/);
    expect(args.slice(1)).toEqual([
      'diff',
      'A',
      'B',
      '--exclusively',
      '--method=template',
      '--app',
      'cdk.out',
      '--no-notices',
    ]);
    expect(environment).toMatchObject({ AWS_REGION: 'us-east-1' });
  });

  test('deploys what it is told and no more, with parameters by stack', async () => {
    await cdk(0).deploy(['A'], { 'A:Key': 'x' });
    expect(runs.at(-1)?.args.slice(1)).toEqual([
      'deploy',
      'A',
      '--exclusively',
      '--require-approval=never',
      '--progress=events',
      '--parameters',
      'A:Key=x',
      '--app',
      'cdk.out',
      '--no-notices',
    ]);
  });

  test('that fails ends the deployment', async () => {
    await expect(cdk(1).deploy(['A'], {})).rejects.toThrow(Refusal);
  });
});
