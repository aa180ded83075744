import { HostError } from '../host-error.ts';
import { COMPARISONS } from './comparisons.ts';

/** Whether a record passes. */
export type EventFilter = (record: unknown) => boolean;

type JsonObject = Readonly<Record<string, unknown>>;
type ValueTest = (value: unknown) => boolean;

/**
 * Compiles one `FilterCriteria` pattern of a Lambda event source mapping: an object whose leaves are lists of alternatives,
 * all of whose members must match. Rules: exact values, `prefix`, `suffix`, `equals-ignore-case`, `anything-but`, `numeric`,
 * `exists`, and `$or`. As Lambda does, a list in the record matches when any of its items does, and only leaves are tested.
 *
 * @throws HostError for a pattern that Lambda would refuse or that is not known here
 */
export function compileFilter(pattern: string): EventFilter {
  let parsed: unknown;
  try {
    parsed = JSON.parse(pattern);
  } catch {
    throw new HostError(`The filter pattern ${pattern} is not JSON.`);
  }
  if (!isObject(parsed)) throw new HostError(`The filter pattern ${pattern} is not an object.`);
  return compileObject(parsed);
}

function compileObject(pattern: JsonObject): EventFilter {
  const tests = Object.entries(pattern).map(([key, rule]) =>
    key === '$or' ? compileOr(rule) : compileMember(key, rule),
  );
  if (tests.length === 0) throw new HostError('A filter pattern names no member to test.');
  return (record) => tests.every((test) => test(record));
}

function compileOr(alternatives: unknown): EventFilter {
  if (!Array.isArray(alternatives) || alternatives.length === 0 || !alternatives.every(isObject)) {
    throw new HostError(`$or takes a list of patterns, not ${JSON.stringify(alternatives)}.`);
  }
  const filters = alternatives.map(compileObject);
  return (record) => filters.some((filter) => filter(record));
}

function compileMember(key: string, rule: unknown): EventFilter {
  if (Array.isArray(rule)) {
    if (rule.length === 0) throw new HostError(`The filter of ${key} lists no value.`);
    const tests = rule.map(compileRule);
    return (record) => {
      const value = memberOf(record, key);
      return tests.some((test) => test(value));
    };
  }
  if (!isObject(rule)) throw new HostError(`The filter of ${key} is ${JSON.stringify(rule)}: Lambda wants a list.`);
  const inner = compileObject(rule);
  return (record) => {
    const value = memberOf(record, key);
    return Array.isArray(value) ? value.some(inner) : inner(value);
  };
}

/** A test of a leaf; an absent member is `undefined`. */
function compileRule(rule: unknown): ValueTest {
  if (!isObject(rule)) {
    if (Array.isArray(rule)) throw unknownRule(rule);
    return anyItem((value) => value === rule);
  }
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(rule);
  if (others.length > 0) throw unknownRule(rule);
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw unknownRule(rule);
      // "Exists" works on leaf values only: an object there counts as absent.
      return (value) => (value !== undefined && !isObject(value)) === operand;
    case 'prefix':
      return compilePrefix(operand);
    case 'suffix':
      return textTest(operand, (text, wanted) => text.endsWith(wanted));
    case 'equals-ignore-case':
      return textTest(operand, (text, wanted) => text.toLowerCase() === wanted.toLowerCase());
    case 'anything-but':
      return compileAnythingBut(operand);
    case 'numeric':
      return compileNumeric(operand);
    default:
      throw unknownRule(rule);
  }
}

function compilePrefix(operand: unknown): ValueTest {
  return textTest(operand, (text, wanted) => text.startsWith(wanted));
}

function compileAnythingBut(operand: unknown): ValueTest {
  if (isObject(operand)) {
    const [[operator, prefix] = ['', undefined], ...others] = Object.entries(operand);
    if (operator !== 'prefix' || others.length > 0) throw unknownRule({ 'anything-but': operand });
    const starts = compilePrefix(prefix);
    return anyItem((value) => isLeaf(value) && !starts(value));
  }
  const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (excluded.length === 0 || !excluded.every((value) => typeof value === 'string' || typeof value === 'number')) {
    throw unknownRule({ 'anything-but': operand });
  }
  return anyItem((value) => isLeaf(value) && !excluded.some((one) => one === value));
}

/** `[">", 0, "<=", 5]`. DynamoDB writes numbers as text (`{"N": "5"}`), which Lambda compares as text: never here. */
function compileNumeric(operand: unknown): ValueTest {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    throw unknownRule({ numeric: operand });
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const compare = COMPARISONS[String(operand[i])];
    const bound: unknown = operand[i + 1];
    if (compare === undefined || typeof bound !== 'number') throw unknownRule({ numeric: operand });
    tests.push((value) => compare(value, bound));
  }
  return anyItem((value) => typeof value === 'number' && tests.every((test) => test(value)));
}

function textTest(operand: unknown, test: (text: string, wanted: string) => boolean): ValueTest {
  if (typeof operand !== 'string') throw new HostError(`A filter rule wants text, not ${JSON.stringify(operand)}.`);
  return anyItem((value) => typeof value === 'string' && test(value, operand));
}

function anyItem(test: ValueTest): ValueTest {
  return (value) => (Array.isArray(value) ? value.some(test) : test(value));
}

function isLeaf(value: unknown): boolean {
  return value !== undefined && !isObject(value);
}

function memberOf(record: unknown, key: string): unknown {
  return isObject(record) && Object.hasOwn(record, key) ? record[key] : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownRule(rule: unknown): HostError {
  return new HostError(`The filter rule ${JSON.stringify(rule)} is not one that Lambda knows.`);
}
