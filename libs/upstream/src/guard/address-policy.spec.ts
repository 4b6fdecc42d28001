import { BlockList } from 'node:net';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isAllowedAddress } from './address-policy.js';

const PRIVATE = [
  ...['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', '127.0.0.1'],
  ...['127.255.255.254', '169.254.169.254', '100.127.255.255', '::1', 'fe80::1', 'fc00::1', 'fdff::1'],
];

const NEVER = [
  ...['0.0.0.0', '0.1.2.3', '192.0.0.8', '192.0.2.1', '192.88.99.1', '198.18.0.1', '198.19.255.255'],
  ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', 'ff02::1', '2001:db8::1', '3fff::1', '100::1', '2001:2::1', 'fec0::1', '4000::1', '5f00::1'],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b::808:808',
  ],
  ...['64:ff9b:1::a00:1', '2002:7f00:1::', '2002:808:808::1', '2001::1', 'fe80::1%eth0', '2606:4700::1%1'],
  ...['', 'localhost', '1.2.3.4.5', '999.1.1.1', '[::1]', '1.2.3.4/8', ' 8.8.8.8'],
];

/** What the registries of IANA set apart. */
const SPECIAL: readonly (readonly [net: string, bits: number])[] = [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.31.196.0', 24],
  ] as const),
  ...([
    ['192.52.193.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['192.175.48.0', 24],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
  ] as const),
  ['240.0.0.0', 4],
];

const number = fc.integer({ min: 0, max: 0xffffffff });
const dotted = (any: number): string => [24, 16, 8, 0].map((shift) => (any >>> shift) & 255).join('.');
const numberOf = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
const word = fc.integer({ min: 0, max: 0xffff }).map((part) => part.toString(16));

describe('isAllowedAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0'])(
    'takes %s, which is public',
    (address) => {
      expect(isAllowedAddress(address)).toBe(true);
    },
  );

  it.each(['2606:4700::1111', '2a00:1450:4001::1'])('takes %s, which is public', (address) => {
    expect(isAllowedAddress(address)).toBe(true);
  });

  it.each(PRIVATE)('takes %s only if private addresses are allowed', (address) => {
    expect(isAllowedAddress(address)).toBe(false);
    expect(isAllowedAddress(address, true)).toBe(true);
  });

  it.each(NEVER)('never takes "%s"', (address) => {
    expect(isAllowedAddress(address)).toBe(false);
    expect(isAllowedAddress(address, true)).toBe(false);
  });

  it('takes of IPv4 what is in none of the special blocks, and only that', () => {
    const special = new BlockList();
    for (const [net, bits] of SPECIAL) special.addSubnet(net, bits, 'ipv4');
    const inside = fc.tuple(fc.constantFrom(...SPECIAL), number).map(([[net, bits], any]) => {
      return dotted(numberOf(net) + (any % 2 ** (32 - bits)));
    });
    fc.assert(
      fc.property(fc.oneof(number.map(dotted), inside), (address) => {
        expect(isAllowedAddress(address)).toBe(!special.check(address, 'ipv4'));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['::ffff:', '::', '64:ff9b::', '2002:'])('takes no IPv4 address in the clothes of %s', (prefix) => {
    fc.assert(
      fc.property(number, fc.boolean(), (any, allowPrivate) => {
        fc.pre(prefix !== '::' || any > 0xffff);
        const hex = `${(any >>> 16).toString(16)}:${(any & 0xffff).toString(16)}`;
        const address = prefix === '2002:' ? `${prefix}${hex}::` : `${prefix}${hex}`;
        expect(isAllowedAddress(address, allowPrivate)).toBe(false);
      }),
    );
  });

  it('takes of IPv6 nothing outside 2000::/3 but what is private', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 8, maxLength: 8 }), fc.boolean(), (words, allowPrivate) => {
        const first = Number.parseInt(words[0] ?? '', 16);
        const isGlobal = first >= 0x2000 && first <= 0x3fff;
        const isPrivate = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
        const address = words.join(':');
        if (isPrivate) expect(isAllowedAddress(address, allowPrivate)).toBe(allowPrivate);
        else if (!isGlobal) expect(isAllowedAddress(address, allowPrivate)).toBe(false);
        expect(isAllowedAddress(`${address}%eth0`, allowPrivate)).toBe(false);
      }),
    );
  });
});
