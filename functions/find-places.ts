import { findPlaces as operation } from '../shared/contract/dealers.ts';
import { api } from '../shared/http/api.ts';
import { gazetteer } from '../shared/runtime/gazetteer-file.ts';

const MOST_PLACES = 8;

export const handler = api(operation, async ({ query }) => ({
  places: [...gazetteer().suggestPlaces(query.q, MOST_PLACES)],
}));
