import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type DaySearches, SEARCH_BANDS } from '../../shared/counts/search-counts.ts';

/** Lines of `find-dealers` as CloudWatch Logs delivers them. */
export function delivered(messages: readonly string[], more: object = {}): string {
  const batch = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: 'find-dealers',
    logStream: '2026/11/25/[$LATEST]d5c1',
    subscriptionFilters: ['searches'],
    logEvents: messages.map((message) => ({ id: randomUUID(), timestamp: 1_795_600_000_000, message })),
    ...more,
  };
  return gzipSync(JSON.stringify(batch)).toString('base64');
}

/** The line that a search leaves. */
export function searchedLine({ day, state, distanceBand }: Omit<DaySearches, 'searches'>): string {
  return JSON.stringify({
    time: `${day}T14:05:09.120Z`,
    level: 'info',
    message: 'answered',
    requestId: randomUUID(),
    route: 'GET /v1/dealers',
    status: 200,
    durationMs: 12,
    state,
    distanceBand,
  });
}

const anyDay = fc.constantFrom('2025-12-28', '2025-12-31', '2026-01-01', '2026-11-23', '2026-11-30');

/** One search. */
export const anySearch = fc.record({
  day: anyDay,
  state: fc.constantFrom('FL', 'AK', 'PR', 'OR', 'unknown'),
  distanceBand: fc.constantFrom(...SEARCH_BANDS),
});
