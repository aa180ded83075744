import * as z from 'zod';
import { HostError } from './host-error.ts';
import type { StackDescription } from './stack-description.ts';

/** An access token of the running local stack's issuer. @throws HostError when the issuer gives none */
export async function fetchIssuerToken(
  { issuerUrl, audience }: Pick<StackDescription, 'issuerUrl' | 'audience'>,
  scope: string,
): Promise<string> {
  const response = await fetch(`${issuerUrl}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, ...(audience && { aud: audience }) }),
  });
  if (!response.ok) throw new HostError(`The local issuer answered ${response.status}: ${await response.text()}`);
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}
