import { setTimeout as delay } from 'node:timers/promises';

/** Ends early, and without complaint, when the signal is given. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
