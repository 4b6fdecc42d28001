/**
 * Checks one number of an options object.
 *
 * @throws RangeError `maxActive must be an integer >= 1, got 0`.
 */
export function atLeast(
  name: string,
  value: number,
  min: number,
  type: 'number' | 'integer' = 'number',
): void {
  const ok = type === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
  if (ok && value >= min) return;
  const wanted = type === 'integer' ? 'an integer' : 'a finite number';
  throw new RangeError(`${name} must be ${wanted} >= ${min}, got ${value}`);
}
