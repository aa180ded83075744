/** What the button of a store's mail carries. */
export interface LeadLink {
  readonly leadId: string;
  readonly token: string;
}

/**
 * The link in an address's fragment: `#acknowledge=<token>`. The lead's id is read from the token's claims, which are for
 * anyone to read; whether the token is genuine only the API can say.
 *
 * @returns `none` when there is no token, `mangled` when it cannot be one of ours: cut off on its way, say
 */
export function leadLinkOf(fragment: string): LeadLink | 'none' | 'mangled' {
  const token = new URLSearchParams(fragment.replace(/^#/, '')).get('acknowledge');
  if (!token) return 'none';
  const [, claims, signature] = token.split('.');
  const leadId = claims && signature ? subjectOf(claims) : undefined;
  return leadId === undefined ? 'mangled' : { leadId, token };
}

/** The first of the claims, when it can stand in a path: nobody's forged link leads the request elsewhere. */
function subjectOf(claims: string): string | undefined {
  try {
    // The claims are ASCII as far as an id goes, so the bytes need no decoding as UTF-8.
    const parsed: unknown = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
    const subject: unknown = Array.isArray(parsed) ? parsed[0] : undefined;
    return typeof subject === 'string' && /^[A-Za-z0-9-]+$/.test(subject) ? subject : undefined;
  } catch {
    // Neither base64url nor JSON: the caller is told `mangled`.
    return undefined;
  }
}
