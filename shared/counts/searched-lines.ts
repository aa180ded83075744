import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { UNKNOWN_GROUP } from './fact.ts';
import { SEARCH_BANDS } from './search-counts.ts';

/**
 * The lines of `find-dealers` that are searches answered, as a filter pattern of CloudWatch Logs: neither HEAD nor a refusal, nor
 * the canary's, which tell no distance. A 304 counts, for somebody has asked.
 */
export const SEARCHED_LINES =
  '{ $.message = "answered" && $.route = "GET /v1/dealers" && ($.status = 200 || $.status = 304) && $.distanceBand = "*" }';

/** How often one kind of search was asked on one day. */
export interface SearchTally {
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly distanceBand: string;
  /** By state's code, or `unknown`. */
  readonly searchesByState: Readonly<Record<string, number>>;
}

/** What CloudWatch Logs delivers at one go. */
export interface SearchBatch {
  /** Alike whenever the same lines come again. */
  readonly id: string;
  /** One for each day and band. */
  readonly tallies: readonly SearchTally[];
}

// The form is CloudWatch Logs' own: user guide, "Subscription filters with AWS Lambda".
const LogBatch = z.object({
  messageType: z.string(),
  logEvents: z.array(z.object({ id: z.string().check(z.minLength(1)), message: z.string() })),
});
const SearchedLine = z.object({
  time: z.iso.datetime(),
  state: z.union([z.string().check(z.regex(/^[A-Z]{2}$/)), z.literal(UNKNOWN_GROUP)]),
  distanceBand: z.enum(SEARCH_BANDS),
});

/**
 * Sums a batch by day, band and state.
 * @param data base64 of gzip of JSON
 * @returns `undefined` for the message by which CloudWatch Logs only tries whether it is heard
 * @throws RangeError when the batch or any of its lines is not as it should be: it counts whole or not at all
 */
export function readSearchBatch(data: string): SearchBatch | undefined {
  const batch = LogBatch.safeParse(jsonOf(() => gunzipSync(Buffer.from(data, 'base64')).toString('utf8')));
  if (!batch.success) throw new RangeError('what was delivered is no batch of log lines');
  const { messageType, logEvents } = batch.data;
  if (messageType !== 'DATA_MESSAGE') return undefined;
  const tallies = new Map<string, { day: string; distanceBand: string; searchesByState: Record<string, number> }>();
  for (const [index, { message }] of logEvents.entries()) {
    const line = SearchedLine.safeParse(jsonOf(() => message));
    if (!line.success) throw new RangeError(`line ${index + 1} of ${logEvents.length} is no search`);
    const { time, state, distanceBand } = line.data;
    const day = time.slice(0, 10);
    const key = `${day} ${distanceBand}`;
    const tally = tallies.get(key) ?? { day, distanceBand, searchesByState: {} };
    tally.searchesByState[state] = (tally.searchesByState[state] ?? 0) + 1;
    tallies.set(key, tally);
  }
  const ids = createHash('sha256').update(JSON.stringify(logEvents.map(({ id }) => id)));
  return { id: ids.digest('hex'), tallies: [...tallies.values()] };
}

/** `undefined` for what cannot be read: the reader's own message may quote it. */
function jsonOf(read: () => string): unknown {
  try {
    return JSON.parse(read());
  } catch {
    return undefined;
  }
}
