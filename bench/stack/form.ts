import { setTimeout as delay } from 'node:timers/promises';
import type { InterestBody } from '../../shared/contract/interests.ts';
import { YOUNGEST_FORM_MS } from '../../shared/reservations/form-age.ts';

/** What every form sends back. */
export interface FormTokens {
  readonly formToken: string;
  readonly wordingVersion: string;
}

/** Gets a form from a site, and waits until it is old enough to be sent. It is good for a day. */
export async function openForm(siteUrl: string): Promise<FormTokens> {
  const response = await fetch(`${siteUrl}/v1/form`);
  const { formToken, consents } = (await response.json()) as {
    formToken: string;
    consents: readonly { version: string }[];
  };
  await delay(YOUNGEST_FORM_MS);
  return { formToken, wordingVersion: consents[0]?.version ?? '' };
}

/** A form as people fill it in: every member there, of usual length. */
export function formOf(
  email: string,
  { formToken, wordingVersion }: FormTokens,
  changes: Partial<InterestBody> = {},
): InterestBody {
  return {
    email,
    givenName: 'Marie-Claire',
    familyName: 'Laurent',
    phone: '+13055550123',
    zip: '33324',
    model: 'a110',
    dealerId: null,
    timeframe: '0-6-months',
    locale: 'en-US',
    consents: { email: true, phone: true, version: wordingVersion },
    attestations: { adult: true, usResident: true },
    source: { page: 'https://alpine.example/en/reserve', campaign: 'spring-launch' },
    formToken,
    company: '',
    ...changes,
  };
}
