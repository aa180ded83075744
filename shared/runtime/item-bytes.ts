import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type StoredItem = Readonly<Record<string, AttributeValue>>;

/**
 * What DynamoDB charges an item as, in bytes: names and values, 3 for each list or map and 1 for each of its elements; of a set its elements alone.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 *
 * @throws TypeError for a type of value that the locator never stores
 */
export function itemBytes(item: StoredItem): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.NS !== undefined) return value.NS.reduce((sum, element) => sum + numberBytes(element), 0);
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.L !== undefined) return value.L.reduce((sum, element) => sum + 1 + valueBytes(element), 3);
  if (value.M !== undefined) return 3 + itemBytes(value.M) + Object.keys(value.M).length;
  throw new TypeError(`no size is known for ${Object.keys(value).join()}`);
}

/**
 * One byte for two digits, in pairs on either side of the point and without pairs of zeros at the ends; one more, and one
 * for a minus sign. How the pairs lie is not documented: it is what DynamoDB Local reports.
 */
function numberBytes(text: string): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const pairs =
    whole.padStart(whole.length + (whole.length % 2), '0') +
    fraction.padEnd(fraction.length + (fraction.length % 2), '0');
  const significant = pairs.replace(/^(00)+/, '').replace(/(?<=^(..)*)(00)+$/, '');
  return significant.length / 2 + 1 + (text.startsWith('-') ? 1 : 0);
}

/** A unit is 4 KB read strongly or 8 KB eventually. The least is a half, also for a Query that finds nothing. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / 4_096)) * (consistent ? 1 : 0.5);
}
