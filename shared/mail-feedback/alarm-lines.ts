/** Messages of the log that alarms listen for, word for word. */
export const STORE_ADDRESS_BOUNCED = 'store address bounced';
export const DELIVERY_GIVEN_UP = 'delivery given up';
