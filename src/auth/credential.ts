/** What an `Authorization` header holds. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'key'; readonly key: string; readonly scheme: 'bearer' | 'basic' };

const SCHEME = /^(bearer|basic) +([^ ]+)$/i;

/** Reads `Bearer <key>`, and `Basic <base64 of anyone:key>` as browsers send it. */
export function readCredential(header: string | undefined): Credential {
  if (header === undefined || header.trim() === '') return { kind: 'none' };
  const [, scheme, value] = SCHEME.exec(header.trim()) ?? [];
  if (scheme === undefined || value === undefined) return { kind: 'malformed' };
  if (scheme.toLowerCase() === 'bearer') return { kind: 'key', key: value, scheme: 'bearer' };
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const key = pair.slice(colon + 1);
  return colon === -1 || key === '' ? { kind: 'malformed' } : { kind: 'key', key, scheme: 'basic' };
}
