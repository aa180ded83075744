import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suggestEmail } from '../../web/widget/email-suggestion.ts';

test.each([
  ['ana@gmial.com', 'ana@gmail.com'],
  ['Ana.Ruiz+cars@gmal.com', 'Ana.Ruiz+cars@gmail.com'],
  ['ana@gmail.con', 'ana@gmail.com'],
  ['ana@GMAIL.CMO', 'ana@gmail.com'],
  ['ana@yaho.com', 'ana@yahoo.com'],
  ['ana@hotnail.com', 'ana@hotmail.com'],
  ['ana@outlok.con', 'ana@outlook.com'],
  ['ana@sbcgloabl.net', 'ana@sbcglobal.net'],
  ['ana@ruiz-family.con', 'ana@ruiz-family.com'],
])('%s is asked about', (typed, meant) => {
  expect(suggestEmail(typed)).toBe(meant);
});

test.each([
  'ana@gmail.com',
  'ana@mail.com',
  'ana@ymail.com',
  'ana@gmx.com',
  'ana@me.com',
  'ana@aol.com',
  'ana@example.com',
  'ana@ruiz.co',
  'ana@uni.edu',
  'ana@gmail',
  'ana@@gmial.com',
  'no address',
  '',
])('%s is left alone', (typed) => {
  expect(suggestEmail(typed)).toBeUndefined();
});

test('the name before the at sign is never touched, and a suggestion is never doubted again', () => {
  const typo = fc.constantFrom('gmial.com', 'hotmial.com', 'yhaoo.com', 'outloook.com', 'example.con');
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9.+_-]{1,20}$/), typo, (name, domain) => {
      const meant = suggestEmail(`${name}@${domain}`) ?? '';
      expect(meant.slice(0, meant.indexOf('@'))).toBe(name);
      expect(suggestEmail(meant)).toBeUndefined();
    }),
  );
});
