import { HostError } from '../host-error.ts';
import { COMPARISONS } from './comparisons.ts';

/** Whether a line of a log fits. */
export type LogPattern = (line: string) => boolean;

/** Whether the JSON value of a line fits. */
type Test = (value: unknown) => boolean;

/** What a pattern is made of; a word is a number or text without quotes. */
const TOKEN = /\s*(?:(&&|\|\||[()]|[<>!]?=|[<>])|(\$(?:\.[A-Za-z_][\w-]*)+)|"([^"\\]*)"|([\w.*/:@-]+))/y;

interface Token {
  readonly symbol?: string | undefined;
  readonly selector?: string | undefined;
  readonly quoted?: string | undefined;
  readonly word?: string | undefined;
}

/**
 * Compiles a JSON filter pattern of CloudWatch Logs (user guide, "Filter pattern syntax"): `{ $.a.b = "text*" && ($.c >= 400 ||
 * $.d = 1) }`, where `&&` binds closer than `||`, and `*` in a text stands for anything. A line that is no JSON never fits.
 *
 * @throws HostError for a pattern of another kind (terms, regular expressions, `IS`, `NOT EXISTS`, `!=`, items of a list)
 */
export function compileLogPattern(pattern: string): LogPattern {
  const refuse = (why: string): HostError =>
    new HostError(`The local host cannot run the filter pattern ${pattern}: ${why} (local/aws/log-pattern.ts).`);
  const body = /^\s*\{(.*)\}\s*$/s.exec(pattern)?.[1];
  if (body === undefined) throw refuse('only patterns for JSON, in braces, are known');
  const tokens = tokensOf(body, refuse);
  let next = 0;
  const takes = (symbol: string): boolean => {
    if (tokens[next]?.symbol !== symbol) return false;
    next += 1;
    return true;
  };

  function alternatives(): Test {
    const tests = [conjunction()];
    while (takes('||')) tests.push(conjunction());
    return (value) => tests.some((test) => test(value));
  }

  function conjunction(): Test {
    const tests = [operand()];
    while (takes('&&')) tests.push(operand());
    return (value) => tests.every((test) => test(value));
  }

  function operand(): Test {
    if (takes('(')) {
      const inner = alternatives();
      if (!takes(')')) throw refuse('a parenthesis is not closed');
      return inner;
    }
    const [member, operator, wanted] = [tokens[next], tokens[next + 1], tokens[next + 2]];
    next += 3;
    const compare = member?.selector === undefined ? undefined : comparison(operator?.symbol, wanted);
    if (compare === undefined) throw refuse('a comparison is not understood');
    const path = member?.selector?.split('.').slice(1) ?? [];
    return (value) => compare(path.reduce(memberOf, value));
  }

  const test = alternatives();
  if (next !== tokens.length) throw refuse('something follows its end');
  return (line) => {
    const value = jsonOf(line);
    return typeof value === 'object' && value !== null && test(value);
  };
}

function tokensOf(body: string, refuse: (why: string) => HostError): Token[] {
  const tokens: Token[] = [];
  const text = body.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [whole, symbol, selector, quoted, word] = TOKEN.exec(text) ?? [];
    if (whole === undefined) throw refuse('part of it is not understood');
    tokens.push({ symbol, selector, quoted, word });
  }
  return tokens;
}

function comparison(operator: string | undefined, wanted: Token | undefined): Test | undefined {
  const compare = COMPARISONS[operator ?? ''];
  if (compare === undefined || wanted === undefined) return undefined;
  const isNumber = /^-?\d+(\.\d+)?$/.test(wanted.word ?? '');
  if (isNumber) return (value) => typeof value === 'number' && compare(value, Number(wanted.word));
  const text = wanted.quoted ?? wanted.word;
  if (text === undefined || operator !== '=') return undefined;
  const parts = text.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\/-]/g, String.raw`\$&`));
  const shape = new RegExp(`^${parts.join('.*')}$`, 's');
  return (value) => typeof value === 'string' && shape.test(value);
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
