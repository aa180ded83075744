/** Messages of the log that alarms listen for, word for word. */
export const COUNTS_DRIFT = 'counts drift';
export const ROLL_UP_BEHIND = 'roll-up behind';
