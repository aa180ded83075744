import { FACT_TABLE } from '../shared/counts/fact-table.ts';
import { ROLLUP_TABLE } from '../shared/counts/rollup-table.ts';
import { SEARCH_COUNT_TABLE } from '../shared/counts/search-count-table.ts';
import { DEALER_TABLE } from '../shared/dealers/dealer-table.ts';
import { LIMIT_TABLE } from '../shared/limits/limit-table.ts';
import { OUTBOX_TABLE } from '../shared/outbox/outbox-table.ts';
import { RESERVATION_TABLE } from '../shared/reservations/reservation-table.ts';

/** Every table as its own module describes it: keys, indexes, and the variable by which functions are told its name. */
export const TABLES = {
  dealers: DEALER_TABLE,
  reservations: RESERVATION_TABLE,
  facts: FACT_TABLE,
  rollups: ROLLUP_TABLE,
  searches: SEARCH_COUNT_TABLE,
  outbox: OUTBOX_TABLE,
  limits: LIMIT_TABLE,
} as const;

export type TableName = keyof typeof TABLES;
