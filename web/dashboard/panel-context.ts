import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import type { CountsGroup, GroupKey, InterestCounts } from './counts.ts';
import { COUNT_COLUMNS, countCells, type TableContent } from './data-table.ts';
import type { LoadRound, Span } from './load-round.ts';
import { type KnownNames, nameOf } from './names.ts';
import type { CountiesFile, StatesFile } from './shape-files.ts';
import type { View } from './view.ts';

/** What panels are given besides the counts. */
export interface PanelContext {
  readonly known: KnownNames;
  /** The shapes of all states. @throws RequestFailure */
  states(): Promise<StatesFile>;
  /** The shapes of a state's counties; `undefined` where there are none that anything is counted by. @throws RequestFailure */
  counties(state: string): Promise<CountiesFile | undefined>;
  /** Shows another view, and puts it into the address. */
  navigate(view: View): void;
}

/** The days that a count covers, in words. */
export function spanText(round: LoadRound, span: Span): string {
  const { from, to } = round.days;
  return span === 'standing' ? messages.standing(to) : messages.during(from, to);
}

/** The rows of an answer as the API's file has them: names of the keys, codes where they are others, six counts. */
export function countsTable(
  caption: string,
  by: readonly GroupKey[],
  answer: InterestCounts,
  groups: readonly CountsGroup[],
  known: KnownNames,
): TableContent {
  return {
    caption,
    columns: [...by.map((key) => messages.keys[key]), ...COUNT_COLUMNS],
    textColumns: by.length,
    rows: groups.map((group) => [
      ...by.map((key) => nameOf(key, group[key], answer.names, known)),
      ...countCells(group, answer.suppressedBelow),
    ]),
  };
}
