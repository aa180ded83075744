/**
 * The value of an environment variable that the template sets.
 * @throws Error naming the variable, at cold start, when it is missing
 */
export function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is missing`);
  return value;
}

/** The value of an environment variable that the template sets in some stages only. */
export function optionalEnvironment(name: string): string | undefined {
  return process.env[name];
}

/**
 * The same of a variable that holds a whole number.
 * @throws Error naming the variable, at cold start, when it is set to anything but a whole number from `least` on
 */
export function optionalWholeNumber(name: string, least: number): number | undefined {
  const value = optionalEnvironment(name);
  if (value === undefined) return undefined;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`the environment variable ${name} must be a whole number from ${least} on`);
}

/** The version that is deployed, for health and the API's document. */
export const VERSION_VARIABLE = 'LOCATOR_VERSION';
/** SHA-256 of every origin key that counts, in hex, separated by commas. */
export const ORIGIN_KEY_HASHES_VARIABLE = 'ORIGIN_KEY_HASHES';
/** The site's origin, for links in mails and for the pages' own addresses. */
export const SITE_URL_VARIABLE = 'SITE_URL';
export const SENDER_EMAIL_VARIABLE = 'SENDER_EMAIL';
/** Takes the leads of stores without an address of their own. */
export const FALLBACK_LEAD_EMAIL_VARIABLE = 'FALLBACK_LEAD_EMAIL';
/** Takes word of leads that a store leaves for too long. */
export const ESCALATION_EMAIL_VARIABLE = 'ESCALATION_EMAIL';
/** Hours that a store may leave a lead before its people are reminded, and before the store group is told. */
export const LEAD_REMINDER_HOURS_VARIABLE = 'LEAD_REMINDER_HOURS';
export const LEAD_ESCALATION_HOURS_VARIABLE = 'LEAD_ESCALATION_HOURS';
/** Mails a second that the account's SES allows. */
export const MAILS_PER_SECOND_VARIABLE = 'MAILS_PER_SECOND';
/** `1` lets webhooks reach this machine itself. For tests; a deployed stage refuses it. */
export const WEBHOOK_ALLOW_LOOPBACK_VARIABLE = 'LOCATOR_WEBHOOK_ALLOW_LOOPBACK';
/** Where CloudWatch keeps the functions' metrics. */
export const METRIC_NAMESPACE_VARIABLE = 'METRIC_NAMESPACE';
/** SES's configuration set, which tells of bounces and complaints. */
export const MAIL_CONFIGURATION_SET_VARIABLE = 'MAIL_CONFIGURATION_SET';
/** The smallest count that an answer of the counts may show; without it all are shown. */
export const SMALLEST_COUNT_VARIABLE = 'SMALLEST_COUNT';
