import * as z from 'zod';
import type { Template } from '../template/template.ts';
import { FunctionError } from './function-pool.ts';
import type { Functions } from './functions.ts';
import { pause } from './pause.ts';

/** Lambda's own queue, from which other services have functions called. */
export interface AsynchronousCalls {
  /**
   * Has a function called with an event, and again when it fails.
   * @param what the event is, for the log: it may name people itself
   */
  call(functionName: string, event: unknown, what: string): void;
  /** Takes no more, and waits for what is under way; what waits for another try is given up. */
  stop(): Promise<void>;
}

export interface CallPorts {
  readonly functions: Pick<Functions, 'invoke'>;
  readonly retryDelayMs: (tries: number) => number;
  log(text: string): void;
}

const InvokeConfig = z.object({
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
  FunctionName: z.string(),
  MaximumRetryAttempts: z.number().default(2),
});

interface AfterFailure {
  readonly retries: number;
  readonly destination: string | undefined;
}

/** What Lambda does with an asynchronous call of a function that says nothing about it. */
const LAMBDAS_OWN: AfterFailure = { retries: 2, destination: undefined };

/**
 * A function that fails is called again as often as its `EventInvokeConfig` says, soon; then the event is given up, with a word in
 * the log.
 */
export function createAsynchronousCalls(template: Template, ports: CallPorts): AsynchronousCalls {
  const afterFailure = new Map(
    template.ofType('AWS::Lambda::EventInvokeConfig').map((resource) => {
      const { FunctionName, MaximumRetryAttempts, DestinationConfig } = template.properties(resource, InvokeConfig);
      return [FunctionName, { retries: MaximumRetryAttempts, destination: DestinationConfig?.OnFailure?.Destination }];
    }),
  );
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function deliver(functionName: string, event: unknown, what: string): Promise<void> {
    const { retries, destination } = afterFailure.get(functionName) ?? LAMBDAS_OWN;
    for (let tries = 1; tries === 1 || !stopping.signal.aborted; tries += 1) {
      try {
        await ports.functions.invoke(functionName, event);
        return;
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        if (tries > retries) break;
      }
      await pause(ports.retryDelayMs(tries), stopping.signal);
    }
    const sent = destination === undefined ? '' : `; on AWS it would go to ${destination}`;
    ports.log(`${what} is given up for ${functionName}${sent}`);
  }

  return {
    call(functionName, event, what) {
      if (stopping.signal.aborted) return;
      const delivery = deliver(functionName, event, what).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}
