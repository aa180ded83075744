import ipaddr from 'ipaddr.js';

export interface AddressRules {
  /** For tests on one machine: lets 127.0.0.1, ::1 and `localhost` through, and `http://` to what leads to these; nothing else. */
  readonly allowLoopback: boolean;
}

/** All that is assigned to hosts on the public internet (IANA, "IPv6 Global Unicast Address Assignments"). */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3');
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1'];

/** Ports below are those of other protocols, where a request could be taken for something else. */
const FIRST_FREE_PORT = 1024;
const HTTPS_PORT = 443;
const HTTP_PORT = 80;

/**
 * What is wrong with an IP address as one to connect to; `undefined` when it is a host's on the public internet. Refused are private, loopback,
 * link-local, shared (CGNAT), unique local, multicast, documentation, benchmarking and reserved addresses, and IPv6 addresses that lead to
 * an IPv4 one (mapped, compatible, 6to4, Teredo, NAT64). The phrase does not repeat the address.
 * @param address IPv4 with four decimal parts or IPv6, without a zone
 */
export function addressFault(address: string, { allowLoopback }: AddressRules): string | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return 'is not an IP address';
  if (allowLoopback && isLoopback(address)) return undefined;
  return isPublic(address) ? undefined : 'is not on the public internet';
}

/** Whether an address is 127.0.0.1 or ::1. */
export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && LOOPBACK.includes(ipaddr.parse(address).toString());
}

function isPublic(address: string): boolean {
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv4) return true;
  // ipaddr.js calls what it does not know unicast, among it ::7f00:1, which some systems take for 127.0.0.1.
  return parsed.zoneId === undefined && parsed.match(GLOBAL_UNICAST_V6);
}

/**
 * What is wrong with an address for webhooks, as a phrase that begins with "must" and does not repeat it; `undefined` when nothing is. Names are not
 * resolved here: what one leads to is checked when it is used, by `addressFault`.
 *
 * It is `https://` to a full name or a public IP address, at port 443 or from 1024 on, without user name, password and fragment.
 */
export function webhookUrlFault(text: string, { allowLoopback }: AddressRules): string | undefined {
  // What URL would drop, mend or take for a slash: two readers of it could see two hosts.
  if (/[\s\p{Cc}\\]/u.test(text)) return 'must hold no blank, control character or backslash';
  const scheme = /^(https?):\/\/[^/?#]/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || (scheme === 'http' && !allowLoopback)) return 'must begin with https://';
  if (!URL.canParse(text)) return 'must be a URL with a host';
  if (/^[^/]*\/\/[^/?#]*@/.test(text)) return 'must hold no user name or password';
  if (text.includes('#')) return 'must have no part after #';
  const url = new URL(text);
  if (!isAllowedPort(url)) return `must use port ${HTTPS_PORT} or one from ${FIRST_FREE_PORT} on`;
  const host = hostOf(url);
  if (allowLoopback && (isLoopback(host) || host === 'localhost')) return undefined;
  if (ipaddr.isValid(host)) {
    if (scheme === 'http') return 'must begin with https://';
    return addressFault(host, { allowLoopback }) === undefined ? undefined : 'must lead to the public internet';
  }
  // A name without a dot, or below .localhost, is one of this machine or its network.
  const isFullName = /^[^.]+(\.[^.]+)+$/.test(host) && !host.endsWith('.localhost');
  return isFullName ? undefined : 'must have a full host name, such as crm.example.com';
}

/** The host of a URL as a resolver and a socket take it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function isAllowedPort(url: URL): boolean {
  const usual = url.protocol === 'http:' ? HTTP_PORT : HTTPS_PORT;
  const port = url.port === '' ? usual : Number(url.port);
  return port === usual || port >= FIRST_FREE_PORT;
}
