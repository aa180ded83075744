import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { StackMemory, StackPlan, StackRequest, StackUp } from './stack-child.ts';

type Said = { readonly up: StackUp } | { readonly id: number; readonly reply?: unknown; readonly error?: string };

/** The whole stack in a process of its own: it can be measured, given another clock, and killed. */
export class StackProcess {
  readonly up: StackUp;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  private constructor(child: ChildProcess, up: StackUp) {
    this.up = up;
    this.#child = child;
    child.on('message', (said: Said) => {
      if ('up' in said) return;
      const { id, reply, error } = said;
      if (error === undefined) this.#waiting.get(id)?.resolve(reply);
      else this.#waiting.get(id)?.reject(new Error(error));
      this.#waiting.delete(id);
    });
    child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the stack’s process has ended'));
      this.#waiting.clear();
    });
  }

  /** @throws Error with what the process said last, when it does not come up */
  static async start(plan: StackPlan): Promise<StackProcess> {
    const child = fork(join(import.meta.dirname, 'stack-child.ts'), [JSON.stringify(plan)], {
      // Into every thread, the functions' among them.
      execArgv: ['--expose-gc', '--import', join(import.meta.dirname, 'worker-preload.ts')],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk).slice(-2_000);
    });
    const { promise, resolve, reject } = Promise.withResolvers<StackUp>();
    child.once('exit', (code) => reject(new Error(`the stack ended with ${code}: ${complaint}`)));
    child.on('message', (said: Said) => {
      if ('up' in said) resolve(said.up);
    });
    return new StackProcess(child, await promise);
  }

  token(scope: string): Promise<string> {
    return this.#ask({ ask: 'token', scope }) as Promise<string>;
  }

  /** @throws Error when the function fails */
  async invoke(functionName: string): Promise<void> {
    await this.#ask({ ask: 'invoke', functionName });
  }

  /** Puts the clocks of all functions so far ahead of this machine's, or behind. */
  async setClock(aheadMilliseconds: number): Promise<void> {
    await this.#ask({ ask: 'clock', aheadMilliseconds });
  }

  memory(): Promise<StackMemory> {
    return this.#ask({ ask: 'memory' }) as Promise<StackMemory>;
  }

  /** `kill -9`. Settles when the process is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    await this.#ask({ ask: 'stop' });
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }

  #ask(request: StackRequest): Promise<unknown> {
    const id = ++this.#asked;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#child.send({ id, request }, (error) => {
      if (error !== null) waiting.reject(error);
    });
    return waiting.promise;
  }
}
