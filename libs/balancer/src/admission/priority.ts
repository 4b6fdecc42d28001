/** How urgent a request is, the least urgent first. */
export const PRIORITIES = ['low', 'normal', 'high'] as const;

/** One of them. */
export type Priority = (typeof PRIORITIES)[number];

/** By how much it goes before one of the lowest priority that came at the same time, in head starts. */
export function stepsOf(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

/** Where the turn of one that asked at a time is, in the milliseconds of that time. */
export function turnAt(askedAt: number, priority: Priority, headStartMs: number): number {
  return askedAt - stepsOf(priority) * headStartMs;
}

/** A value for each priority. */
export function forEachPriority<T>(valueOf: (priority: Priority) => T): Record<Priority, T> {
  return { low: valueOf('low'), normal: valueOf('normal'), high: valueOf('high') };
}
