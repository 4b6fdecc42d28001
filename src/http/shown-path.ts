/** Paths whose last part is a secret. */
const SECRET = /^(\/+hooks\/+[^/]*\/+).+/i;

/** The path of a URL as it may be logged and told: without its query, and without the secret where it holds one. */
export function shownPath(url: string): string {
  return (url.split('?', 1)[0] ?? '').replace(SECRET, '$1***');
}
