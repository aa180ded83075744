import { parseArgs } from 'node:util';
import * as z from 'zod';
import { HostError } from './host-error.ts';
import { readPort } from './settings.ts';
import { fetchStack } from './stack-description.ts';

const SCOPES = ['counts', 'leads'];

/** `npm run token -- --scope counts`: prints an access token of the running local stack, and nothing else. */
try {
  console.log(await fetchToken(requestedScope()));
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function requestedScope(): string {
  let scope: string | undefined;
  try {
    scope = parseArgs({ options: { scope: { type: 'string' } } }).values.scope;
  } catch (error) {
    throw new HostError(error instanceof Error ? error.message : String(error));
  }
  if (scope === undefined || !SCOPES.includes(scope)) {
    throw new HostError(`Name a scope: npm run token -- --scope ${SCOPES.join('|')}`);
  }
  return scope;
}

async function fetchToken(scope: string): Promise<string> {
  const { issuerUrl, audience } = await fetchStack(readPort(process.env));
  const response = await fetch(`${issuerUrl}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, ...(audience && { aud: audience }) }),
  });
  if (!response.ok) throw new HostError(`The local issuer answered ${response.status}: ${await response.text()}`);
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}
