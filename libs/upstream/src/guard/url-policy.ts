import { isIP } from 'node:net';

import { UpstreamError } from '../upstream.errors.js';
import { isAllowedAddress } from './address-policy.js';

/** What a URL that somebody else has chosen may be. */
export interface UrlPolicy {
  /** Plain `http:`, too. */
  readonly allowHttp: boolean;
  /** Hosts in the gateway's own network, too. */
  readonly allowPrivate: boolean;
}

/** Names that lead into the own network by their definition. A name without a dot does so, too. */
const LOCAL_NAME = /^[^.]*$|\.(localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa)$/;

/**
 * Checks what can be seen without a look at DNS. Any spelling of an address that the URL standard knows (decimal, octal,
 * hexadecimal, short) is read as the address it is.
 *
 * @param field - where the URL was, for errors
 * @throws UpstreamError `url_not_allowed` or `address_not_allowed`; the message holds no more of the URL than its host
 */
export function checkUrl(text: string, policy: UrlPolicy, field = 'url'): URL {
  if (!URL.canParse(text)) throw notAllowed(field, 'must be an absolute URL');
  const url = new URL(text);
  const schemes = policy.allowHttp ? ['https:', 'http:'] : ['https:'];
  if (!schemes.includes(url.protocol)) {
    throw notAllowed(field, `must begin with ${schemes.join(' or ')}, got ${url.protocol.slice(0, 20)}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw notAllowed(field, `must hold no credentials; that to ${url.hostname} has some`);
  }
  checkHost(url.hostname, policy.allowPrivate, field);
  return url;
}

/** The refusal of an address, before anything was sent to it. */
export function addressNotAllowed(field: string, host: string, address = host): UpstreamError {
  const which = host === address ? host : `${host}, which is ${address},`;
  const message =
    `${field}: requests to ${which} are not allowed, since it is no public address. Take a public one, or, ` +
    'as the operator, allow private ones.';
  return new UpstreamError('address_not_allowed', 'no', message, { field });
}

/** The host of a URL as an IP address, or `undefined` if it is a name. */
export function addressOf(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

function checkHost(hostname: string, allowPrivate: boolean, field: string): void {
  const address = addressOf(hostname);
  const isAllowed =
    address === undefined
      ? allowPrivate || !LOCAL_NAME.test(hostname.replace(/\.+$/, ''))
      : isAllowedAddress(address, allowPrivate);
  if (!isAllowed) throw addressNotAllowed(field, hostname);
}

const notAllowed = (field: string, rule: string): UpstreamError =>
  new UpstreamError('url_not_allowed', 'no', `${field} ${rule}.`, { field });
