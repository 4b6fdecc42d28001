import { ProviderError, type ProviderFailure } from 'penstock/plugin-api';

/**
 * What an error from a provider's method means.
 *
 * @param effect - `changes` for a method that may change something upstream (submit, remix, cancel): an error that is no
 *   {@link ProviderError} then says nothing about whether it did. `reads` for all others.
 */
export function failureOf(error: unknown, effect: 'changes' | 'reads'): ProviderFailure {
  if (error instanceof ProviderError) return error.failure;
  return effect === 'changes' ? { kind: 'ambiguous' } : { kind: 'transient', retryAfterMs: null };
}
