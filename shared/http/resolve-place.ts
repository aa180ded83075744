import type { Gazetteer } from '../gazetteer/gazetteer.ts';
import type { NearAnswer } from '../gazetteer/place.ts';
import { badFields, type FieldError, HttpProblem } from './http-problem.ts';

type FoundPlace = Extract<NearAnswer, { kind: 'found' }>;

/**
 * The place that a search's `near` names.
 * @throws HttpProblem 400 when it has none of the accepted forms; 404, with suggestions, when no such place is known
 */
export function resolvePlace(near: string, gazetteer: Gazetteer): FoundPlace {
  const answer = gazetteer.resolveNear(near);
  switch (answer.kind) {
    case 'found':
      return answer;
    case 'malformed':
      throw badFields([{ pointer: '?near', detail: answer.detail }]);
    case 'unknown':
      throw new HttpProblem(404, answer.detail, {
        ...(answer.suggestions.length > 0 && {
          suggestions: answer.suggestions.map(({ label, near }) => ({ label, near })),
        }),
      });
  }
}

/** The fault of a refused query's `near`, when it has none of the accepted forms either. */
export function malformedPlace(query: unknown, gazetteer: Gazetteer): readonly FieldError[] {
  const near = typeof query === 'object' && query !== null && 'near' in query ? query.near : undefined;
  const answer = typeof near === 'string' ? gazetteer.resolveNear(near) : undefined;
  return answer?.kind === 'malformed' ? [{ pointer: '?near', detail: answer.detail }] : [];
}
