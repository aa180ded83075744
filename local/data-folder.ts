import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HostError } from './host-error.ts';

/** What one host keeps: small named texts, and the folders that others write into. */
export interface DataFolder {
  /** `undefined` when nothing was kept under that name. */
  read(name: string): string | undefined;
  /** Replaces the text as a whole; after a crash either the old or the new one is there. */
  write(name: string, text: string): void;
  /** Folder for the emulator's files; `undefined` when nothing is to be kept. */
  readonly tablesDir: string | undefined;
  /** A folder for cloud assemblies, which are made anew at every start. */
  readonly assembliesDir: string;
  stop(): Promise<void>;
}

/**
 * Opens the folder that keeps a host's data, and holds it against a second host until `stop` or the end of this process.
 *
 * @param dataDir `undefined` keeps nothing
 * @throws HostError when the folder cannot be written or another running host has it
 */
export async function openDataFolder(dataDir: string | undefined): Promise<DataFolder> {
  return dataDir === undefined ? await openMemory() : await openFolder(resolve(dataDir));
}

async function openMemory(): Promise<DataFolder> {
  const texts = new Map<string, string>();
  const assembliesDir = await mkdtemp(join(tmpdir(), 'alpine-us-locator-'));
  return {
    read: (name) => texts.get(name),
    write: (name, text) => void texts.set(name, text),
    tablesDir: undefined,
    assembliesDir,
    stop: () => rm(assembliesDir, { recursive: true, force: true }),
  };
}

async function openFolder(dataDir: string): Promise<DataFolder> {
  const tablesDir = join(dataDir, 'tables');
  const assembliesDir = join(dataDir, 'assemblies');
  const lock = await writing(dataDir, async () => {
    mkdirSync(tablesDir, { recursive: true });
    return await hold(dataDir);
  });
  await writing(dataDir, async () => {
    rmSync(assembliesDir, { recursive: true, force: true });
    mkdirSync(assembliesDir);
  });
  return {
    read(name) {
      try {
        return readFileSync(join(dataDir, name), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    write(name, text) {
      const file = join(dataDir, name);
      // Secrets and the issuer's key are among them.
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    tablesDir,
    assembliesDir,
    async stop() {
      const closed = once(lock, 'close');
      lock.close();
      await closed;
    },
  };
}

/** Longest path that every system takes for a socket. */
const MAX_SOCKET_PATH = 100;

/**
 * A socket that listens in the folder is the lock: the system closes it however its process ends, so a file left behind by a
 * crash is told from one in use by knocking.
 */
async function hold(dataDir: string): Promise<Server> {
  const path = join(dataDir, 'host.sock');
  if (path.length > MAX_SOCKET_PATH) {
    throw new HostError(`The path of the data folder ${dataDir} is too long: set LOCATOR_DATA_DIR to a shorter one.`);
  }
  if (await someoneAnswers(path)) {
    throw new HostError(
      `The data folder ${dataDir} is in use by another running host: stop it, or set LOCATOR_DATA_DIR.`,
    );
  }
  rmSync(path, { force: true });
  const server = createServer((socket) => socket.destroy()).listen(path);
  await once(server, 'listening');
  server.unref();
  return server;
}

async function someoneAnswers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ECONNREFUSED') return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

async function writing<T>(dataDir: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof HostError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new HostError(`The data folder ${dataDir} cannot be written (${reason}): set LOCATOR_DATA_DIR to another.`, {
      cause: error,
    });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
