/** The length of a day in milliseconds. */
export const DAY_MS = 24 * 60 * 60_000;

/** The day of a time in UTC, such as `2026-01-31`; days sort as texts. @param at - milliseconds since 1970 */
export const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Milliseconds from a time to the next midnight in UTC: from 1 to {@link DAY_MS}. */
export const untilMidnight = (at: number): number => DAY_MS - (at % DAY_MS);
