/** The pages that links in mails lead to, by what their token is for. */
const PAGES = { confirm: '/reservation/', manage: '/reservation/', acknowledge: '/lead/' } as const;

/**
 * A link whose token stands in the fragment, which browsers send to no server: it lands in no log and no referrer.
 * @param siteUrl the site's origin, e.g. `https://alpine.example`
 * @throws RangeError when the token would need escaping, so that the page can read it as it stands
 */
export function siteLink(siteUrl: string, purpose: keyof typeof PAGES, token: string): string {
  return new URL(`${PAGES[purpose]}#${purpose}=${urlSafe(purpose, token)}`, siteUrl).href;
}

/**
 * Where mail programs POST for their readers (RFC 8058). They need the token in the query; it shows nothing to who finds it.
 * @param siteUrl the site's origin
 * @throws RangeError when the token would need escaping
 */
export function unsubscribeUrl(siteUrl: string, token: string): string {
  return new URL(`/v1/reservation/unsubscribe?token=${urlSafe('unsubscribe', token)}`, siteUrl).href;
}

function urlSafe(purpose: string, token: string): string {
  if (!/^[A-Za-z0-9._~-]+$/.test(token)) throw new RangeError(`the ${purpose} token is not of URL-safe characters`);
  return token;
}
