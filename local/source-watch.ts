import { watch } from 'node:fs';
import { join } from 'node:path';

/** Folders whose every file goes into a build, and the one file of `data` that does. */
const SOURCE_FOLDERS = ['functions', 'infra', 'shared', 'web'];
const LAUNCH_FILE = 'launch.json';

/** Editors write a file in several steps, and several files at once. */
const SETTLE_MS = 150;

/**
 * Calls `onChange` once for each burst of changes to the sources, never again before it is done.
 *
 * @returns a function that ends it
 */
export function watchSources(repositoryDir: string, onChange: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let again = false;

  async function run(): Promise<void> {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    do {
      again = false;
      await onChange();
    } while (again);
    busy = false;
  }

  function schedule(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // A recursive watch goes on with the file that was replaced, as editors do when they save: look at the new one.
      reopen();
      void run();
    }, SETTLE_MS);
  }

  const open = () => [
    ...SOURCE_FOLDERS.map((folder) => watch(join(repositoryDir, folder), { recursive: true }, schedule)),
    watch(join(repositoryDir, 'data'), (_, file) => {
      if (file === LAUNCH_FILE) schedule();
    }),
  ];
  let watchers = open();
  function close(): void {
    for (const watcher of watchers) watcher.close();
  }
  function reopen(): void {
    close();
    watchers = open();
  }
  return () => {
    clearTimeout(timer);
    close();
  };
}
