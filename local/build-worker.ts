import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../shared/runtime/environment.ts';
import type { SiteUrls } from './host.ts';

/** What one build is for. */
export interface BuildWorkerData extends SiteUrls {
  readonly assemblyDir: string;
}

// CDK is megabytes of JavaScript; compiled once, it loads in a third of the time.
enableCompileCache();
const { siteUrl, issuerUrl, assemblyDir }: BuildWorkerData = workerData;
const bundleDir = join(assemblyDir, 'functions');

// esbuild works in a process of its own while CDK is loaded here.
const { bundleFunctions } = await import('../infra/bundle.ts');
const { buildWeb } = await import('../web/build.ts');
const bundling = Promise.all([bundleFunctions(bundleDir), buildWeb()]);
// Awaited below; a failure before that is no unhandled one.
bundling.catch(() => {});

// Any message says that nobody waits for the build any more. esbuild is let finish: cut off, it fills the terminal.
parentPort?.once('message', () => void bundling.finally(() => process.exit(1)).catch(() => {}));
parentPort?.unref();

const [{ buildApp }, { localStage }] = await Promise.all([
  import('../infra/app.ts'),
  import('../infra/stage-config.ts'),
]);
await bundling;
const webhookAllowLoopback = process.env[WEBHOOK_ALLOW_LOOPBACK_VARIABLE] === '1';
buildApp(localStage({ siteUrl, issuerUrl, webhookAllowLoopback }), assemblyDir, bundleDir).synth();
