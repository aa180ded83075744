import { type SigningKey, signToken } from '../reservations/signed-token.ts';

/** How long the button in a lead's mail works. */
const ACKNOWLEDGE_SECONDS = 90 * 24 * 3600;

/** The token by which a store's people say that they have taken on a lead. Its subject is the lead's id, for the page to read. */
export function acknowledgeTokenOf(
  lead: { readonly id: string; readonly reservationVersion: number },
  signingKeys: readonly SigningKey[],
  nowMilliseconds: number,
): string {
  const expiresAtSeconds = Math.floor(nowMilliseconds / 1000) + ACKNOWLEDGE_SECONDS;
  return signToken(
    'acknowledge',
    { subject: lead.id, version: lead.reservationVersion, expiresAtSeconds },
    signingKeys,
  );
}
