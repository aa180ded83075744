import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { buildApp } from './app.ts';
import { bundleFunctions } from './bundle.ts';
import { deployableStage } from './stage-config.ts';

const Report = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      conclusion: z.string(),
      violations: z.array(z.unknown()),
      suppressedViolations: z
        .array(
          z.object({
            ruleName: z.string(),
            reason: z.string(),
            violatingConstructs: z.array(z.object({ constructPath: z.string() })),
          }),
        )
        .default([]),
    }),
  ),
});

/** `npm run nag [stage]`: what cdk-nag's packs and CloudFormation's own rules find, and why what is acknowledged is. Markdown. */
const folder = mkdtempSync(join(tmpdir(), 'nag-'));
try {
  await bundleFunctions(join(folder, 'functions'));
  const outdir = join(folder, 'cdk.out');
  buildApp(deployableStage(process.argv[2] ?? 'prod'), outdir, join(folder, 'functions')).synth();
  const { pluginReports } = Report.parse(JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')));
  for (const { pluginName, conclusion, violations, suppressedViolations } of pluginReports) {
    console.log(`\n## ${pluginName}: ${conclusion}, ${violations.length} open\n`);
    const rows = new Map<string, number>();
    for (const { ruleName, reason, violatingConstructs } of suppressedViolations) {
      const row = `${ruleName} | ${reason}`;
      rows.set(row, (rows.get(row) ?? 0) + violatingConstructs.length);
    }
    if (rows.size === 0) continue;
    console.log('| rule | acknowledged because | constructs |\n|---|---|--:|');
    for (const [row, count] of [...rows].toSorted()) console.log(`| ${row} | ${count} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
