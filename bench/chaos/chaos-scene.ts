import type { LeadChannel } from '../../shared/outbox/delivery.ts';
import type { MailTaker } from '../stack/mail-taker.ts';
import type { BuyerRecord } from './chaos-buyer.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What marketing is told: the total and each group have a number by every event, and `active`. */
export interface ToldCounts {
  readonly total: Row;
  readonly groups: readonly Row[];
}

/** What everyone was told in a run, and what the tables hold when all is calm. */
export interface ChaosScene {
  readonly buyers: readonly BuyerRecord[];
  /** All rows, by the variable that names their table. */
  readonly tables: ReadonlyMap<string, readonly Row[]>;
  /** As marketing is told, by what it asked for: one key, or two with a comma between. */
  readonly counted: ReadonlyMap<string, ToldCounts>;
  readonly taker: Pick<MailTaker, 'mails' | 'webhooks'>;
  /** Leads whose stores were told that they have taken them on. */
  readonly acknowledged: ReadonlySet<string>;
  /** How a store's leads reach it. */
  channelsOf(dealerId: string): readonly LeadChannel[];
}

/** Of a table, by the variable that names it; none when there is no such table. */
export function rowsOf({ tables }: ChaosScene, table: { readonly environmentVariable: string }): readonly Row[] {
  return tables.get(table.environmentVariable) ?? [];
}
