import type { Problem } from '../../shared/contract/problem.ts';

/**
 * Why a request brought no answer to show.
 * `unreachable`: no connection. `slow`: no answer in time. `busy`: too many requests. `server`: a fault on our side.
 * `refused`: the API says what is wrong with the request, in `problem`.
 */
export type FailureKind = 'unreachable' | 'slow' | 'busy' | 'server' | 'refused';

/** A request that failed. Its message carries no part of the request: that may be about a person. */
export class RequestFailure extends Error {
  readonly kind: FailureKind;
  /** What the API said, when it said something in its own format. */
  readonly problem: Problem | undefined;
  /** Of the answer, whoever gave it; `undefined` when none came. */
  readonly status: number | undefined;
  /** The id under which the request is found in the logs, when one was given. */
  readonly requestId: string | undefined;

  constructor(kind: FailureKind, problem?: Problem, response?: Response) {
    super(problem === undefined ? kind : `${kind}: ${problem.status} ${problem.title}`);
    this.name = 'RequestFailure';
    this.kind = kind;
    this.problem = problem;
    this.status = response?.status ?? problem?.status;
    this.requestId = problem?.instance ?? response?.headers.get('apigw-requestid') ?? undefined;
  }

  /** The fields of the body that the API refused, as JSON pointers: `#/email`. */
  get pointers(): readonly string[] {
    return (this.problem?.errors ?? []).map((error) => error.pointer);
  }
}

/** Whether a request failed. Told by the name: each script of the widget has a copy of the class of its own. */
export function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && error.name === 'RequestFailure';
}
