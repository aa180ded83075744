import { Cron } from 'croner';
import { HostError } from '../host-error.ts';

/** When a schedule fires next, strictly after a given time; `undefined` when never again. */
export type NextFiring = (after: Date) => Date | undefined;

const MILLISECONDS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `rate(…)` and `cron(…)` as rules of EventBridge have them, in UTC.
 *
 * @throws HostError for an expression that AWS would refuse
 */
export function parseSchedule(expression: string): NextFiring {
  const [, kind, argument = ''] = /^(rate|cron)\((.+)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'rate':
      return rate(expression, argument);
    case 'cron':
      return cron(expression, argument);
    default:
      throw unknown(expression);
  }
}

function rate(expression: string, argument: string): NextFiring {
  const [, count, unit = ''] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument) ?? [];
  const unitMs = MILLISECONDS[unit];
  if (count === undefined || unitMs === undefined) throw unknown(expression);
  return (after) => new Date(after.getTime() + Number(count) * unitMs);
}

/**
 * EventBridge: minutes, hours, day of month, month, day of week (1 is Sunday), year; `?` for "the other day field decides";
 * `0/15` for "from 0 on, every 15". croner puts seconds first and knows the weekdays as its `alternativeWeekdays`.
 */
function cron(expression: string, argument: string): NextFiring {
  const fields = argument.trim().split(/\s+/);
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if (fields.length !== 6 || (dayOfMonth === '?') === (dayOfWeek === '?')) throw unknown(expression);
  const pattern = [
    '0',
    ...fields.map((field, i) => field.replace(/^\?$/, '*').replace(/(^|,)(\d+)\//g, `$1$2-${MAXIMA[i]}/`)),
  ];
  try {
    const job = new Cron(pattern.join(' '), { timezone: 'UTC', alternativeWeekdays: true, paused: true });
    return (after) => job.nextRun(after) ?? undefined;
  } catch (error) {
    throw unknown(expression, error);
  }
}

/** Largest value of each field, in EventBridge's order. */
const MAXIMA = [59, 23, 31, 12, 7, 2199];

function unknown(expression: string, cause?: unknown): HostError {
  return new HostError(`${expression} is no schedule that EventBridge takes.`, { cause });
}
