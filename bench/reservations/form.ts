import type { InterestBody } from '../../shared/contract/interests.ts';

/** A form as people fill it in: every member there, of usual length. */
export function formOf(
  email: string,
  { formToken, wordingVersion }: { readonly formToken: string; readonly wordingVersion: string },
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
