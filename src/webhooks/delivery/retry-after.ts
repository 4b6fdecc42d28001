/**
 * Reads a `Retry-After` header: seconds, or a date.
 *
 * @param now - milliseconds since 1970
 * @returns milliseconds from now, at least 0; `null` for none, and for what cannot be read
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = /^[A-Za-z]{3}, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
