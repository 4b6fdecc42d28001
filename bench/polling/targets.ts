/** What `predictive` is to reach after fifty generations of a key, in percent of the baseline. */
export const TARGETS = {
  all: { delay: 55, polls: 58 },
  informs: { delay: 38, polls: 40 },
  silent: { delay: 82, polls: 87 },
  worstWarm: 125,
  worstCold: 160,
  recovery: 60,
} as const;

/** A measured value beside its target, and whether it is met. */
export function judged(value: number, target: number): string {
  return `${value.toFixed(0)} of ${String(target)}${value <= target ? '' : ' (missed)'}`;
}
