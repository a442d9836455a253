import { expect, test } from 'vitest';
import { isPublicAddress } from '../../../src/homeserver/public/public-address.ts';

test.each(['93.184.215.14', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '::ffff:93.184.215.14'])(
  '%s is public',
  (address) => expect(isPublicAddress(address)).toBe(true),
);

test.each([
  ['this host', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['loopback', '127.0.0.1'],
  ['loopback, another one', '127.255.255.254'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['link-local, where clouds keep their secrets', '169.254.169.254'],
  ['shared', '100.64.0.1'],
  ['for documentation', '192.0.2.1'],
  ['for benchmarks', '198.18.0.1'],
  ['multicast', '224.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['link-local', 'fe80::1'],
  ['link-local with its zone', 'fe80::1%eth0'],
  ['unique local', 'fd00::1'],
  ['multicast', 'ff02::1'],
  ['loopback of IPv4 in IPv6', '::ffff:127.0.0.1'],
  ['the same in hexadecimal', '::ffff:7f00:1'],
  ['private of IPv4 in IPv6', '::ffff:10.0.0.1'],
  ['loopback in the old way of IPv4 in IPv6', '::127.0.0.1'],
  ['loopback behind a translator', '64:ff9b::7f00:1'],
  ['private behind a translator', '64:ff9b::a00:1'],
  ['loopback in 6to4', '2002:7f00:1::'],
  ['Teredo', '2001:0:53aa:64c::1'],
  ['for documentation', '2001:db8::1'],
  ['no address', 'localhost'],
  ['no address', ''],
])('%s is not: %s', (_, address) => expect(isPublicAddress(address)).toBe(false));
