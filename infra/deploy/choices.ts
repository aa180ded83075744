import { parseArgs } from 'node:util';
import { deployableStage } from '../stage-config.ts';
import { Refusal } from './refusal.ts';

const USAGE = `npm run deploy -- --stage dev|prod   shows what would change, asks, deploys, and goes through the checklist
  --yes                 does not ask
  --diff                changes nothing: shows what would change only
  --checklist           changes nothing: goes through the checklist only
  --rotate-origin-key   gives the edge a new key first (docs/deploy.md)`;

/**
 * What the person at the terminal asks for.
 * @param environment theirs
 * @throws Refusal with what is wrong and how it is said right
 */
export function readChoices(args: readonly string[], environment: NodeJS.ProcessEnv) {
  const { stage: name, 'rotate-origin-key': rotateOriginKey, ...choices } = optionsOf(args);
  if (name === undefined) throw new Refusal([`Which stage? Say --stage dev or --stage prod.\n\n${USAGE}`]);
  if (name === 'local') {
    throw new Refusal([
      'The stage local runs on this machine: `npm run dev`. To deploy, say --stage dev or --stage prod.',
    ]);
  }
  const changes = choices.yes || rotateOriginKey;
  if ((choices.checklist && choices.diff) || ((choices.checklist || choices.diff) && changes)) {
    throw new Refusal([`--checklist and --diff change nothing, and each stands alone.\n\n${USAGE}`]);
  }
  try {
    return { stage: deployableStage(name, environment), rotateOriginKey, ...choices };
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal([error.message], { cause: error });
    throw error;
  }
}

function optionsOf(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { stage: { type: 'string' }, yes: flag, diff: flag, checklist: flag, 'rotate-origin-key': flag },
    }).values;
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal([`${error.message}\n\n${USAGE}`], { cause: error });
    throw error;
  }
}
