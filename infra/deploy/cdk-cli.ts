import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Refusal } from './refusal.ts';

/** The pinned CDK command on an assembly that is there already; what it says goes to the terminal. */
export interface Cdk {
  /** Shows what a deployment would change, by the templates alone: not even a change set is made. */
  diff(stackNames: readonly string[]): Promise<void>;
  /** @param parameters values by `<stack>:<parameter>`; others stay as they are */
  deploy(stackNames: readonly string[], parameters: Readonly<Record<string, string>>): Promise<void>;
}

const CDK = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk');

/** @param run starts Node with arguments and gives its exit code */
export function cdkCli(assemblyDir: string, region: string, run: RunNode = runNode): Cdk {
  const cdk = async (command: string, args: readonly string[]): Promise<void> => {
    const code = await run([CDK, command, ...args, '--app', assemblyDir, '--no-notices'], {
      AWS_REGION: region,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    });
    if (code !== 0) throw new Refusal([`cdk ${command} ended with ${code}: see what it says above.`]);
  };
  return {
    diff: (stackNames) => cdk('diff', [...stackNames, '--exclusively', '--method=template']),
    deploy: (stackNames, parameters) =>
      cdk('deploy', [
        ...stackNames,
        '--exclusively',
        '--require-approval=never',
        '--progress=events',
        ...Object.entries(parameters).flatMap(([name, value]) => ['--parameters', `${name}=${value}`]),
      ]),
  };
}

type RunNode = (args: readonly string[], environment: Readonly<Record<string, string>>) => Promise<number>;

async function runNode(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
