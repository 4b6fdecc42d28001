/** A proxy as it may be shown: scheme, host and port, without credentials; `null` for a direct connection. */
export function shownProxy(proxyUrl: string): string;
export function shownProxy(proxyUrl: string | null): string | null;
export function shownProxy(proxyUrl: string | null): string | null {
  if (proxyUrl === null) return null;
  const { protocol, host } = new URL(proxyUrl);
  return `${protocol}//${host}`;
}
