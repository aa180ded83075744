import fc from 'fast-check';
import type { Person } from '../../shared/reservations/reservation.ts';

/** Pieces that break layouts, markup and readers that are not careful. */
const HOSTILE = [
  '&',
  '<',
  '>',
  '"',
  "'",
  ']]>',
  '&amp;',
  '&#60;',
  '<b>',
  '</p>',
  '<img src=x onerror=alert(1)>',
  '<script>',
  '-->',
  '<![CDATA[',
  '😀',
  '👩‍👩‍👧',
  'é',
  'é',
  "O'Neil",
  '李',
  '\u202E',
  '\u00A0',
  '\uFEFF',
  '\u{10FFFD}',
  '%0A',
  '{store}',
  '$&',
  '://',
  '=',
];

/** Names as the contract lets them through: up to 50 characters, something visible, no control characters. */
export const anyName: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', maxLength: 12 })), {
    minLength: 1,
    maxLength: 20,
    size: 'max',
  })
  .map((pieces) => [...pieces.join('')].slice(0, 50).join('').trim())
  .filter((name) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(name) && !/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(name));

/** A name of 50 characters that are each the longest that XML can make of one. */
const longestName = fc.constant('\u{1F600}'.repeat(50));

const anyEmail = fc
  .tuple(
    fc.stringMatching(/^[A-Za-z0-9&'+_-]{1,64}$/, { size: 'max' }),
    fc.stringMatching(/^[a-z0-9-]{1,60}\.example$/, { size: 'max' }),
  )
  .map(([mailbox, domain]) => `${mailbox}@${domain}`);

export const anyPerson: fc.Arbitrary<Person> = fc.record(
  {
    email: anyEmail,
    givenName: fc.oneof({ weight: 9, arbitrary: anyName }, longestName),
    familyName: anyName,
    phone: fc.stringMatching(/^\+1[2-9][0-9]{2}[2-9][0-9]{6}$/),
    zip: fc.stringMatching(/^[0-9]{5}$/),
  },
  { requiredKeys: ['email', 'givenName', 'familyName', 'zip'] },
);

/** What must never reach a header, a line of a mail, or XML. */
export const anyUnprintable: fc.Arbitrary<string> = fc
  .tuple(
    fc.string(),
    fc.constantFrom('\r\n', '\n', '\r', '\0', '\t', '\u007F', '\u0085', '\uD83D', '\uDE00', '\uFFFE', '\uFFFF'),
    fc.string(),
  )
  .map((parts) => parts.join(''));
