import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const WORKFLOWS = ['.github/workflows/ci.yml', '.github/workflows/deploy.yml'] as const;

describe.each(WORKFLOWS)('%s', (path) => {
  const text = read(path);
  const uses = [...text.matchAll(/^\s*- uses: (.+)$/gm)].map(([, action = '']) => action);

  test('pins every action to a commit, and says which version that is', () => {
    expect(uses.length).toBeGreaterThan(2);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('pins an action to one commit everywhere', () => {
    const everywhere = WORKFLOWS.flatMap((one) => [...read(one).matchAll(/uses: ([\w-]+\/[\w-]+)@(\S+)/g)]);
    const pins = Map.groupBy(everywhere, ([, action]) => action);
    for (const [action, found] of pins) expect(new Set(found.map(([, , pin]) => pin)).size, action).toBe(1);
  });

  test('asks for no permission but to read, and where it deploys for an identity', () => {
    const permissions = [...text.matchAll(/^ *(contents|id-token|actions|packages|deployments|\w+-all): *(\w+)/gm)];
    for (const [, scope = '', level = ''] of permissions) {
      expect(['contents: read', 'id-token: write']).toContain(`${scope}: ${level}`);
    }
    expect(text).toMatch(/^permissions:( \{\}|\n {2}contents: read\n\n)/m);
    expect(text).not.toContain('write-all');
    if (path.endsWith('ci.yml')) expect(text).not.toContain('id-token');
  });

  test('leaves no token in the checkout, and puts no input into a command', () => {
    const checkouts = text.match(/actions\/checkout@/g)?.length ?? 0;
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts);
    for (const [, command = ''] of text.matchAll(/^\s*- run: (.+)$/gm)) expect(command).not.toContain('${{');
  });

  test('holds no key: it assumes a role', () => {
    expect(text).not.toMatch(/secrets\.|AWS_SECRET|aws-secret-access-key/);
  });
});

test('CI runs the README’s test command', () => {
  const [, command = ''] = /^(npm ci && npm test)\b/m.exec(read('README.md')) ?? [];
  expect(read(WORKFLOWS[0])).toContain(`- run: ${command}\n`);
  expect(command).not.toBe('');
});

test('a deployment waits for those who approve it, after they could see the difference', () => {
  const text = read(WORKFLOWS[1]);
  expect(text).toContain('environment: ${{ inputs.stage }}\n');
  expect(text).toContain('needs: difference\n');
  expect(text).toContain('cancel-in-progress: false');
  expect(text.indexOf('--diff')).toBeLessThan(text.indexOf('--yes'));
});
