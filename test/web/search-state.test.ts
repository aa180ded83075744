import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestFailure } from '../../web/client/failure.ts';
import {
  nextSearchState,
  type SearchEvent,
  type SearchState,
  type StartedSearch,
} from '../../web/widget/search-state.ts';
import { dealersAnswer } from './stub-answers.ts';

const searches: StartedSearch[] = ['Miami', 'Tampa', 'Miami'].map((text) => ({
  text,
  near: text,
  radius: 100,
  unit: 'mi',
}));
const found = dealersAnswer();
const failure = new RequestFailure('slow');

const event = fc
  .tuple(fc.constantFrom(...searches), fc.constantFrom('started', 'slow', 'answered', 'failed'))
  .map(([search, kind]): SearchEvent => {
    if (kind === 'answered') return { kind, search, found };
    if (kind === 'failed') return { kind, search, failure };
    return { kind, search };
  });

test('what is shown is always of the search started last, and the first thing heard of it stays', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const state = events.reduce<SearchState>(nextSearchState, { kind: 'idle' });
      const lastStart = events.findLastIndex(({ kind }) => kind === 'started');
      const started = events[lastStart];
      if (started === undefined) {
        expect(state).toEqual({ kind: 'idle' });
        return;
      }
      const heard = events.slice(lastStart + 1).filter(({ search }) => search === started.search);
      const end = heard.find(({ kind }) => kind === 'answered' || kind === 'failed');
      if (state.kind === 'idle') throw new Error('a started search is forgotten');
      expect(state.search).toBe(started.search);
      if (end === undefined) {
        expect(state).toMatchObject({ kind: 'searching', slow: heard.length > 0 });
      } else {
        expect(state.kind).toBe(end.kind === 'answered' ? 'found' : 'failed');
      }
    }),
  );
});
