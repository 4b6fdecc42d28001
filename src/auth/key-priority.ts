import { PRIORITIES, type Priority } from 'penstock/balancer';

import type { Principal } from './principal.js';
import { allows } from './scopes.js';

/** How urgent the generations of a key are, where they wait for a token. */
export interface KeyPriority {
  /** Of those whose request names none. */
  readonly default: Priority;
  /** The highest that a request may name. */
  readonly max: Priority;
}

/** Of keys for which nothing is set. */
export const STANDARD_PRIORITY: KeyPriority = Object.freeze({ default: 'normal', max: 'normal' });

/** Fills in what is left out, so that `default` is at most `max` where it can be. */
export function resolveKeyPriority({ default: standard, max }: Partial<KeyPriority>): KeyPriority {
  return {
    default: standard ?? (max === 'low' ? 'low' : 'normal'),
    max: max ?? (standard === 'high' ? 'high' : 'normal'),
  };
}

export function isAtMost(priority: Priority, max: Priority): boolean {
  return PRIORITIES.indexOf(priority) <= PRIORITIES.indexOf(max);
}

/** Whether a key's requests may name the priority. An admin key, which could allow itself any, may name any. */
export function mayAskFor({ scopes, priority: { max } }: Principal, priority: Priority): boolean {
  return allows(scopes, 'admin') || isAtMost(priority, max);
}
