import type { TokenState } from '../token-state.js';

const DISABLED = 't.enabled = :no';
const EXPIRED = 't.expiresAt IS NOT NULL AND t.expiresAt <= :now';
const COOLING = 't.coolingUntil IS NOT NULL AND t.coolingUntil > :now';
const EXHAUSTED =
  't.quotaRemaining IS NOT NULL AND t.quotaRemaining <= 0 AND t.quotaResetsAt IS NOT NULL AND t.quotaResetsAt > :now';

/** The first that holds is the state, as `stateOf` has it. */
const IN_ORDER = [
  ['disabled', DISABLED],
  ['expired', EXPIRED],
  ['cooling', COOLING],
  ['exhausted', EXHAUSTED],
] as const;

/** SQL for a state of the token `t`, with the parameters `no` (false) and `now`. */
export function conditionOf(state: TokenState): string {
  const conditions: string[] = [];
  for (const [name, condition] of IN_ORDER) {
    if (name === state) return [...conditions, `(${condition})`].join(' AND ');
    conditions.push(`NOT (${condition})`);
  }
  return conditions.join(' AND ');
}
