import { describe, expect, it } from 'vitest';

import { problemOf } from './url-rules.js';

const STRICT = { allowHttp: false, allowPrivateAddresses: false };

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
    ['https://intranet/', 'allowPrivateAddresses'],
    ['https://hooks.internal/', 'allowPrivateAddresses'],
    ['https://169.254.169.254/', 'allowPrivateAddresses'],
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
