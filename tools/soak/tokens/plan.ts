import type { FaultRuleInput } from '../../upstream-simulator/core/fault-rule.js';

/** One token of the run, as the upstream and the gateway know it. */
export interface PlannedToken {
  readonly secret: string;
  /** Most videos at once. */
  readonly concurrency: number;
  /** Videos that its upstream makes in all; -1 for any number. */
  readonly quota: number;
  /** When the quota is whole again, in seconds after the first video of it; `null` for never. */
  readonly quotaEverySeconds: number | null;
  /** When the gateway may begin nothing more on it, in milliseconds after the start; `null` for never. */
  readonly expiresAfterMs: number | null;
  /** Most videos that may be begun within any 60 seconds; `null` for any number. */
  readonly requestsPerMinute: number | null;
  readonly weight: number;
  readonly trouble: 'none' | 'rate-limits' | 'errors';
}

/** Long enough that most of the run goes by, and more than the minute that a used-up token is left alone at least. */
const QUOTA_EVERY_SECONDS = 75;

/** Errors of a broken token, after which it works: more than turn it off. */
const ERRORS = 4;

/** Twenty tokens, no two quite alike. */
export function planTokens(): readonly PlannedToken[] {
  return Array.from({ length: 20 }, (_, index) => ({
    secret: `sk-soak-${String(index + 1).padStart(2, '0')}`,
    concurrency: 1 + (index % 5),
    quota: index % 7 === 3 ? 5 : -1,
    quotaEverySeconds: index % 7 === 3 && index < 14 ? QUOTA_EVERY_SECONDS : null,
    expiresAfterMs: index % 9 === 4 ? 6_000 : null,
    requestsPerMinute: index % 6 === 5 ? 15 : null,
    weight: 1 + (index % 3),
    trouble: index % 8 === 1 ? 'errors' : index % 4 === 2 ? 'rate-limits' : 'none',
  }));
}

/** What goes wrong upstream. */
export function faultsOf({ secret, trouble }: PlannedToken): readonly FaultRuleInput[] {
  const base = { operation: 'create', secret } as const;
  if (trouble === 'errors') return [{ ...base, times: ERRORS, fault: { type: 'server-error' } }];
  if (trouble === 'none') return [];
  return [{ ...base, probability: 0.2, fault: { type: 'rate-limited', retryAfterSeconds: 2 } }];
}
