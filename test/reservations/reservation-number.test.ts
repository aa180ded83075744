import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isReservationNumber, makeReservationNumber } from '../../shared/reservations/reservation-number.ts';

const SIGNS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
/** Where the eight signs stand in `ALP-7K3Q-9XTM`. */
const PLACES = [4, 5, 6, 7, 9, 10, 11, 12];

const anyNumber = fc.uint8Array({ minLength: 7, maxLength: 12 }).map(makeReservationNumber);

function withSign(number: string, place: number, sign: string): string {
  return number.slice(0, place) + sign + number.slice(place + 1);
}

describe('a reservation number', () => {
  test('has its form and passes its own check', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        expect(number).toMatch(/^ALP-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/);
        expect(isReservationNumber(number)).toBe(true);
      }),
    );
  });

  test('betrays every single wrong sign', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        for (const place of PLACES) {
          const valid = [...SIGNS].filter((sign) => isReservationNumber(withSign(number, place, sign)));
          expect(valid).toEqual([number.charAt(place)]);
        }
      }),
    );
  });

  test('betrays every swap of two different signs, near or far', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        for (const a of PLACES) {
          for (const b of PLACES) {
            const swapped = withSign(withSign(number, a, number.charAt(b)), b, number.charAt(a));
            expect(isReservationNumber(swapped)).toBe(swapped === number);
          }
        }
      }),
    );
  });

  test('uses every sign in every random place', () => {
    for (let at = 0; at < 7; at += 1) {
      const seen = Array.from({ length: 256 }, (_, byte) => {
        const bytes = new Uint8Array(7);
        bytes[at] = byte;
        return makeReservationNumber(bytes).charAt(PLACES[at] ?? 0);
      });
      expect([...new Set(seen)].sort().join('')).toBe(SIGNS);
    }
  });

  test('needs seven random bytes', () => {
    expect(() => makeReservationNumber(new Uint8Array(6))).toThrow(new RangeError('needs 7 random bytes, not 6'));
  });
});

test('text of another form is no reservation number', () => {
  fc.assert(fc.property(anyNumber, (number) => !isReservationNumber(number.toLowerCase())));
  fc.assert(fc.property(anyNumber, (number) => !isReservationNumber(number.replaceAll('-', ''))));
  fc.assert(
    fc.property(anyNumber, (number) => !isReservationNumber(` ${number}`) && !isReservationNumber(`${number}\n`)),
  );
  fc.assert(fc.property(fc.string(), (text) => !isReservationNumber(text)));
});
