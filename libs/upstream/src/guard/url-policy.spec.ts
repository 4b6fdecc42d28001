import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UpstreamError } from '../upstream.errors.js';
import { checkUrl, type UrlPolicy } from './url-policy.js';

const STRICT: UrlPolicy = { allowHttp: false, allowPrivate: false };
const LOOSE: UrlPolicy = { allowHttp: true, allowPrivate: true };

function refusal(url: string, policy = STRICT): UpstreamError {
  try {
    checkUrl(url, policy, 'callbackUrl');
  } catch (error) {
    if (error instanceof UpstreamError) return error;
    throw error;
  }
  throw new Error(`${url} was taken`);
}

/** The spellings of an IPv4 address that URLs know. */
function spellingsOf(number: number): readonly string[] {
  const octets = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
  const [a = 0, b = 0] = octets;
  return [
    String(number),
    `0x${number.toString(16)}`,
    `0${number.toString(8)}`,
    octets.map((octet) => `0x${octet.toString(16)}`).join('.'),
    octets.map((octet) => `0${octet.toString(8)}`).join('.'),
    `${a}.${number & 0xffffff}`,
    `${a}.${b}.${number & 0xffff}`,
    `${octets.join('.')}.`,
    octets.join('%2E'),
    octets.join('。'),
  ];
}

describe('checkUrl', () => {
  it.each([
    'https://a.example.com/x?y#z',
    'https://8.8.8.8',
    'https://[2606:4700::1111]:8443/',
    'https://a.test.',
  ])('takes %s', (url) => {
    expect(checkUrl(url, STRICT).href).toBe(new URL(url).href);
  });

  it.each([
    ['http://a.test', 'callbackUrl must begin with https:, got http:.'],
    ['ftp://a.test', 'callbackUrl must begin with https:, got ftp:.'],
    ['file:///etc/passwd', 'callbackUrl must begin with https:, got file:.'],
    ['https://u:hunter2@a.test', 'callbackUrl must hold no credentials; that to a.test has some.'],
    ['https://u@a.test', 'callbackUrl must hold no credentials; that to a.test has some.'],
    ['/a', 'callbackUrl must be an absolute URL.'],
    ['https://[fe80::1%25eth0]/', 'callbackUrl must be an absolute URL.'],
  ])('refuses %s', (url, message) => {
    expect(refusal(url)).toMatchObject({
      code: 'url_not_allowed',
      sent: 'no',
      message,
      field: 'callbackUrl',
    });
  });

  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'router',
    'db.internal',
    'x.local',
    'n.home.arpa.',
  ])('refuses the name %s, which leads inside, unless that is allowed', (host) => {
    expect(refusal(`https://${host}:8443/`).code).toBe('address_not_allowed');
    expect(checkUrl(`http://${host}/`, LOOSE).hostname).toBe(host.toLowerCase());
  });

  it('takes names that only contain such a word', () => {
    for (const host of ['localhost.example.com', 'notlocal.com', 'internal.example.com']) {
      expect(checkUrl(`https://${host}`, STRICT).hostname).toBe(host);
    }
  });

  it('knows a private address in every spelling', () => {
    const address = fc.constantFrom(0x7f000001, 0x0a000001, 0xa9fea9fe, 0xc0a80101, 0xac100001, 0x64400001);
    const low = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(address, low, (base, last) => {
        for (const host of spellingsOf(base - (base & 255) + last)) {
          expect(refusal(`https://${host}/`).code, host).toBe('address_not_allowed');
        }
      }),
    );
  });

  it('says what is wrong and what would be right, without path and query', () => {
    expect(refusal('https://[::ffff:10.0.0.1]/secret?token=hunter2', LOOSE).message).toBe(
      'callbackUrl: requests to [::ffff:a00:1] are not allowed, since it is no public address. Take a public one, or, ' +
        'as the operator, allow private ones.',
    );
  });

  it('never throws anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((host) => `https://${host}`),
        ),
        (url) => {
          try {
            expect(checkUrl(url, STRICT).protocol).toBe('https:');
          } catch (error) {
            expect(error).toBeInstanceOf(UpstreamError);
          }
        },
      ),
    );
  });
});
