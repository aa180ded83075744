import { DEALER_TABLE, dealerTable } from '../shared/dealers/dealer-table.ts';
import { findDealers } from '../shared/dealers/find-dealers.ts';
import { METERS_PER_UNIT } from '../shared/dealers/search-answer.ts';
import { MODEL_IDS } from '../shared/launch/launch.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { gazetteer } from '../shared/runtime/gazetteer-file.ts';
import { pageSite } from '../shared/runtime/page-site.ts';
import { FIND_LIMIT, FIND_RADIUS_MILES, findPage } from '../web/pages/find-page.ts';
import { pageHandler } from '../web/pages/page-handler.ts';

const dealers = dealerTable(documentClient(), requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);

export const handler = pageHandler(pageSite(), async ({ query, locale }) => {
  const near = query.get('near')?.trim() ?? '';
  const model = query.get('model') ?? '';
  const question = { near, model: MODEL_IDS.includes(model) ? model : '' };
  if (near === '') return findPage(question, { kind: 'unasked' }, locale);
  const place = gazetteer().resolveNear(near);
  if (place.kind === 'malformed') return { status: 400, ...findPage(question, place, locale) };
  if (place.kind === 'unknown') return { status: 404, ...findPage(question, place, locale) };
  const found = await findDealers(
    {
      origin: place.location,
      radiusMeters: FIND_RADIUS_MILES * METERS_PER_UNIT.mi,
      limit: FIND_LIMIT,
      ...(question.model !== '' && { model: question.model }),
    },
    dealers,
  );
  return findPage(question, { kind: 'found', label: place.label, ...found }, locale);
});
