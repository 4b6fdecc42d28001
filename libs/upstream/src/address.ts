import { UpstreamError, type UpstreamErrorCode } from './upstream.errors.js';

/** Query parameters of a request; `undefined` ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** Where a request goes. */
export interface Address {
  /** Scheme, host and port, without a trailing slash. */
  readonly origin: string;
  /** Begins with a slash; without the query. */
  readonly path: string;
  /** Empty, or begins with a question mark. */
  readonly search: string;
}

/** Joins a base URL, whose own path is kept, with a path below it. Throws {@link UpstreamError}. */
export function resolveAddress(baseUrl: string, path: string, query: Query = {}): Address {
  const base = parseBaseUrl(baseUrl);
  if (!path.startsWith('/') || /[?#\\\s]/.test(path) || path.split('/').some(isDotSegment)) {
    throw invalid(
      'invalid_path',
      'path',
      `must begin with "/" and hold no "?", "#", "\\", spaces or dot segments; encode ids with encodeURIComponent. Got ${quote(path)}`,
    );
  }
  return { origin: base.origin, path: base.pathname.replace(/\/+$/, '') + path, search: toSearch(query) };
}

/** Where `location` leads from `address`, if that is at the same origin; otherwise `undefined`. */
export function resolveRedirect(address: Address, location: string): Address | undefined {
  const from = address.origin + address.path + address.search;
  if (!URL.canParse(location, from)) return undefined;
  const { origin, pathname, search } = new URL(location, from);
  return origin === address.origin ? { origin, path: pathname, search } : undefined;
}

/** Checks the URL of a proxy. Throws {@link UpstreamError}; the message does not repeat the credentials. */
export function parseProxyUrl(proxyUrl: string): URL {
  if (!URL.canParse(proxyUrl)) {
    throw invalid(
      'invalid_proxy_url',
      'proxyUrl',
      'must be a URL such as http://user:password@proxy.test:8080',
    );
  }
  const url = new URL(proxyUrl);
  if (!['http:', 'https:', 'socks5:'].includes(url.protocol) || url.hostname === '') {
    throw invalid(
      'unsupported_proxy',
      'proxyUrl',
      `must be an http:, https: or socks5: proxy with a host, got ${quote(url.protocol)}`,
    );
  }
  if ((url.pathname !== '/' && url.pathname !== '') || url.search !== '' || url.hash !== '') {
    throw invalid(
      'invalid_proxy_url',
      'proxyUrl',
      `must have no path, query or fragment, got ${url.host} with one`,
    );
  }
  return url;
}

function parseBaseUrl(baseUrl: string): URL {
  if (!URL.canParse(baseUrl)) {
    throw invalid(
      'invalid_base_url',
      'baseUrl',
      'must be an absolute URL such as https://api.example.com/v1',
    );
  }
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(
      'invalid_base_url',
      'baseUrl',
      `must begin with http:// or https://, got ${quote(url.protocol)}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('invalid_base_url', 'baseUrl', `must hold no credentials; ${url.host} was given some`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalid('invalid_base_url', 'baseUrl', `must have no query or fragment; ${url.host} was given one`);
  }
  return url;
}

function toSearch(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** A server may decode `%2e` before it resolves the path, so the encoded dots count too. */
const isDotSegment = (segment: string): boolean => /^(\.|%2e){1,2}$/i.test(segment);

const quote = (text: string): string => JSON.stringify(text.slice(0, 200));

function invalid(code: UpstreamErrorCode, field: string, rule: string): UpstreamError {
  return new UpstreamError(code, 'no', `${field} ${rule}.`, { field });
}
