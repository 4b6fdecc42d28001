import type { Random } from 'penstock/kernel';

import type { WebhookSettings } from '../webhooks.settings.js';

/** What is known when an attempt has failed. */
export interface Setback {
  /** Attempts in a row that failed, this one included: at least 1. */
  readonly failures: number;
  /** How long all pauses were so far. */
  readonly waitedMs: number;
  /** What the receiver asked for; `null` when it did not. */
  readonly retryAfterMs: number | null;
}

type Limits = Pick<WebhookSettings, 'firstPauseMs' | 'longestPauseMs' | 'retryForMs'>;

/**
 * The pause before the next attempt, in milliseconds: doubled with each failure, and of that between half and all, so that
 * those who failed together do not come back together. A receiver that asks for more gets it. What counts is the time that
 * was waited, not the time of day, so clocks that jump change nothing.
 *
 * @returns `null` when the time for retries is used up
 */
export function pauseAfter(setback: Setback, limits: Limits, random: Random): number | null {
  const { failures, waitedMs, retryAfterMs } = setback;
  const leftMs = limits.retryForMs - waitedMs;
  if (leftMs <= 0) return null;
  // 2 to the 40th is past any bound that the settings take.
  const doubled = limits.firstPauseMs * 2 ** Math.min(failures - 1, 40);
  const spread = Math.min(doubled, limits.longestPauseMs) * (0.5 + random.next() / 2);
  return Math.ceil(Math.min(Math.max(spread, retryAfterMs ?? 0), leftMs));
}
