import { countInterests as operation } from '../shared/contract/interest-counts.ts';
import { FACT_TABLE, factTable } from '../shared/counts/fact-table.ts';
import { countFacts, DEFINITIONS } from '../shared/counts/grouping.ts';
import { hoursOfDays } from '../shared/counts/period.ts';
import { api } from '../shared/http/api.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { gazetteer } from '../shared/runtime/gazetteer-file.ts';

const facts = factTable(documentClient(), requireEnvironment(FACT_TABLE.environmentVariable));

export const handler = api(operation, async ({ query }) => {
  const { by = [], from, to, dealerId, ...filters } = query;
  // Everything committed before this moment is read: the reads are strongly consistent.
  const asOf = `${new Date().toISOString().slice(0, 19)}Z`;
  const counted = countFacts(
    await facts.readFacts(hoursOfDays({ from, to })),
    by,
    { ...filters, dealer: dealerId },
    (state) => gazetteer().findState(state),
  );
  return { asOf, complete: true, definitions: DEFINITIONS, ...counted };
});
