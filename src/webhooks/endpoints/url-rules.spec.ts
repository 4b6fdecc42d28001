import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { isPublicAddress } from './public-address.js';
import { guardedLookup, problemOf } from './url-rules.js';

const STRICT = { allowHttp: false, allowPrivateAddresses: false };

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '172.15.255.255', '172.32.0.0', '100.63.0.1', '2606:4700:4700::1111', '2a00:1450::1'])(
    'takes %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ...['127.0.0.1', '127.255.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '0.0.0.0'],
    ...['169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', '::ffff:127.0.0.1', '::ffff:1.1.1.1', 'ff02::1'],
    ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:1::1', '2001:db8::1', 'localhost', '', '1.1.1'],
  ])('does not take "%s"', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('problemOf', () => {
  it.each(['https://client.example/hook?a=1', 'https://1.1.1.1:8443/', 'https://[2606:4700:4700::1111]/'])(
    'finds none in %s',
    (url) => {
      expect(problemOf(url, STRICT)).toBeNull();
    },
  );

  it.each([
    ['http://client.example/', 'allowHttp'],
    ['ftp://client.example/', 'https://'],
    ['client.example', 'absolute'],
    [`https://client.example/${'a'.repeat(2_048)}`, '2048'],
    ['https://user:password@client.example/', 'without credentials'],
    ['https://client.example/#x', 'fragment'],
    ['https://localhost/', 'allowPrivateAddresses'],
    ['https://a.LOCALHOST./', 'allowPrivateAddresses'],
    ['https://127.0.0.1/', 'allowPrivateAddresses'],
    ['https://0x7f000001/', 'allowPrivateAddresses'],
    ['https://2130706433/', 'allowPrivateAddresses'],
    ['https://[::ffff:10.0.0.1]/', 'allowPrivateAddresses'],
  ])('finds one in %s', (url, expected) => {
    expect(problemOf(url, STRICT)).toContain(expected);
  });

  it('is as lenient as the settings', () => {
    const lenient = { allowHttp: true, allowPrivateAddresses: true };
    expect(problemOf('http://localhost:8080/hook', lenient)).toBeNull();
    expect(problemOf('https://10.0.0.1/', lenient)).toBeNull();
    expect(problemOf('http://10.0.0.1/', { ...lenient, allowPrivateAddresses: false })).toContain('public');
    expect(problemOf('file:///etc/passwd', lenient)).toContain('https:// or http://');
  });
});

describe('guardedLookup', () => {
  const resolve = (allowPrivateAddresses: boolean, all: boolean): Promise<unknown> =>
    promisify(guardedLookup(() => ({ allowHttp: false, allowPrivateAddresses })))('localhost', { all });

  it('hands out no private address of a name', async () => {
    for (const all of [true, false])
      await expect(resolve(false, all)).rejects.toMatchObject({ code: 'EPRIVATE' });
  });

  it('hands out all where that is allowed, in the form that is asked for', async () => {
    expect(await resolve(true, true)).toContainEqual({ address: '127.0.0.1', family: 4 });
    expect(await resolve(true, false)).toBeTypeOf('string');
  });

  it('says of a name that is none that it is none', async () => {
    const lookup = promisify(guardedLookup(() => STRICT));
    await expect(lookup('no-such-host.invalid', { all: true })).rejects.toHaveProperty('code');
  });
});
