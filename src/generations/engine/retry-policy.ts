import type { Asked } from 'penstock/balancer';
import { Random } from 'penstock/kernel';
import type { ProviderFailure } from 'penstock/plugin-api';

const LONGEST_BACKOFF_MS = 30_000;

/** What happened to the submissions of one generation so far. */
export interface SubmissionHistory {
  readonly failures: number;
  /** Tokens that failed; others are tried first. */
  readonly failedTokens: ReadonlySet<string>;
  /** When it first asked for a token, for its turn in the queue; `null` while it had none in this process. */
  readonly asked: Asked | null;
}

/** Nothing happened yet. */
export const NO_HISTORY: SubmissionHistory = { failures: 0, failedTokens: new Set(), asked: null };

/**
 * The history after another rejection. What only asks for patience (a limit, a quota, an edge that challenges, a proxy
 * that fails) does not count as a failure; after a challenge, and a failed proxy, other tokens come first, as they may have
 * another way.
 */
export function after(
  history: SubmissionHistory,
  tokenId: string,
  failure: ProviderFailure,
): SubmissionHistory {
  if (failure.kind === 'rate_limited' || failure.kind === 'quota_exhausted') return history;
  const isOfTheWay =
    failure.kind === 'edge_challenge' || (failure.kind === 'transient' && failure.of === 'proxy');
  const failures = isOfTheWay ? history.failures : history.failures + 1;
  return { ...history, failures, failedTokens: new Set([...history.failedTokens, tokenId]) };
}

/**
 * Milliseconds before the next attempt on a token that failed: exponential with full jitter, at most 30 s.
 *
 * Source: Brooker (2015), *Exponential Backoff And Jitter*.
 */
export function backoffMs(failures: number, firstMs: number, random: Random): number {
  return random.next() * Math.min(LONGEST_BACKOFF_MS, firstMs * 2 ** Math.max(0, failures - 1));
}
