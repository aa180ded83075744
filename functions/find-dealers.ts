import { CANARY_AGENT } from '../shared/canary/walk-canary.ts';
import { findDealers as operation } from '../shared/contract/dealers.ts';
import { searchFields } from '../shared/counts/search-counts.ts';
import { DEALER_TABLE, dealerTable } from '../shared/dealers/dealer-table.ts';
import { findDealers } from '../shared/dealers/find-dealers.ts';
import { METERS_PER_UNIT, searchAnswer, searchGeoJson } from '../shared/dealers/search-answer.ts';
import { api } from '../shared/http/api.ts';
import { noteInLog } from '../shared/http/middleware.ts';
import { malformedPlace, resolvePlace } from '../shared/http/resolve-place.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { gazetteer } from '../shared/runtime/gazetteer-file.ts';
import { METRICS, measure } from '../shared/runtime/metrics.ts';

const dealers = dealerTable(documentClient(), requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);

export const handler = api(
  operation,
  async ({ query, mediaType, event }) => {
    const { near, radius, unit, limit, model } = query;
    const origin = resolvePlace(near, gazetteer());
    const found = await findDealers(
      { origin: origin.location, radiusMeters: radius * METERS_PER_UNIT[unit], limit, ...(model && { model }) },
      dealers,
    );
    if (event.headers['user-agent'] !== CANARY_AGENT) {
      // Searches are counted from the log: `count-searches` is fed with the lines that tell this.
      noteInLog(event, searchFields(origin.state, found.hits[0]?.distanceMeters));
      measure({ [METRICS.searches]: 1, [METRICS.searchesBeyondRadius]: found.beyondRadius ? 1 : 0 });
    }
    const answer = searchAnswer(origin, { radius, unit }, found);
    return mediaType === 'application/geo+json' ? searchGeoJson(answer) : answer;
  },
  { furtherErrors: async ({ query }) => malformedPlace(query, gazetteer()) },
);
