import type { TestProject } from 'vitest/node';
import { buildWeb } from '../../web/build.ts';
import { launchBrowserServer } from './browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the browser that the tests of pages share. */
    browserAddress: string;
  }
}

/** The pages as they are served, and one browser to look at them with, for all tests of pages. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [browser] = await Promise.all([launchBrowserServer(), buildWeb()]);
  project.provide('browserAddress', browser.wsEndpoint());
  return () => browser.close();
}
