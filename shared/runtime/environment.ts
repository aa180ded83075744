/**
 * The value of an environment variable that the template sets.
 * @throws Error naming the variable, at cold start, when it is missing
 */
export function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is missing`);
  return value;
}

/** The version that is deployed, for health and the API's document. */
export const VERSION_VARIABLE = 'LOCATOR_VERSION';
/** The site's origin, for links in mails. */
export const SITE_URL_VARIABLE = 'SITE_URL';
export const SENDER_EMAIL_VARIABLE = 'SENDER_EMAIL';
/** Takes the leads of stores without an address of their own. */
export const FALLBACK_LEAD_EMAIL_VARIABLE = 'FALLBACK_LEAD_EMAIL';
