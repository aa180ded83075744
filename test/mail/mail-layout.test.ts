import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneLine } from '../../shared/mail/mail-content.ts';
import { layOutMail, type MailLayout } from '../../shared/mail/mail-layout.ts';
import { mailTime } from '../../shared/mail/mail-time.ts';
import { wrapText } from '../../shared/mail/wrap-text.ts';
import { anyName, anyUnprintable } from './people.ts';

describe('one line', () => {
  test('refuses what ends a line or a header, naming the field and not the value', () => {
    fc.assert(
      fc.property(anyUnprintable, (value) => {
        expect(() => oneLine('givenName', value)).toThrow(
          new RangeError('givenName holds a control character, line break or lone surrogate'),
        );
      }),
    );
  });

  test('gives back every name that the contract lets through', () => {
    fc.assert(fc.property(anyName, (name) => oneLine('givenName', name) === name));
  });
});

test('every piece of a mail is refused when it holds a line break', () => {
  const mail: MailLayout = {
    locale: 'en-US',
    subject: 'Subject',
    heading: 'Heading',
    reason: 'Reason',
    blocks: [
      { kind: 'paragraph', text: 'Paragraph' },
      { kind: 'small-print', text: 'Small' },
      { kind: 'section', title: 'Section' },
      { kind: 'key-fact', label: 'Key', value: 'Number' },
      { kind: 'facts', facts: [{ label: 'Fact', value: 'Value', note: 'Note', href: 'mailto:a@example.com' }] },
      { kind: 'button', label: 'Button', url: 'https://alpine.example/' },
    ],
  };
  const whole = JSON.stringify(mail);
  expect(layOutMail(mail).headers).toEqual({ 'Auto-Submitted': 'auto-generated' });
  for (const piece of [
    'Subject',
    'Heading',
    'Reason',
    'Paragraph',
    'Small',
    'Section',
    'Number',
    'Value',
    'Note',
    'Button',
    'alpine.example/',
  ]) {
    const broken: MailLayout = JSON.parse(whole.replace(piece, `${piece}\\r\\nBcc: all@example.com`));
    expect(() => layOutMail(broken), piece).toThrow(RangeError);
  }
});

test('wrapping keeps every word and stays within 72 columns wherever words allow', () => {
  const text = fc
    .array(
      fc.string({ minLength: 1, maxLength: 90 }).map((word) => word.replaceAll(' ', '_')),
      { minLength: 1 },
    )
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(text, fc.constantFrom('', '  '), (words, indent) => {
      const lines = wrapText(words, indent).split('\n');
      expect(lines.map((line) => line.slice(indent.length)).join(' ')).toBe(words);
      for (const line of lines) expect(line.length <= 72 || !line.slice(indent.length).includes(' ')).toBe(true);
    }),
  );
});

test('times are told in UTC, in the language of the mail, with ordinary spaces', () => {
  const time = new Date('2026-11-23T14:05:09.120Z');
  expect(mailTime(time, 'en-US')).toBe('November 23, 2026 at 2:05 PM UTC');
  expect(mailTime(time, 'es-US')).toBe('23 de noviembre de 2026 a las 2:05 p.m. UTC');
});
