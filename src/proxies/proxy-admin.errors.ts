import { CodedError } from 'penstock/kernel';

const CATEGORIES = { proxy_not_found: 'not_found' } as const;

/** Codes of {@link ProxyAdminError}. */
export type ProxyAdminErrorCode = keyof typeof CATEGORIES;

/** What an operator asked of the pool cannot be done. */
export class ProxyAdminError extends CodedError<ProxyAdminErrorCode> {
  static notFound(id: string): ProxyAdminError {
    const message = `The pool has no proxy "${id.slice(0, 100)}". GET /admin/proxies lists those that it has.`;
    return new ProxyAdminError('proxy_not_found', CATEGORIES.proxy_not_found, message);
  }
}
