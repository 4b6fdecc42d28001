import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SecretBox } from '../secrets/index.js';

import { TokenSecrets } from './token-secrets.js';

const secrets = new TokenSecrets(new SecretBox([{ id: 'k', key: randomBytes(32) }]));

describe('TokenSecrets', () => {
  it('opens for its own token what it sealed, and for no other', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (secret) => {
        const { sealedSecret } = secrets.seal('tok_1', secret);
        expect(secrets.open({ id: 'tok_1', sealedSecret })).toBe(secret);
        expect(() => secrets.open({ id: 'tok_2', sealedSecret })).toThrow('does not open');
      }),
    );
  });

  it('opens a token once, and again when its secret has changed', () => {
    const box = new SecretBox([{ id: 'k', key: randomBytes(32) }]);
    const opened: string[] = [];
    const open = box.open.bind(box);
    box.open = (sealed, recordId) => {
      opened.push(recordId);
      return open(sealed, recordId);
    };
    const cached = new TokenSecrets(box);
    const token = { id: 'tok_1', sealedSecret: cached.seal('tok_1', 'before').sealedSecret };
    expect([cached.open(token), cached.open(token), opened.length]).toEqual(['before', 'before', 1]);
    token.sealedSecret = cached.seal('tok_1', 'after').sealedSecret;
    expect([cached.open(token), cached.open({ ...token }), opened.length]).toEqual(['after', 'after', 3]);
  });

  it('keeps the columns of one token apart', () => {
    const { sealedRefreshSecret } = secrets.sealRefreshSecret('tok_1', 'refresh');
    expect(() => secrets.open({ id: 'tok_1', sealedSecret: sealedRefreshSecret ?? '' })).toThrow(
      'does not open',
    );
    expect(secrets.sealRefreshSecret('tok_1', null)).toEqual({ sealedRefreshSecret: null });
  });

  it('tells equal secrets, and the end of one', () => {
    expect(secrets.seal('tok_1', 'same-1234').fingerprint).toBe(
      secrets.seal('tok_2', 'same-1234').fingerprint,
    );
    expect(secrets.seal('tok_1', 'same-1234').last4).toBe('1234');
    expect(secrets.fingerprints('same-1234')).toContain(secrets.seal('tok_1', 'same-1234').fingerprint);
  });

  it.each([
    ['a', ''],
    ['abc', 'c'],
    ['sk-bad', 'bad'],
    ['sk-1234', '234'],
    ['sk-12345', '2345'],
  ])('shows of %s no more than half', (secret, shown) => {
    expect(secrets.seal('tok_1', secret).last4).toBe(shown);
  });

  it.each([null, 'http://proxy.test:3128', 'https://proxy.test'])('stores the proxy %j as it is', (url) => {
    const { proxyUrl } = secrets.sealProxyUrl('tok_1', url);
    expect(proxyUrl).toBe(url);
    expect(secrets.openProxyUrl({ id: 'tok_1', proxyUrl })).toBe(url);
  });

  it.each([
    'http://u:p@proxy.test',
    'http://token@proxy.test:1',
    'http:u:p@proxy.test',
    'http:\\\\u:p@proxy.test',
    '//u:p@proxy.test',
  ])('seals the proxy %s', (url) => {
    const { proxyUrl } = secrets.sealProxyUrl('tok_1', url);
    expect(proxyUrl).toMatch(/^v1:/);
    expect(secrets.openProxyUrl({ id: 'tok_1', proxyUrl })).toBe(url);
    expect(() => secrets.openProxyUrl({ id: 'tok_2', proxyUrl })).toThrow('does not open');
  });
});
