import type { Locale } from '../launch/launch.ts';

/**
 * A time as people read it, in UTC and saying so: nobody knows where the reader is.
 * @throws RangeError when the time cannot be read
 */
export function mailTime(time: Date, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  // The formatter puts narrow and no-break spaces before "PM", which some mail programs show as boxes.
  return `${format.format(time).replace(/\s/gu, ' ')} UTC`;
}
