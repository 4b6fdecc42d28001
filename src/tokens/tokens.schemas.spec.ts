import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  createTokenSchema,
  deleteTokenSchema,
  disableTokenSchema,
  updateTokenSchema,
} from './tokens.schemas.js';

const BODY = { provider: 'acme', label: 'a', secret: 's' };

describe('createTokenSchema', () => {
  it('has a default for all but three fields', () => {
    expect(createTokenSchema.parse(BODY)).toEqual({
      ...BODY,
      baseUrl: null,
      limits: {},
      requestsPerMinute: null,
      weight: 1,
      quotaGroup: null,
      proxyUrl: null,
      refreshSecret: null,
      expiresAt: null,
      remark: '',
    });
  });

  it.each([1, 100_000, null])('takes a rate of %s', (requestsPerMinute) => {
    expect(createTokenSchema.parse({ ...BODY, requestsPerMinute })).toMatchObject({ requestsPerMinute });
  });

  it.each([0, -1, 1.5, 100_001, '60'])('refuses a rate of %s', (requestsPerMinute) => {
    expect(createTokenSchema.safeParse({ ...BODY, requestsPerMinute }).success).toBe(false);
  });

  it('drops the line break that came with a pasted secret', () => {
    expect(createTokenSchema.parse({ ...BODY, secret: ' sk-1\n' }).secret).toBe('sk-1');
  });

  it.each([
    ['http://127.0.0.1:9/v1', 'http://127.0.0.1:9/v1'],
    ['https://api.test/', 'https://api.test'],
    ['https://api.test/v1//', 'https://api.test/v1'],
    [null, null],
  ])('takes the base URL %j', (baseUrl, stored) => {
    expect(createTokenSchema.parse({ ...BODY, baseUrl }).baseUrl).toBe(stored);
  });

  it.each(['', 'x', 'ftp://x', 'file:///etc', 'http://u@x', 'http://x?a=1', 'http://x#a', 'javascript:1'])(
    'refuses the base URL %j',
    (baseUrl) => {
      expect(createTokenSchema.safeParse({ ...BODY, baseUrl }).success).toBe(false);
    },
  );

  it.each(['socks4://x', 'http://x/path', 'http://x?a=1', 'x:0', ''])('refuses the proxy %j', (proxyUrl) => {
    expect(createTokenSchema.safeParse({ ...BODY, proxyUrl }).success).toBe(false);
  });

  it('takes every time of ISO 8601 with a zone, to milliseconds since 1970', () => {
    const times = fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(times, (time) => {
        expect(createTokenSchema.parse({ ...BODY, expiresAt: time.toISOString() }).expiresAt).toBe(
          time.getTime(),
        );
      }),
    );
    expect(createTokenSchema.safeParse({ ...BODY, expiresAt: '2027-01-31T12:00:00' }).success).toBe(false);
  });
});

describe('updateTokenSchema', () => {
  it('sets no default for what is left out', () => {
    expect(updateTokenSchema.parse({})).toEqual({});
    expect(updateTokenSchema.parse({ quotaGroup: null })).toEqual({ quotaGroup: null });
  });

  it('does not change what a token is for', () => {
    expect(updateTokenSchema.safeParse({ provider: 'other' }).success).toBe(false);
  });
});

describe('the other bodies and queries', () => {
  it('may be left out', () => {
    expect(disableTokenSchema.parse(undefined)).toEqual({});
    expect(deleteTokenSchema.parse({})).toEqual({ force: false });
  });

  it('force by exactly one word', () => {
    expect(deleteTokenSchema.parse({ force: 'true' })).toEqual({ force: true });
    expect(deleteTokenSchema.safeParse({ force: '1' }).success).toBe(false);
  });
});
