import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSearchBatch } from '../../shared/counts/searched-lines.ts';
import { anySearch, delivered, searchedLine } from './search-batch.ts';

const LINE = searchedLine({ day: '2026-11-25', state: 'FL', distanceBand: '0-10' });

describe('a batch of searches', () => {
  test('is summed by day, band and state, as counting its lines one by one gives', () => {
    fc.assert(
      fc.property(fc.array(anySearch, { minLength: 1, maxLength: 80 }), (searches) => {
        const batch = readSearchBatch(delivered(searches.map(searchedLine)));
        const tallies = batch?.tallies ?? [];
        const kinds = tallies.map(({ day, distanceBand }) => `${day} ${distanceBand}`);
        expect(new Set(kinds).size).toBe(kinds.length);
        const summed = tallies.flatMap(({ day, distanceBand, searchesByState }) =>
          Object.entries(searchesByState).flatMap(([state, count]) =>
            Array.from({ length: count }, () => `${day} ${distanceBand} ${state}`),
          ),
        );
        const lines = searches.map(({ day, distanceBand, state }) => `${day} ${distanceBand} ${state}`);
        expect(summed.toSorted()).toEqual(lines.toSorted());
      }),
    );
  });

  test('has the id of its lines: the same when it comes again, another when it holds others', () => {
    const once = delivered([LINE]);
    expect(readSearchBatch(once)?.id).toBe(readSearchBatch(once)?.id);
    expect(readSearchBatch(delivered([LINE]))?.id).not.toBe(readSearchBatch(once)?.id);
  });

  test('is none when CloudWatch Logs only tries whether it is heard', () => {
    const control = { messageType: 'CONTROL_MESSAGE', logEvents: [{ id: '', timestamp: 1, message: 'CWL CONTROL' }] };
    expect(readSearchBatch(delivered([], { ...control, logEvents: [{ ...control.logEvents[0], id: 'x' }] }))).toBe(
      undefined,
    );
  });

  test.each([
    ['no base64 of gzip', 'nonsense'],
    ['no JSON', gzipSync('{').toString('base64')],
    ['no batch', gzipSync('{"messageType":"DATA_MESSAGE"}').toString('base64')],
    ['a line that is no JSON', delivered([LINE, 'START RequestId'])],
    ['a line without a state', delivered([LINE, LINE.replace('"state":"FL",', '')])],
    ['a line with a ZIP for a state', delivered([LINE.replace('"FL"', '"33324"'), LINE])],
    ['a line of an unknown band', delivered([LINE.replace('0-10', '0-11')])],
    ['a line without a time', delivered([LINE.replace('"time"', '"at"')])],
  ])('that has %s counts not at all, and the refusal quotes nothing', (_, data) => {
    expect(() => readSearchBatch(data)).toThrow(RangeError);
    expect(() => readSearchBatch(data)).toThrow(
      /^(what was delivered is no batch of log lines|line \d of \d is no search)$/,
    );
  });
});
