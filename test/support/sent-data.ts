/** Something that tests told the stack, or were given by it, and that nothing the stack logs may repeat. */
export interface SentDatum {
  readonly kind: 'e-mail' | 'name' | 'phone' | 'ZIP+4' | 'token' | 'idempotency key' | 'person key' | 'network address';
  readonly value: string;
}

const MEMBERS: Readonly<Record<string, SentDatum['kind']>> = {
  email: 'e-mail',
  givenName: 'name',
  familyName: 'name',
  phone: 'phone',
  zip: 'ZIP+4',
  token: 'token',
  formToken: 'token',
  manageToken: 'token',
};

/**
 * What would tell if it stood in a log. Shorter values stand there by chance: a name of two letters, the five digits of a
 * ZIP, a token that a test made up as `x`.
 */
const TELLING: Readonly<Record<SentDatum['kind'], RegExp>> = {
  'e-mail': /^.+@.{3,}$/s,
  name: /^.{3,}$/su,
  phone: /\d{10}$/,
  'ZIP+4': /^\d{5}-\d{4}$/,
  token: /^.{16,}$/s,
  'idempotency key': /^.{8,}$/s,
  'person key': /^.{16,}$/s,
  'network address': /^.{7,}$/s,
};

/** What of a request is a person's, or opens what is a person's: in body, credentials, key and query. */
export function dataOfRequest(request: {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly from: string | undefined;
}): SentDatum[] {
  const { query, headers, body, from } = request;
  return telling([
    ...membersOf(parsed(body), Object.keys(MEMBERS)),
    { kind: 'token', value: (headers['authorization'] ?? '').replace(/^Bearer +/i, '') },
    { kind: 'idempotency key', value: headers['idempotency-key'] ?? '' },
    { kind: 'token', value: query.get('token') ?? '' },
    { kind: 'ZIP+4', value: query.get('near') ?? '' },
    { kind: 'network address', value: from ?? '' },
  ]);
}

/** The tokens that an answer hands out. What else it says of people they told us, so it is known already. */
export function dataOfAnswer(json: unknown): SentDatum[] {
  return telling(membersOf(json, ['formToken', 'manageToken']));
}

/** The lines, from 1, that repeat one of the values, in any of the ways that programs write them down. */
export function repetitionsIn(log: string, data: readonly SentDatum[]): { kind: SentDatum['kind']; line: number }[] {
  const wanted = new Map(data.map((datum) => [`${datum.kind} ${datum.value}`, datum]));
  const lowerLog = log.toLowerCase();
  const stands = ({ kind, spelling }: Spelled, text: string, lower: string) =>
    kind === 'e-mail' ? lower.includes(spelling.toLowerCase()) : text.includes(spelling);
  const found = [...wanted.values()]
    .flatMap(({ kind, value }) => spellingsOf(kind, value).map((spelling): Spelled => ({ kind, spelling })))
    .filter((spelled) => stands(spelled, log, lowerLog));
  return log.split('\n').flatMap((text, index) => {
    const lower = text.toLowerCase();
    const kinds = found.filter((spelled) => stands(spelled, text, lower)).map(({ kind }) => kind);
    return [...new Set(kinds)].map((kind) => ({ kind, line: index + 1 }));
  });
}

interface Spelled {
  readonly kind: SentDatum['kind'];
  readonly spelling: string;
}

/** What is as good as the whole: a number without its country, a token's signature, a key without its version. */
function coreOf(kind: SentDatum['kind'], value: string): string {
  switch (kind) {
    case 'phone':
      return value.slice(-10);
    case 'person key':
      return value.replace(/^\d+:/, '');
    case 'token': {
      const signature = value.split('.').at(-1) ?? '';
      return TELLING.token.test(signature) ? signature : value;
    }
    default:
      return value;
  }
}

function spellingsOf(kind: SentDatum['kind'], value: string): string[] {
  const core = coreOf(kind, value);
  return [...new Set([core, JSON.stringify(core).slice(1, -1), encodeURIComponent(core.toWellFormed())])];
}

function telling(data: readonly SentDatum[]): SentDatum[] {
  return data.filter(({ kind, value }) => TELLING[kind].test(value));
}

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? 'null');
  } catch {
    // A test of bad bodies, or a form: nothing in it has a member's name.
    return undefined;
  }
}

/** Deeper than any body of the API; a test of bad ones nests thousands. */
const MAX_DEPTH = 8;

function membersOf(value: unknown, names: readonly string[], depth = 0): SentDatum[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const kind = names.includes(name) ? MEMBERS[name] : undefined;
    return kind !== undefined && typeof member === 'string'
      ? [{ kind, value: member }]
      : membersOf(member, names, depth + 1);
  });
}
