import { FUNCTION_SPECS } from '../../infra/functions.ts';

/** Names of the functions that run by themselves, every so many minutes or once a day. */
export const SCHEDULED = FUNCTION_SPECS.filter(
  ([, { trigger }]) => 'everyMinutes' in trigger || 'dailyAtHour' in trigger,
).map(([name]) => name);
