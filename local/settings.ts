import { resolve } from 'node:path';
import { HostError } from './host-error.ts';

/** What the environment says about the local stack. */
export interface Settings {
  readonly port: number;
  readonly mailPort: number;
  /** `undefined` keeps nothing. */
  readonly dataDir: string | undefined;
  /** The stores to load at the first start. */
  readonly dealersFile: string;
}

/**
 * Reads `LOCATOR_PORT`, `LOCATOR_MAIL_PORT`, `LOCATOR_DATA_DIR` and `LOCATOR_DEALERS`; an empty variable counts as absent.
 *
 * @param repositoryDir what relative defaults are relative to
 * @throws HostError naming the variable and the value that cannot be used
 */
export function readSettings(env: NodeJS.ProcessEnv, repositoryDir: string): Settings {
  const dataDir = env['LOCATOR_DATA_DIR'] || resolve(repositoryDir, '.local');
  return {
    port: readPort(env),
    mailPort: port(env, 'LOCATOR_MAIL_PORT', 8005),
    dataDir: dataDir === ':memory:' ? undefined : resolve(dataDir),
    dealersFile: env['LOCATOR_DEALERS'] || resolve(repositoryDir, 'data/dealers.csv'),
  };
}

/** The port of a running local stack: what its tools need to find it. */
export function readPort(env: NodeJS.ProcessEnv): number {
  return port(env, 'LOCATOR_PORT', 3000);
}

function port(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 65_535)) throw new HostError(`${name} is ${text}: it has to be a port from 0 to 65535.`);
  return value;
}
