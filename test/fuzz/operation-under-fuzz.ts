import fc from 'fast-check';
import type { Operation } from '../../shared/contract/operation.ts';
import { OPERATIONS, type Route } from '../../shared/contract/operations.ts';
import { GROUP_KEYS } from '../../shared/counts/grouping.ts';
import type { Expectation, FuzzRequest } from './fuzz-request.ts';
import type { FuzzWorld } from './fuzz-world.ts';
import { arbitraryOf, faultsOf, type Hints, type JsonSchema, type Path } from './schema-arbitrary.ts';

/** As much of the OpenAPI document as the fuzzer reads. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: object;
}
export interface DescribedOperation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
}

/** What a request says, before it is written down. */
export interface Input {
  readonly query: Readonly<Record<string, string>>;
  readonly pathParameter: string;
  readonly body: unknown;
}

/** How a request is written down, where it is not as usual. */
export interface Writing {
  readonly label: string;
  readonly expects?: Expectation;
  readonly method?: string;
  /** Instead of the one that the input makes. */
  readonly target?: string;
  /** Instead of the operation's own credential. */
  readonly credential?: readonly (readonly [string, string])[];
  readonly contentType?: string | null;
  readonly headers?: readonly (readonly [string, string])[];
  readonly rawBody?: Buffer;
  readonly contentLength?: number;
}

/** One operation of the contract with all that makes requests for it. */
export interface OperationUnderFuzz {
  readonly route: Route;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly document: DescribedOperation;
  /** A request that is right in every way. */
  readonly right: Input;
  readonly inputs: fc.Arbitrary<Input>;
  /** Inputs with exactly one fault, and the pointer that a refusal names. */
  readonly faultyInputs:
    | fc.Arbitrary<{ readonly input: Input; readonly fault: string; readonly names: string }>
    | undefined;
  write(input: Input, writing: Writing): FuzzRequest;
}

/** Every operation of the contract: one that is added is fuzzed by that. */
export function operationsUnderFuzz(openApi: OpenApi, world: FuzzWorld): readonly OperationUnderFuzz[] {
  return (Object.entries(OPERATIONS) as [Route, Operation][]).map(([route, operation]) => {
    const [method = '', path = ''] = route.split(' ');
    const document = openApi.paths[path]?.[method.toLowerCase()];
    if (document === undefined) throw new Error(`the document does not name ${route}`);
    return underFuzz({ route, method, path, operation, document }, world);
  });
}

function underFuzz(
  described: Pick<OperationUnderFuzz, 'route' | 'method' | 'path' | 'operation' | 'document'>,
  world: FuzzWorld,
): OperationUnderFuzz {
  const { route, method, path, operation, document } = described;
  const hints = hintsOf(route, world);
  const querySchema = querySchemaOf(document);
  const bodySchema = Object.values(document.requestBody?.content ?? {})[0]?.schema;
  const inputs = fc.record({
    query: arbitraryOf(querySchema, hints).map(textMembers),
    pathParameter: hints[operation.pathParameter ?? ''] ?? fc.constant(''),
    body: bodySchema === undefined ? fc.constant(undefined) : arbitraryOf(bodySchema, hints),
  }) as fc.Arbitrary<Input>;
  const right = rightInput(described, world, querySchema, bodySchema);
  return {
    ...described,
    right,
    inputs,
    faultyInputs: faultyInputsOf(querySchema, bodySchema, right, operation.form === true),
    write(input, writing) {
      const isForm = operation.form === true;
      const usualType = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
      const contentType = writing.contentType === undefined ? usualType : writing.contentType;
      const body = writing.rawBody ?? (input.body === undefined ? undefined : bytesOf(input.body, isForm));
      const credential = writing.credential ?? world.credential(operation.security, method);
      return {
        route,
        label: writing.label,
        method: writing.method ?? method,
        target: writing.target ?? targetOf(path, input),
        headers: [
          ...credential,
          ...(body !== undefined && contentType !== null ? [['content-type', contentType] as const] : []),
          ...(writing.headers ?? []),
        ],
        ...(body !== undefined && { body }),
        ...(writing.contentLength !== undefined && { contentLength: writing.contentLength }),
        expects: writing.expects ?? {},
      };
    },
  };
}

export function targetOf(path: string, { query, pathParameter }: Input): string {
  const search = new URLSearchParams(query).toString();
  const filled = path.replace(/\{\w+\}/, encodeURIComponent(pathParameter.toWellFormed()));
  return search === '' ? filled : `${filled}?${search}`;
}

function bytesOf(body: unknown, isForm: boolean): Buffer {
  if (!isForm) return Buffer.from(JSON.stringify(body));
  return Buffer.from(new URLSearchParams(textMembers(body)).toString());
}

/** Members of a form or a query: whatever they are, text is sent. */
function textMembers(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value as object).map(([name, member]) => [
      name,
      typeof member === 'string' ? member.toWellFormed() : String(member),
    ]),
  );
}

function querySchemaOf({ parameters = [] }: DescribedOperation): JsonSchema {
  const own = parameters.filter((parameter) => parameter.in === 'query');
  return {
    type: 'object',
    properties: Object.fromEntries(own.map(({ name, schema }) => [name, schema])),
    required: own.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** Stands for an address that no other request has: whoever sends a request puts one in, of the same length. */
export const UNIQUE_EMAIL = 'zq-000000@fuzz.example';

const STEM = 'Zq9';
const names = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `${STEM}${text}`);
const ids = fc.nat({ max: 0xffffffffff });

/** Members whose values mean something to the stack, whichever operation takes them. */
function hintsOf(route: Route, world: FuzzWorld): Hints {
  const text = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
  const { holder, other, gone } = world;
  const tokens = {
    'POST /v1/interests/confirm': text(holder.confirmToken, other.confirmToken, gone.confirmToken),
    'POST /v1/reservation/unsubscribe': text(holder.unsubscribeToken, gone.unsubscribeToken),
  }[route as string];
  return {
    email: ids.map((id) => `zq-${id.toString(36)}@fuzz.example`),
    givenName: names,
    familyName: names,
    zip: fc.oneof(
      text('33324', '90621', '10001-1234', '99950', '00000'),
      ids.map((id) => String(id % 100_000).padStart(5, '0')),
    ),
    near: fc.oneof(
      text('33324', '33324-1234', 'Fort Lauderdale, FL', 'Nowhere, ZZ', '90,0', '-90,180', '0,-180'),
      fc
        .tuple(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true }))
        .map(([lat, lng]) => `${lat.toFixed(4)},${lng.toFixed(4)}`),
    ),
    dealerId: text(...world.dealerIds, world.stack.leadStoreId),
    leadId: text(holder.leadId, other.leadId, gone.leadId),
    formToken: text(world.formToken),
    version: text(world.wordingVersion),
    by: fc.uniqueArray(text(...GROUP_KEYS), { minLength: 1, maxLength: 2 }).map((keys) => keys.join(',')),
    token: tokens ?? text(holder.acknowledgeToken, other.acknowledgeToken, gone.acknowledgeToken),
  };
}

/** The form as it is filled in rightly; of any other operation, what its schema and the living values make first. */
function rightInput(
  { route, operation }: Pick<OperationUnderFuzz, 'route' | 'operation'>,
  world: FuzzWorld,
  querySchema: JsonSchema,
  bodySchema: JsonSchema | undefined,
): Input {
  const living: Readonly<Record<string, unknown>> = {
    near: '33324',
    q: 'fort',
    token:
      route === 'POST /v1/interests/confirm'
        ? world.holder.confirmToken
        : route === 'POST /v1/reservation/unsubscribe'
          ? world.holder.unsubscribeToken
          : world.holder.acknowledgeToken,
    email: UNIQUE_EMAIL,
    givenName: `${STEM}ada`,
    familyName: `${STEM}lovelace`,
    zip: '33324',
    model: 'undecided',
    dealerId: world.stack.leadStoreId,
    formToken: world.formToken,
    version: world.wordingVersion,
    page: 'https://alpine.example/',
  };
  const fill = (schema: JsonSchema, name: string): unknown => {
    if (schema.type === 'object') {
      const required = schema.required ?? [];
      const members = Object.entries(schema.properties ?? {}).filter(
        ([member, { not }]) => not === undefined && (required.includes(member) || member in living),
      );
      return Object.fromEntries(members.map(([member, inner]) => [member, fill(inner, member)]));
    }
    if (schema.type === 'boolean' && schema.const === undefined) return false;
    const [sample] = fc.sample(arbitraryOf(schema, {}), { numRuns: 1, seed: 1 });
    return living[name] ?? sample;
  };
  // The holder's lead is closed as soon as another request changes the store.
  const leadId = route.endsWith('/redeliver') ? world.other.leadId : world.holder.leadId;
  const byName: Readonly<Record<string, string>> = { leadId };
  return {
    query: textMembers(fill(requiredOnly(querySchema), '')),
    pathParameter: byName[operation.pathParameter ?? ''] ?? world.stack.leadStoreId,
    body: bodySchema === undefined ? undefined : fill(bodySchema, ''),
  };
}

function requiredOnly(schema: JsonSchema): JsonSchema {
  const { properties = {}, required = [] } = schema;
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => required.includes(name))),
  };
}

function faultyInputsOf(
  querySchema: JsonSchema,
  bodySchema: JsonSchema | undefined,
  right: Input,
  isForm: boolean,
): OperationUnderFuzz['faultyInputs'] {
  // To a query and a form everything is text: null, lists and numbers are none of their faults.
  const isText = (value: unknown): boolean =>
    Object.values(value as object).every((member) => typeof member === 'string');
  const ofQuery = faultsOf(querySchema, right.query)
    .filter(({ value, path }) => path.length > 0 && isText(value))
    .map(({ value, path, fault }) => ({
      input: { ...right, query: textMembers(value) },
      fault,
      names: `?${path.map(String).join('/')}`,
    }));
  const ofBody =
    bodySchema === undefined
      ? []
      : faultsOf(bodySchema, right.body)
          .filter(({ value, path }) => !isForm || (path.length > 0 && isText(value)))
          .map(({ value, path, fault }) => ({ input: { ...right, body: value }, fault, names: pointerTo(path) }));
  const all = [...ofQuery, ...ofBody];
  return all.length === 0 ? undefined : fc.constantFrom(...all);
}

function pointerTo(path: Path): string {
  return path.length === 0 ? '#' : `#/${path.map(String).join('/')}`;
}
