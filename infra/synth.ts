import { buildApp } from './app.ts';
import { bundleFunctions } from './bundle.ts';
import { deployableStage } from './stage-config.ts';

/** `npm run synth [stage]`: bundles and synthesizes into `cdk.out`, offline and without an account. */
const stage = stageOf(process.argv[2] ?? 'dev');
const sizes = await bundleFunctions();
for (const [name, bytes] of Object.entries(sizes)) console.log(`${name.padEnd(24)} ${(bytes / 1024).toFixed(0)} KiB`);
const assembly = buildApp(stage, 'cdk.out').synth();
console.log(`\n${assembly.stacks.map(({ stackName }) => stackName).join('\n')}\n\nwritten to cdk.out`);

function stageOf(name: string) {
  try {
    return deployableStage(name, process.env);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
