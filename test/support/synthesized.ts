import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { vi } from 'vitest';
import { buildApp } from '../../infra/app.ts';
import { FUNCTION_SPECS } from '../../infra/functions.ts';
import type { StageConfig } from '../../infra/stage-config.ts';

export interface SynthesizedResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The app of a stage with empty functions; template.test.ts checks the rules, which takes longer than all the rest. */
export function synthesize(stage: StageConfig): CloudAssembly {
  const folder = mkdtempSync(join(tmpdir(), 'synthesized-'));
  for (const [name] of FUNCTION_SPECS) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'index.mjs'), '');
  }
  vi.stubEnv('CDK_VALIDATION', 'false');
  try {
    return buildApp(stage, join(folder, 'cdk.out'), folder).synth();
  } finally {
    vi.unstubAllEnvs();
  }
}

/** The resources of one stack, e.g. `Edge`, by logical id. */
export function resourcesOf(assembly: CloudAssembly, part: string): Readonly<Record<string, SynthesizedResource>> {
  const stack = assembly.stacks.find(({ stackName }) => stackName.endsWith(`-${part}`));
  if (stack === undefined) throw new Error(`there is no stack ${part}`);
  return (stack.template as { Resources: Record<string, SynthesizedResource> }).Resources;
}
