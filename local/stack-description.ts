import * as z from 'zod';
import { HostError } from './host-error.ts';

/** Path at which a running host describes itself to the tools beside it. */
export const STACK_PATH = '/.local/stack';

/** What the tools beside a running host need to know of it. */
export const StackDescription = z.object({
  dynamoDbEndpoint: z.url(),
  region: z.string(),
  /** The functions' variables that name tables, e.g. `DEALER_TABLE_NAME`. */
  environment: z.record(z.string(), z.string()),
  issuerUrl: z.url(),
  /** What a token has to be meant for; absent when no route asks for a token. */
  audience: z.string().optional(),
  mailUrl: z.url(),
  /** `host` headers that lead to an HTTP API of the template itself, around its distribution. */
  apiHosts: z.array(z.string()),
});
export type StackDescription = z.infer<typeof StackDescription>;

/** @throws HostError when no host runs on that port, it is not ready yet, or something else runs there */
export async function fetchStack(port: number): Promise<StackDescription> {
  const url = `http://127.0.0.1:${port}${STACK_PATH}`;
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new HostError(`Nothing runs on port ${port}: start the local stack with \`npm run dev\`.`, { cause: error });
  }
  if (response.status === 503) {
    throw new HostError(`The local stack on port ${port} is not ready: wait for its line \`ready\`.`);
  }
  const answer: unknown = response.ok ? await response.json().catch(notJson) : undefined;
  const described = StackDescription.safeParse(answer);
  if (described.success) return described.data;
  throw new HostError(`What answers on port ${port} is not the local stack: set LOCATOR_PORT to the stack’s own.`);
}

/** Of something else that answers. */
function notJson(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
}
