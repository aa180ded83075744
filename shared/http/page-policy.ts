/**
 * The content security policy of our pages: their own files, their own API, nothing of anyone else's and nothing inline. No form may be
 * sent anywhere but to the search: should a script fail, the form of a reservation goes nowhere, least of all into an address.
 *
 * @param origin of the site, e.g. `https://alpine.example`
 * @param others origins that the page's script may call besides
 */
export function pagePolicy(origin: string, others: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...others].join(' '),
    `form-action ${origin}/find ${origin}/es/find`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
