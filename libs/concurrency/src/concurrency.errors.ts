import { CodedError, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  acquire_timeout: 'timeout',
  acquire_aborted: 'unavailable',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link ConcurrencyError}. */
export type ConcurrencyErrorCode = keyof typeof CATEGORIES;

/** A lock or permit was not had. The caller holds nothing. */
export class ConcurrencyError extends CodedError<ConcurrencyErrorCode> {
  static notAcquired(name: string, outcome: 'timeout' | 'aborted', waitedMs: number): ConcurrencyError {
    const code = outcome === 'timeout' ? 'acquire_timeout' : 'acquire_aborted';
    return new ConcurrencyError(
      code,
      CATEGORIES[code],
      `Waited ${waitedMs.toFixed(0)} ms for ${name}: ${outcome}.`,
    );
  }
}
