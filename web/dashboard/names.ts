import { DASHBOARD_MESSAGES as messages } from '../messages/dashboard-messages.ts';
import { UNDECIDED } from '../widget/interest-values.ts';
import type { GroupKey, Names } from './counts.ts';

/** Names that do not come with every answer: of states (from the map's file) and models (from the form's). */
export interface KnownNames {
  readonly states: Readonly<Record<string, string>>;
  readonly models: Readonly<Record<string, string>>;
}

/** What a code is called: as the answer says, as the page knows, or the code itself, which is at least true. */
export function nameOf(key: GroupKey, code: string | undefined, names: Names | undefined, known: KnownNames): string {
  if (code === undefined) return messages.unknown;
  const named = names?.[key]?.[code];
  if (named !== undefined) return named;
  if (key === 'distance-band') return messages.bandNames[code] ?? code;
  if (code === 'unknown') return key === 'metro' ? messages.noMetro : messages.unknown;
  if (code === 'none')
    return key === 'dealer' ? messages.noStore : key === 'campaign' ? messages.noCampaign : messages.none;
  if (key === 'state') return known.states[code] ?? code;
  if (key === 'model') return known.models[code] ?? (code === UNDECIDED ? messages.undecided : code);
  return code;
}
