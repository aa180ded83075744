/** No answer puts a delivery off for longer: a wrong date must not bury a lead. */
const LONGEST_SECONDS = 24 * 3600;

/** RFC 9110, 5.6.7; its two obsolete forms are not read. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How long a `Retry-After` header asks to wait (RFC 9110, 10.2.3).
 * @returns 1 to 86,400 seconds; `undefined` when there is no header, it cannot be read, or the time is past
 */
export function retryAfterSeconds(header: string | undefined, nowMilliseconds: number): number | undefined {
  const text = header?.trim() ?? '';
  const seconds = /^\d+$/.test(text)
    ? Number(text)
    : HTTP_DATE.test(text)
      ? Math.ceil((Date.parse(text) - nowMilliseconds) / 1000)
      : Number.NaN;
  return seconds >= 1 ? Math.min(seconds, LONGEST_SECONDS) : undefined;
}
