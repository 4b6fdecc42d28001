import { z } from 'zod';

/** The longest span that a setting takes: 30 days. */
const LONGEST_MS = 30 * 24 * 60 * 60_000;

/** A span of time in milliseconds. */
export const milliseconds = (least: number): z.ZodNumber => z.number().min(least).max(LONGEST_MS);
