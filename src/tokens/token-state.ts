import type { Token } from './token.entity.js';

/** What a token can be, as far as its row tells; whether it is busy, only the balancer knows. */
export const TOKEN_STATES = ['ready', 'cooling', 'exhausted', 'expired', 'disabled'] as const;

/** A member of {@link TOKEN_STATES}. */
export type TokenState = (typeof TOKEN_STATES)[number];

/** The columns that decide on the state. */
export type StateColumns = Pick<
  Token,
  | 'enabled'
  | 'disabledReason'
  | 'expiresAt'
  | 'coolingUntil'
  | 'coolingReason'
  | 'quotaRemaining'
  | 'quotaResetsAt'
>;

/** The state of a token and why it is not ready; disabled outranks expired, then cooling, then exhausted. */
export function stateOf(
  token: StateColumns,
  now: number,
): { readonly state: TokenState; readonly reason: string | null } {
  const { enabled, disabledReason, expiresAt, coolingUntil, coolingReason } = token;
  if (!enabled) return { state: 'disabled', reason: disabledReason };
  if (expiresAt !== null && expiresAt <= now) {
    return { state: 'expired', reason: `It expired at ${new Date(expiresAt).toISOString()}.` };
  }
  if (coolingUntil !== null && coolingUntil > now) return { state: 'cooling', reason: coolingReason };
  const { quotaRemaining, quotaResetsAt } = token;
  // Without a known end a quota that is used up is a cooldown.
  if (quotaRemaining !== null && quotaRemaining <= 0 && quotaResetsAt !== null && quotaResetsAt > now) {
    return {
      state: 'exhausted',
      reason: `Its quota is used up until ${new Date(quotaResetsAt).toISOString()}.`,
    };
  }
  return { state: 'ready', reason: null };
}
