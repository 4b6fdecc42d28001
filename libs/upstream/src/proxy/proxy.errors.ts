import { CodedError } from 'penstock/kernel';

const CATEGORIES = { proxy_set_aside: 'unavailable', no_proxy: 'unavailable' } as const;

/** Codes of {@link ProxyError}. */
export type ProxyErrorCode = keyof typeof CATEGORIES;

/** A call that was not sent for want of a proxy. Nothing reached the upstream. */
export class ProxyError extends CodedError<ProxyErrorCode> {
  /** @param shown - without credentials */
  static setAside(shown: string, reason: string, retryAfterMs: number): ProxyError {
    const message =
      `The proxy ${shown} is set aside until a probe passes (${reason}), so no call is sent through it. ` +
      'Look at it with POST /admin/proxies/test, or give another one.';
    return new ProxyError('proxy_set_aside', CATEGORIES.proxy_set_aside, message, { retryAfterMs });
  }

  static none(): ProxyError {
    const message = 'The settings name the pool of proxies, but it is empty. Fill it by POST /admin/proxies.';
    return new ProxyError('no_proxy', CATEGORIES.no_proxy, message);
  }
}
