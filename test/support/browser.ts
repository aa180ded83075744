import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserServer, chromium, type LaunchOptions } from 'playwright-core';

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * The browser that comes with npm (Linux x64 only), unpacked once for each version of it. The package unpacks straight
 * into the temporary folder and takes any file already there for a whole one, so test files starting at once could run
 * half a browser: it unpacks into a folder of our own, which is then moved into place in one step.
 */
async function packagedBrowser(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const { default: manifest } = await import(join(dirname(entry), '../package.json'), { with: { type: 'json' } });
  const home = join(tmpdir(), `alpine-locator-browser-${manifest.version}`);
  const executable = join(home, 'chromium');
  if (await exists(executable)) return executable;
  const systemTemporary = process.env['TMPDIR'];
  const unpacking = await mkdtemp(join(tmpdir(), 'alpine-locator-unpacking-'));
  try {
    process.env['TMPDIR'] = unpacking;
    await sparticuz.executablePath();
  } finally {
    if (systemTemporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = systemTemporary;
  }
  await rename(unpacking, home).catch(async (error: unknown) => {
    // Another test file was quicker: its copy is as good.
    await rm(unpacking, { recursive: true, force: true });
    if (!(await exists(executable))) throw error;
  });
  return executable;
}

/** The npm package's on Linux x64, elsewhere an installed Chrome. */
async function launchOptions(): Promise<LaunchOptions> {
  const isPackaged = process.platform === 'linux' && process.arch === 'x64';
  return isPackaged ? { executablePath: await packagedBrowser() } : { channel: 'chrome' };
}

/**
 * One real browser for all tests of pages, by its address. The caller closes it.
 *
 * @throws Error when there is no browser; playwright's message says where it looked
 */
export async function launchBrowserServer(): Promise<BrowserServer> {
  return chromium.launchServer(await launchOptions());
}

/**
 * A real browser of one's own. The caller closes it.
 *
 * @throws Error when there is no browser; playwright's message says where it looked
 */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch(await launchOptions());
}
