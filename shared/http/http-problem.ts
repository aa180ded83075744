import type { Problem } from '../contract/problem.ts';

const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;
export type ProblemStatus = keyof typeof TITLES;

export type FieldError = NonNullable<Problem['errors']>[number];

interface ProblemParts {
  readonly errors?: readonly FieldError[];
  readonly suggestions?: Problem['suggestions'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal to be answered as `application/problem+json` (RFC 9457). Its detail is read by people: no stack, no value. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: ProblemStatus;
  readonly parts: ProblemParts;

  constructor(status: ProblemStatus, detail: string, parts: ProblemParts = {}) {
    super(detail);
    this.status = status;
    this.parts = parts;
  }

  /** The answer's body. @param instance the request id */
  toProblem(instance: string): Problem {
    return {
      // RFC 9457, 4.2.1: the status says it all.
      type: 'about:blank',
      title: TITLES[this.status],
      status: this.status,
      detail: this.message,
      instance,
      ...(this.parts.errors && { errors: [...this.parts.errors] }),
      ...(this.parts.suggestions && { suggestions: this.parts.suggestions }),
    };
  }
}

/** 400 that names every bad field. */
export function badFields(errors: readonly FieldError[]): HttpProblem {
  const detail = errors.map((error) => `${error.pointer} ${error.detail}`).join('; ');
  return new HttpProblem(400, detail, { errors });
}

/** `?name` for a parameter, a JSON pointer in fragment form (RFC 6901, 6) for a body's member. Keys are a caller's text: cut. */
export function pointerOf(root: '?' | '#', path: readonly PropertyKey[]): string {
  const steps = path.map((step) => cut(String(step)).toWellFormed());
  if (root === '?') return `?${encodeURIComponent(steps[0] ?? '')}`;
  return `#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
