import ipaddr from 'ipaddr.js';

/** Ranges (as ipaddr.js names them) that an operator may allow: they are of the network that the gateway is in. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'private',
  'loopback',
  'linkLocal',
  'carrierGradeNat',
  'uniqueLocal',
]);

/** The part of IPv6 that is given out for use in the public network. All else is special or not given out. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether a request may go to an IP address that somebody else has chosen. Public ones always may. Private, loopback,
 * link-local, carrier-grade NAT and unique local ones may if `allowPrivate`. None else ever may: multicast,
 * documentation, benchmarking, unspecified and reserved ones, and IPv6 ones that stand for an IPv4 address (mapped,
 * compatible, NAT64, 6to4, Teredo). An address with a zone id (`fe80::1%eth0`), and what is no address, may not.
 */
export function isAllowedAddress(address: string, allowPrivate = false): boolean {
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (allowPrivate && PRIVATE_RANGES.has(range)) return true;
  if (range !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST);
}
