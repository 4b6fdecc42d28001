import type { FaultRuleInput } from '../../upstream-simulator/core/fault-rule.js';

/** What the upstream does with a token that is tested. */
export type Trouble = 'none' | 'dead' | 'limited' | 'slow';

/** One token of the run. */
export interface PlannedToken {
  readonly secret: string;
  readonly trouble: Trouble;
}

/** Of every twenty: two dead, one rate-limited, six slow. */
const TROUBLES: readonly Trouble[] = [
  ...(['none', 'slow', 'none', 'dead', 'slow', 'none', 'none', 'limited', 'slow', 'none'] as const),
  ...(['none', 'slow', 'none', 'dead', 'slow', 'none', 'none', 'none', 'slow', 'none'] as const),
];
/** A slow answer takes as long as so many starts, so that items wait for a place. */
const SLOW_IN_INTERVALS = 15;

/** The tokens of a run. */
export function planTokens(count: number): readonly PlannedToken[] {
  return Array.from({ length: count }, (_, index) => ({
    secret: `sk-soak-${String(index + 1).padStart(5, '0')}`,
    trouble: TROUBLES[index % TROUBLES.length] ?? 'none',
  }));
}

/** What goes wrong upstream beyond a credential that is no good. */
export function faultOf({ secret, trouble }: PlannedToken, intervalMs: number): FaultRuleInput | null {
  const base = { operation: 'models', secret } as const;
  if (trouble === 'limited') return { ...base, fault: { type: 'rate-limited', retryAfterSeconds: 3_600 } };
  if (trouble !== 'slow') return null;
  return { ...base, fault: { type: 'slow', delayMs: SLOW_IN_INTERVALS * intervalMs } };
}
