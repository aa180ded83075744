import fc from 'fast-check';

/** As much of JSON Schema as the contract's document uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
}

/** Values that live in the running stack, by the member or parameter that takes them: no schema tells them. */
export type Hints = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/**
 * Values that fit a schema; nearly so where a pattern is beyond `stringMatching`. Which really do, the operation's own zod
 * schema says.
 */
export function arbitraryOf(schema: JsonSchema, hints: Hints, name = ''): fc.Arbitrary<unknown> {
  const made = withoutHint(schema, hints);
  // An address and the consent to mails to it have one name.
  const hint = schema.type === 'boolean' ? undefined : hints[name];
  return hint === undefined ? made : fc.oneof({ weight: 29, arbitrary: hint }, { weight: 1, arbitrary: made });
}

function withoutHint(schema: JsonSchema, hints: Hints): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) {
    const possible = either.filter(({ not }) => not === undefined);
    return fc.oneof(...possible.map((one) => withoutHint(one, hints)));
  }
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000 });
    case 'number':
      return fc
        .double({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000, noNaN: true })
        .map((value) => Number(value.toFixed(3)));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}, hints), { maxLength: 3 });
    case 'object':
      return objectOf(schema, hints);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf({ properties = {}, required = [] }: JsonSchema, hints: Hints): fc.Arbitrary<unknown> {
  const members = Object.entries(properties).filter(([, schema]) => schema.not === undefined);
  return fc.record(Object.fromEntries(members.map(([name, schema]) => [name, arbitraryOf(schema, hints, name)])), {
    requiredKeys: required.filter((name) => members.some(([member]) => member === name)),
    noNullPrototype: true,
  });
}

const DAY = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  const { format, minLength = 0, maxLength = 60 } = schema;
  const patterns = [schema, ...(schema.allOf ?? [])].flatMap(({ pattern }) => pattern ?? []);
  switch (format) {
    case 'email':
      return fc.emailAddress();
    case 'uri':
      return fc.webUrl({ validSchemes: ['https'], withQueryParameters: true });
    case 'date':
      return DAY;
    case 'date-time':
      return DAY.map((day) => `${day}T12:00:00Z`);
    default:
  }
  const any = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) });
  return patterns.length === 0 ? any : matching(patterns[0] ?? '', any);
}

function matching(pattern: string, otherwise: fc.Arbitrary<string>): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    // A class or an assertion that it does not know.
    return otherwise;
  }
}

/** A place in a value, by member names and indexes. */
export type Path = readonly (string | number)[];

/** A value, one fault away from one that fits. */
export interface Faulty {
  readonly value: unknown;
  readonly path: Path;
  readonly fault: string;
}

/** Every way in which a value that fits stops fitting by one change, for members of each kind. */
export function faultsOf(schema: JsonSchema, value: unknown): readonly Faulty[] {
  return faultsAt(schema, value, []);
}

function faultsAt(schema: JsonSchema, value: unknown, path: Path): readonly Faulty[] {
  const own = wrongValues(schema).map(([fault, wrong]): Faulty => ({ value: wrong, path, fault }));
  const object = objectSchemaOf(schema);
  if (object === undefined || typeof value !== 'object' || value === null) return own;
  const members = Object.entries(object.properties ?? {});
  const withMember = (name: string, member: unknown): unknown => ({ ...value, [name]: member });
  const inside = members
    .filter(([name, member]) => Object.hasOwn(value, name) && member.not === undefined)
    .flatMap(([name, member]) =>
      faultsAt(member, Reflect.get(value, name), [...path, name]).map((faulty) => ({
        ...faulty,
        value: withMember(name, faulty.value),
      })),
    );
  const missing = (object.required ?? []).map((name): Faulty => {
    const { [name]: _, ...rest } = value as Record<string, unknown>;
    return { value: rest, path: [...path, name], fault: 'is missing' };
  });
  const unknown: Faulty = { value: withMember('surplus', 1), path: [...path, 'surplus'], fault: 'is unknown' };
  return [...own, ...inside, ...missing, unknown];
}

function objectSchemaOf(schema: JsonSchema): JsonSchema | undefined {
  if (schema.type === 'object') return schema;
  return (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type === 'object');
}

/** Values that no schema of that kind takes; text is told from what it stands for. */
function wrongValues(schema: JsonSchema): readonly (readonly [fault: string, value: unknown])[] {
  const takes = new Set(kindsOf(schema));
  const others: (readonly [string, string, unknown])[] = [
    ['null', 'is null', null],
    ['array', 'is a list', []],
    ['object', 'is an object', {}],
    ['integer', 'is a number', 7],
    ['boolean', 'is a boolean', true],
    ['string', 'is text', 'true'],
  ];
  const wrongKinds = others
    .filter(([kind]) => !takes.has(kind) && !(kind === 'integer' && takes.has('number')))
    .map(([, fault, value]) => [fault, value] as const);
  const wrongTexts: (readonly [string, unknown])[] = [];
  if (schema.enum !== undefined || schema.const !== undefined) {
    if (schema.const !== true) wrongTexts.push(['is none of the choices', 'zq-none']);
    else wrongTexts.push(['is false', false]);
  }
  const { maxLength } = schema;
  if (maxLength !== undefined) wrongTexts.push(['is too long', 'x'.repeat(maxLength + 1)]);
  if ((schema.minLength ?? 0) > 0) wrongTexts.push(['is empty', '']);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test('\u0000zq')) {
    wrongTexts.push(['begins with NUL', '\u0000zq']);
  }
  return [...wrongKinds, ...wrongTexts];
}

function kindsOf(schema: JsonSchema): readonly string[] {
  if (schema.const !== undefined) return [typeof schema.const];
  if (schema.enum !== undefined) return schema.enum.map((value) => (value === null ? 'null' : typeof value));
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return either.flatMap(kindsOf);
  // No type: anything goes.
  return typeof schema.type === 'string'
    ? [schema.type]
    : (schema.type ?? ['null', 'array', 'object', 'integer', 'number', 'boolean', 'string']);
}

/** The places of a value that hold text, a number or a boolean. */
export function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, [...path, name]));
}

/** The same value with something else in one place. */
export function replaced(value: unknown, path: Path, member: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return member;
  const inner: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, first) : undefined;
  return { ...(value as object), [first]: replaced(inner, rest, member) };
}
