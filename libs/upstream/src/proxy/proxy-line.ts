import { parseProxyUrl } from '../address.js';
import { UpstreamError } from '../upstream.errors.js';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443', 'socks5:': '1080' };
const WITH_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** `host:port`, and `host:port:user:password`; an IPv6 address stands in brackets, a password may hold colons. */
const BARE = /^(\[[0-9a-f:.]+\]|[^\s:@/[\]]+):(\d{1,5})(?::([^:\s]+):(\S+))?$/i;

/**
 * The URL of a proxy from one line of a list, as sellers of proxies write them: `http://user:password@host:1`,
 * `https://host:1`, `socks5://host:1`, `host:1`, `host:1:user:password`, `user:password@host:1`. Without a scheme it is
 * an HTTP proxy; `socks5h` is `socks5`, which resolves names at the proxy anyway.
 *
 * @returns with scheme, credentials percent-encoded, host and port
 * @throws UpstreamError `invalid_proxy_url`, `unsupported_proxy`; the message repeats no credentials
 */
export function parseProxyLine(line: string): string {
  const text = line.trim();
  const url = parseProxyUrl(WITH_SCHEME.test(text) ? text.replace(/^socks5h:/i, 'socks5:') : urlOf(text));
  const { protocol, username, password, hostname } = url;
  const port = url.port === '' ? (DEFAULT_PORTS[protocol] ?? '') : url.port;
  if (port === '0' || !isDecodable(username + password)) throw malformed();
  const credentials = username + password === '' ? '' : `${username}:${password}@`;
  return `${protocol}//${credentials}${hostname}:${port}`;
}

function urlOf(text: string): string {
  const at = text.lastIndexOf('@');
  if (at >= 0) {
    const [user = '', ...password] = text.slice(0, at).split(':');
    return withCredentials(text.slice(at + 1), user, password.join(':'));
  }
  const [, host = '', port = '', user, password = ''] = BARE.exec(text) ?? [];
  if (host === '') throw malformed();
  return user === undefined ? `http://${host}:${port}` : withCredentials(`${host}:${port}`, user, password);
}

function withCredentials(place: string, user: string, password: string): string {
  if (!BARE.test(place)) throw malformed();
  return `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${place}`;
}

/** Credentials with a lone `%` could not be sent. */
function isDecodable(text: string): boolean {
  return !/%(?![\da-f]{2})/i.test(text);
}

function malformed(): UpstreamError {
  const rule =
    'such as http://user:password@host:3128, socks5://host:1080, host:3128 or host:3128:user:password';
  return new UpstreamError('invalid_proxy_url', 'no', `proxyUrl must be a proxy ${rule}.`, {
    field: 'proxyUrl',
  });
}
