import { parseArgs } from 'node:util';
import { HostError } from './host-error.ts';
import { fetchIssuerToken } from './issuer-token.ts';
import { readPort } from './settings.ts';
import { fetchStack } from './stack-description.ts';

const SCOPES = ['counts', 'leads'];

/** `npm run token -- --scope counts`: prints an access token of the running local stack, and nothing else. */
try {
  const scope = requestedScope();
  console.log(await fetchIssuerToken(await fetchStack(readPort(process.env)), scope));
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
