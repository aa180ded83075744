import { LEAD_MESSAGES } from '../messages/lead-messages.ts';

/** The header that says when an answer was given counts whole seconds, and comes from another machine than the answer. */
const CLOCK_MARGIN_MILLISECONDS = 2_000;

/**
 * Whether a lead was acknowledged before the button was first pressed here. Both times are the server's: the reader's
 * own clock may be wrong by hours.
 *
 * @param answeredAtMilliseconds the server's time of the answer (Unix); with `NaN` nothing is known, and it is `false`
 * @param tookMilliseconds from the first press to the answer, other tries in between included
 */
export function acknowledgedBefore(
  acknowledgedAt: string,
  answeredAtMilliseconds: number,
  tookMilliseconds: number,
): boolean {
  const pressedAtMilliseconds = answeredAtMilliseconds - tookMilliseconds;
  return Date.parse(acknowledgedAt) < pressedAtMilliseconds - CLOCK_MARGIN_MILLISECONDS;
}

/**
 * The time between two moments in words, in the two largest units that are not nothing: `2 days and 3 hours`, `1 hour and
 * 5 minutes`, `40 minutes`. Rounded down to the smaller one.
 *
 * @param from RFC 3339
 * @param to RFC 3339, not before `from`
 */
export function timeBetween(from: string, to: string): string {
  const minutes = Math.floor((Date.parse(to) - Date.parse(from)) / 60_000);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const parts =
    days > 0 ? [words(days, 'day'), words(hours % 24, 'hour')] : [words(hours, 'hour'), words(minutes % 60, 'minute')];
  const named = parts.filter((part) => part !== undefined);
  return named.length === 0 ? LEAD_MESSAGES.underOneMinute : named.join(' and ');
}

function words(count: number, unit: 'day' | 'hour' | 'minute'): string | undefined {
  if (count <= 0) return undefined;
  return new Intl.NumberFormat('en-US', { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}
