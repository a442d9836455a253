import { late } from '../../core/late.ts';

/**
 * Whether an IP address belongs to the public internet: no private, loopback, link-local, shared or reserved one, nor
 * one of IPv6 that stands for an address of IPv4 that is none of these.
 */
export function isPublicAddress(address: string): boolean {
  // A zone says which link it is on, so that there is one.
  const ipaddr = late.ipaddr();
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'unicast';
}
