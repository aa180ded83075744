import { enableCompileCache } from 'node:module';
import { relative, resolve } from 'node:path';
import { styleText } from 'node:util';
import type { Host, LogLine } from './host.ts';
import { HostError } from './host-error.ts';
import { readSettings, type Settings } from './settings.ts';
import { watchSources } from './source-watch.ts';

/** `npm run dev`: everything on this machine, reloaded when a source changes. */
enableCompileCache();
const REPOSITORY_DIR = resolve(import.meta.dirname, '..');

try {
  await main();
} catch (error) {
  console.error(error instanceof HostError ? error.message : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const startedAtMs = performance.now();
  const settings = readSettings(process.env, REPOSITORY_DIR);
  const { startLocator } = await import('./locator.ts');
  const starting = startLocator({ ...settings, log: printLog });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A second signal is for a stop that takes too long; what was started ends with this process in any case.
    process.once(signal, () => {
      for (const other of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(other, () => process.exit(1));
      void stop(starting);
    });
  }
  endWithParent(() => void stop(starting));
  const host = await starting;
  void host.databaseEnded.then(() => {
    console.error('The database has ended by itself, and the stack ends with it: start it again.');
    return stop(starting, 1);
  });
  watchSources(REPOSITORY_DIR, () => reload(host));
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(welcome(host, settings, seconds));
}

/** npm may be killed without a word to its script, which then has another parent. */
function endWithParent(end: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}

async function stop(starting: Promise<Host>, exitCode = 0): Promise<void> {
  try {
    const host = await starting;
    await host.stop();
    process.exit(exitCode);
  } catch (error) {
    console.error(error instanceof HostError ? error.message : error);
    process.exit(1);
  }
}

async function reload(host: Host): Promise<void> {
  const startedAtMs = performance.now();
  try {
    await host.reload();
    printLog({ source: 'host', text: `reloaded in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s` });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    printLog({ source: 'host', text: 'the change does not build: what ran before keeps running' });
  }
}

function printLog({ source, text }: LogLine): void {
  console.log(`${styleText('dim', source)} ${text}`);
}

function welcome(host: Host, settings: Settings, seconds: string): string {
  const { dataDir } = settings;
  const kept = dataDir === undefined ? 'kept nowhere' : relative(process.cwd(), dataDir) || '.';
  // A URL leaves out port 80.
  const port = new URL(host.siteUrl).port || '80';
  const token = `${port === '3000' ? '' : `LOCATOR_PORT=${port} `}npm run --silent token -- --scope counts`;
  return `
site      ${host.siteUrl}
dashboard ${host.siteUrl}/dashboard/
inbox     ${host.mailUrl} (mails are kept in memory only)
database  ${host.dynamoDbEndpoint}
issuer    ${host.issuerUrl}
data      ${kept}
up in     ${seconds} s

Try:
  curl '${host.siteUrl}/v1/dealers?near=33324'
  curl -H "Authorization: Bearer $(${token})" '${host.siteUrl}/v1/interest-counts'
  curl ${host.mailUrl}/store

ready ${host.siteUrl}`;
}
