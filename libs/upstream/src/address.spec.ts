import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseProxyUrl, resolveAddress, resolveRedirect } from './address.js';
import { UpstreamError } from './upstream.errors.js';

const errorOf = (run: () => unknown): UpstreamError => {
  try {
    run();
  } catch (error) {
    if (error instanceof UpstreamError) return error;
  }
  throw new Error('expected an UpstreamError');
};

describe('resolveAddress', () => {
  it.each([
    ['https://api.test', '/videos', 'https://api.test', '/videos'],
    ['https://api.test/', '/videos', 'https://api.test', '/videos'],
    ['https://api.test/v1', '/videos', 'https://api.test', '/v1/videos'],
    ['https://api.test/a/v1//', '/videos/x%2Fy', 'https://api.test', '/a/v1/videos/x%2Fy'],
    ['http://[::1]:8080/v1', '/m', 'http://[::1]:8080', '/v1/m'],
  ])('joins %s and %s', (base, path, origin, joined) => {
    expect(resolveAddress(base, path)).toEqual({ origin, path: joined, search: '' });
  });

  it('leaves out what is undefined in the query and encodes the rest', () => {
    const { search } = resolveAddress('http://a.test', '/', { limit: 100, after: undefined, q: 'a b&c' });

    expect(search).toBe('?limit=100&q=a+b%26c');
  });

  it.each([
    ['api.test/v1', 'invalid_base_url'],
    ['', 'invalid_base_url'],
    ['ftp://api.test', 'invalid_base_url'],
    ['https://me:pw@api.test', 'invalid_base_url'],
    ['https://api.test/v1?key=1', 'invalid_base_url'],
    ['https://api.test/v1#top', 'invalid_base_url'],
  ])('refuses the base URL %j', (base, code) => {
    expect(errorOf(() => resolveAddress(base, '/'))).toMatchObject({
      code,
      field: 'baseUrl',
      sent: 'no',
      category: 'invalid_input',
    });
  });

  it('does not repeat credentials in the message', () => {
    expect(errorOf(() => resolveAddress('https://me:hunter2@api.test', '/')).message).not.toContain(
      'hunter2',
    );
  });

  it.each(['videos', '', '/a?b=c', '/a#b', '/a b', '/../admin', '/a/..', '/a/%2e%2E/b', '/.', '/a\\..\\b'])(
    'refuses the path %j',
    (path) => {
      expect(errorOf(() => resolveAddress('https://api.test/v1', path))).toMatchObject({
        code: 'invalid_path',
        field: 'path',
        sent: 'no',
      });
    },
  );

  it('never leaves the path of the base URL, whatever id is encoded into the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (id) => {
        let address;
        try {
          address = resolveAddress('https://api.test/v1', `/videos/${encodeURIComponent(id)}`);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_path' });
          return;
        }
        const url = new URL(address.origin + address.path);
        expect(url.origin).toBe('https://api.test');
        expect(url.pathname.startsWith('/v1/videos/')).toBe(true);
      }),
    );
  });
});

describe('resolveRedirect', () => {
  const from = { origin: 'https://api.test', path: '/v1/files/1', search: '' };

  it.each([
    ['/v2/files/1?x=1', { origin: 'https://api.test', path: '/v2/files/1', search: '?x=1' }],
    ['2', { origin: 'https://api.test', path: '/v1/files/2', search: '' }],
    ['https://api.test/z', { origin: 'https://api.test', path: '/z', search: '' }],
    ['https://evil.test/z', undefined],
    ['//evil.test/z', undefined],
    ['http://api.test/z', undefined],
    ['https://api.test:8443/z', undefined],
    ['http://[', undefined],
  ])('leads %s', (location, expected) => {
    expect(resolveRedirect(from, location)).toEqual(expected);
  });
});

describe('parseProxyUrl', () => {
  it('takes HTTP and HTTPS proxies with credentials', () => {
    expect(parseProxyUrl('http://u:p@proxy.test:8080').username).toBe('u');
    expect(parseProxyUrl('https://proxy.test').protocol).toBe('https:');
  });

  it.each([
    ['proxy.test:8080', 'unsupported_proxy'],
    ['socks4://proxy.test:1080', 'unsupported_proxy'],
    ['', 'invalid_proxy_url'],
    ['http://proxy.test/path', 'invalid_proxy_url'],
    ['http://proxy.test?x', 'invalid_proxy_url'],
  ])('refuses %j with %s', (proxyUrl, code) => {
    expect(errorOf(() => parseProxyUrl(proxyUrl))).toMatchObject({ code, field: 'proxyUrl', sent: 'no' });
  });

  it('does not repeat credentials in the message', () => {
    expect(errorOf(() => parseProxyUrl('socks4://u:hunter2@proxy.test')).message).not.toContain('hunter2');
    expect(errorOf(() => parseProxyUrl('http://u:hunter2@proxy.test/path')).message).not.toContain('hunter2');
  });
});
