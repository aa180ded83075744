import ipaddr from 'ipaddr.js';

/**
 * How often something may happen for one subject within a window of time. Never more often: a request whose answer was lost and
 * that is sent again may count twice, so it can only be less.
 */
export interface Limit {
  readonly of: 'sender' | 'mailbox' | 'mails';
  readonly most: number;
  readonly windowSeconds: number;
}

const HOUR = 3600;

/** Forms that one sender's address may send: an office or a mobile carrier's gateway may stand behind it. */
export const SENDER_LIMIT: Limit = { of: 'sender', most: 30, windowSeconds: HOUR };

/** Mails that forms may send to one mailbox; whoever types a stranger's address cannot fill it. */
export const MAILBOX_LIMITS: readonly Limit[] = [
  { of: 'mailbox', most: 5, windowSeconds: HOUR },
  { of: 'mailbox', most: 10, windowSeconds: 24 * HOUR },
];

/**
 * The window that a moment falls in, in Unix seconds. Windows begin with the clock, an hour's at the full hour UTC: a burst around
 * that moment may pass up to twice as often as one window lets it.
 */
export function windowOf(limit: Limit, nowMilliseconds: number): { startSeconds: number; endSeconds: number } {
  const nowSeconds = Math.floor(nowMilliseconds / 1000);
  const startSeconds = nowSeconds - (nowSeconds % limit.windowSeconds);
  return { startSeconds, endSeconds: startSeconds + limit.windowSeconds };
}

/**
 * What a sender's address counts as: an IPv4 address itself, of an IPv6 address the first 64 bits, which one household has all of.
 * @returns `undefined` when it is no address
 */
export function senderOf(address: string): string | undefined {
  // The package reads `203.0.113` and octal numbers too, as C once did.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return undefined;
  // An IPv4 address may come dressed as IPv6.
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toNormalizedString().split(':').slice(0, 4).join(':');
}

/**
 * The mailbox that an address leads to: without what follows a plus sign, and for Gmail without dots. For limits alone: two people
 * are never taken for one because of it.
 */
export function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1).toLowerCase();
  const name = email.slice(0, at).toLowerCase().replace(/\+.*$/, '');
  const isGmail = domain === 'gmail.com' || domain === 'googlemail.com';
  return isGmail ? `${name.replaceAll('.', '')}@gmail.com` : `${name}@${domain}`;
}
