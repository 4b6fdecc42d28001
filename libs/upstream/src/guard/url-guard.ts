import { lookup } from 'node:dns/promises';
import { isIPv6, type LookupFunction } from 'node:net';

import { buildConnector } from 'undici';

import { UpstreamError } from '../upstream.errors.js';
import { isAllowedAddress } from './address-policy.js';
import { addressNotAllowed, addressOf, checkUrl, type UrlPolicy } from './url-policy.js';

/** Gives every IP address of a name, the preferred one first. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/**
 * Guards requests to URLs that clients or upstreams have chosen, so that none reaches the gateway's own network. A URL is
 * checked by itself first, and the address of its host when a connection is made: to an address that was checked, and no
 * other, whatever DNS says a moment later. A name that has one address that is not allowed is refused as a whole.
 */
export class UrlGuard {
  readonly #policy: () => UrlPolicy;

  /**
   * @param policy - neither unless it says so; a function is asked each time, so that settings may be followed
   * @param resolve - the resolver of the operating system by default
   */
  constructor(
    policy: Partial<UrlPolicy> | (() => UrlPolicy) = {},
    private readonly resolve: Resolve = bySystem,
  ) {
    if (typeof policy === 'function') {
      this.#policy = policy;
    } else {
      const fixed = Object.freeze({ allowHttp: false, allowPrivate: false, ...policy });
      this.#policy = () => fixed;
    }
  }

  /** What holds now. */
  get policy(): UrlPolicy {
    return this.#policy();
  }

  /**
   * Checks scheme, credentials and host, without DNS.
   *
   * @param field - where the URL was, for errors
   * @param policy - what holds instead for this URL, such as one that others fetch
   * @throws UpstreamError `url_not_allowed`, `address_not_allowed`
   */
  check(url: string, field?: string, policy: Partial<UrlPolicy> = {}): URL {
    return checkUrl(url, { ...this.policy, ...policy }, field);
  }

  /**
   * Like {@link UrlGuard.check}, and looks up the host, to tell early. What counts is the check when a connection is made.
   *
   * @throws UpstreamError `connect_failed` too, when the name leads nowhere
   */
  async checkResolved(url: string, field = 'url'): Promise<URL> {
    const checked = this.check(url, field);
    if (addressOf(checked.hostname) === undefined) await this.#addressesOf(checked.hostname, field);
    return checked;
  }

  /**
   * Makes connections to allowed addresses only.
   *
   * @param timeoutMs - for TCP and TLS each
   */
  connector(timeoutMs: number): buildConnector.connector {
    const connect = buildConnector({ timeout: timeoutMs, lookup: this.#lookup });
    return (target, callback) => {
      // No name, no lookup.
      const address = addressOf(target.hostname);
      if (address === undefined || isAllowedAddress(address, this.policy.allowPrivate)) {
        connect(target, callback);
      } else callback(addressNotAllowed('url', target.hostname), null);
    };
  }

  readonly #lookup: LookupFunction = (hostname, { all = false }, callback) => {
    this.#addressesOf(hostname).then(
      (found) => {
        if (all) callback(null, [...found]);
        else callback(null, found[0].address, found[0].family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), []);
      },
    );
  };

  async #addressesOf(hostname: string, field = 'url'): Promise<readonly [Address, ...Address[]]> {
    const addresses = await this.resolve(hostname).catch((cause: unknown) => {
      throw new UpstreamError('connect_failed', 'no', `${field}: ${hostname} was not found.`, {
        cause,
        field,
      });
    });
    const refused = addresses.find((address) => !isAllowedAddress(address, this.policy.allowPrivate));
    if (refused !== undefined) throw addressNotAllowed(field, hostname, refused);
    const [first, ...rest] = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
    if (first === undefined) {
      throw new UpstreamError('connect_failed', 'no', `${field}: ${hostname} has no address.`, { field });
    }
    return [first, ...rest];
  }
}

interface Address {
  readonly address: string;
  readonly family: number;
}

async function bySystem(hostname: string): Promise<readonly string[]> {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
}
