/** Bands of progress: tens up to 89, then 90 to 94, 95 to 98, and 99. */
export const BANDS = 12;

/** The band of a progress from 0 to 100. */
export function bandOf(progress: number): number {
  if (progress < 90) return Math.floor(progress / 10);
  if (progress < 95) return 9;
  return progress < 99 ? 10 : 11;
}
