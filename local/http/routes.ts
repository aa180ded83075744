/** A route of an HTTP API, `GET /v1/dealers/{dealerId}` or `$default`. */
export interface Route<T> {
  readonly routeKey: string;
  readonly target: T;
}

export interface RouteMatch<T> {
  readonly route: Route<T>;
  readonly pathParameters: Readonly<Record<string, string>>;
}

type Segment = { readonly kind: 'literal' | 'parameter' | 'greedy'; readonly name: string };

interface Candidate<T> {
  readonly route: Route<T>;
  /** `ANY` takes every method. */
  readonly method: string;
  readonly segments: readonly Segment[];
}

/**
 * Selects routes as API Gateway does: the most specific path wins (literal over `{parameter}` over `{proxy+}`, segment by
 * segment), then a named method over `ANY`, and `$default` takes what is left.
 *
 * @returns a function of method and decoded path; `undefined` when no route takes them
 */
export function createRouter<T>(
  routes: readonly Route<T>[],
): (method: string, path: string) => RouteMatch<T> | undefined {
  const fallback = routes.find((route) => route.routeKey === '$default');
  const candidates = routes
    .filter((route) => route !== fallback)
    .map(parseRoute)
    .sort(bySpecificity);
  return (method, path) => {
    const parts = path.split('/').slice(1);
    for (const candidate of candidates) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const pathParameters = matchPath(candidate.segments, parts);
      if (pathParameters !== undefined) return { route: candidate.route, pathParameters };
    }
    return fallback && { route: fallback, pathParameters: {} };
  };
}

function parseRoute<T>(route: Route<T>): Candidate<T> {
  const [method = '', path = ''] = route.routeKey.split(' ');
  const segments = path
    .split('/')
    .slice(1)
    .map((text): Segment => {
      const parameter = /^\{([^}+]+)(\+?)\}$/.exec(text);
      if (parameter?.[1] === undefined) return { kind: 'literal', name: text };
      return { kind: parameter[2] === '+' ? 'greedy' : 'parameter', name: parameter[1] };
    });
  return { route, method, segments };
}

const RANK = { literal: 0, parameter: 1, greedy: 2 } as const;

function bySpecificity(a: Candidate<unknown>, b: Candidate<unknown>): number {
  const shorter = Math.min(a.segments.length, b.segments.length);
  for (let i = 0; i < shorter; i++) {
    const difference = RANK[a.segments[i]?.kind ?? 'greedy'] - RANK[b.segments[i]?.kind ?? 'greedy'];
    if (difference !== 0) return difference;
  }
  if (a.segments.length !== b.segments.length) return b.segments.length - a.segments.length;
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function matchPath(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    if (segment.kind === 'greedy') {
      const rest = parts.slice(i).join('/');
      if (rest === '') return undefined;
      parameters[segment.name] = rest;
      return parameters;
    }
    const part = parts[i];
    if (part === undefined || (segment.kind === 'literal' ? part !== segment.name : part === '')) return undefined;
    if (segment.kind === 'parameter') parameters[segment.name] = part;
  }
  return parts.length === segments.length ? parameters : undefined;
}
