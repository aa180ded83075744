/** What a mail says, before anyone decides from whom, to whom and how it goes out. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Headers beside those that every mail has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Marks a mail that no person wrote, so that out-of-office programs stay silent (RFC 3834). */
export const AUTOMATIC_HEADERS = { 'Auto-Submitted': 'auto-generated' } as const;

/** Control characters, halves of surrogate pairs, and the two code points that XML 1.0 cannot carry at all. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/**
 * The value, once it is known to fit on one line: it cannot end a header, break a layout or make XML malformed.
 * @throws RangeError naming the field, never the value (it may be a person's), when it does not
 */
export function oneLine(field: string, value: string): string {
  if (UNPRINTABLE.test(value)) throw new RangeError(`${field} holds a control character, line break or lone surrogate`);
  return value;
}
