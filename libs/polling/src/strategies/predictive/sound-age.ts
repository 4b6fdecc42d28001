/** An age in milliseconds that can be reckoned with: from 0 to 2^53, whatever was given; what is no number is 0. */
export function soundAgeMs(ageMs: number): number {
  return ageMs > 0 ? Math.min(ageMs, Number.MAX_SAFE_INTEGER) : 0;
}
