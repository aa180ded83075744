import { describe, expect, test } from 'vitest';
import { CHANGE_MESSAGES } from '../../web/messages/change-messages.ts';
import { FAILURE_MESSAGES } from '../../web/messages/failure-messages.ts';
import { LOCATOR_MESSAGES } from '../../web/messages/locator-messages.ts';
import { MAP_MESSAGES } from '../../web/messages/map-messages.ts';
import { PAGE_MESSAGES } from '../../web/messages/page-messages.ts';
import { RESERVATION_MESSAGES } from '../../web/messages/reservation-messages.ts';
import { RESERVE_MESSAGES } from '../../web/messages/reserve-messages.ts';

const TABLES = {
  change: CHANGE_MESSAGES,
  failure: FAILURE_MESSAGES,
  locator: LOCATOR_MESSAGES,
  map: MAP_MESSAGES,
  page: PAGE_MESSAGES,
  reservation: RESERVATION_MESSAGES,
  reserve: RESERVE_MESSAGES,
};

/** The same in both languages, and right so. */
const SHARED = new Set(['change', 'A110']);

/** Words that English sentences can hardly do without and Spanish ones never have. */
const ENGLISH = /\b(the|your|you|with|and|or|this|that|is|are|not|of|store|stores|again|mail|click|please|yet)\b/i;

/** Every text of a table by its path, functions called with stand-ins. */
function textsOf(value: unknown, path: string): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    return [1, 2].flatMap((count) => textsOf(value(...standIns(value.length, count)), `${path}(${count})`));
  }
  if (typeof value !== 'object' || value === null) throw new TypeError(`${path} holds ${value}`);
  return Object.entries(value).flatMap(([key, each]) => textsOf(each, `${path}.${key}`));
}

function standIns(length: number, count: number): unknown[] {
  return [count, ...Array.from({ length }, () => '«…»')].slice(0, length);
}

describe.each(Object.entries(TABLES))('the texts of %s', (_name, table) => {
  const english = textsOf(table['en-US'], '');
  const spanish = textsOf(table['es-US'], '');

  test('are the same ones in both languages', () => {
    expect(spanish.map(([path]) => path)).toEqual(english.map(([path]) => path));
    expect(spanish.filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test('have no English left in Spanish', () => {
    const byPath = new Map(english);
    expect(
      spanish.filter(([path, text]) => /\p{L}{4}/u.test(text) && byPath.get(path) === text && !SHARED.has(text)),
    ).toEqual([]);
    expect(spanish.filter(([, text]) => ENGLISH.test(text))).toEqual([]);
  });
});
