/** 31 signs, a prime number of them: no I, L, O, 0 or 1, which people mix up. */
const SIGNS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const PREFIX = 'ALP';
const DATA_LENGTH = 7;

/**
 * A reservation number such as `ALP-7K3Q-9XTM`: seven random signs (31^7, about 2.7 * 10^10 numbers) and one check sign.
 *
 * The check is a weighted sum modulo the prime 31 with different weights (as in ISO/IEC 7064 and ISBN-10): every single wrong
 * sign and every swap of two signs is caught.
 * @param randomBytes 7 random bytes or more; 8 of the 31 signs come 9 times in 256 instead of 8, which guessing gains nothing from
 */
export function makeReservationNumber(randomBytes: Uint8Array): string {
  if (randomBytes.length < DATA_LENGTH)
    throw new RangeError(`needs ${DATA_LENGTH} random bytes, not ${randomBytes.length}`);
  const values = [...randomBytes.subarray(0, DATA_LENGTH)].map((byte) => byte % SIGNS.length);
  const signs = [...values, checkValue(values)].map((value) => SIGNS.charAt(value)).join('');
  return `${PREFIX}-${signs.slice(0, 4)}-${signs.slice(4)}`;
}

/** Whether a text has a number's form and its check sign is right. */
export function isReservationNumber(text: string): boolean {
  const match = /^ALP-([2-9A-HJKMNP-Z]{4})-([2-9A-HJKMNP-Z]{4})$/.exec(text);
  if (match === null) return false;
  const values = [...`${match[1]}${match[2]}`].map((sign) => SIGNS.indexOf(sign));
  return values.at(-1) === checkValue(values.slice(0, DATA_LENGTH));
}

function checkValue(values: readonly number[]): number {
  const sum = values.reduce((total, value, index) => total + value * (index + 2), 0);
  return sum % SIGNS.length;
}
