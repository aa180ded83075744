import type { StageConfig } from '../stage-config.ts';
import type { ChecklistPorts } from './checklist-check.ts';
import { deploymentChecks } from './deployment-checks.ts';
import { BY_HAND, peopleChecks } from './people-checks.ts';
import { readOutputs } from './stage-stacks.ts';

/** Done, not done with what to do, or for a person to look at. */
export interface ChecklistItem {
  readonly title: string;
  /** Whose it is: a deployment that leaves its own undone has failed. */
  readonly of: 'deployment' | 'people';
  readonly state: 'done' | 'open' | 'by hand';
  readonly say?: string;
}

/** Everything that a stage needs to be of use, checked against the account and the running stage. */
export async function runChecklist(ports: ChecklistPorts, stage: StageConfig): Promise<readonly ChecklistItem[]> {
  const checked = { ...ports, stage, outputs: await readOutputs(ports.account, stage.name) };
  const items: ChecklistItem[] = [];
  for (const [of, checks] of [
    ['deployment', deploymentChecks(checked)],
    ['people', peopleChecks(checked)],
  ] as const) {
    for (const [title, check] of Object.entries(checks)) {
      const say = await check().catch(saidByError);
      items.push(say === undefined ? { title, of, state: 'done' } : { title, of, state: 'open', say });
    }
  }
  return [...items, ...BY_HAND.map(([title, say]): ChecklistItem => ({ title, of: 'people', state: 'by hand', say }))];
}

/** A check that could not be made is not done; what AWS says is for the person at the terminal. */
function saidByError(error: unknown): string {
  return `could not be checked: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}

const MARKS: Readonly<Record<ChecklistItem['state'], string>> = { done: '[x]', open: '[ ]', 'by hand': ' · ' };

export function checklistLines(items: readonly ChecklistItem[]): string[] {
  return items.map(({ title, state, say }) =>
    [
      `${MARKS[state]} ${title}`,
      ...(say ?? '')
        .split('\n')
        .filter(Boolean)
        .map((line) => `      ${line}`),
    ].join('\n'),
  );
}
