import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

import type { Priority } from './admission/priority.js';
import type { LeaseClaim, LeaseRequest } from './lease.js';
import { summarise, type TokenVerdict } from './verdict.js';

const CATEGORIES = {
  no_usable_token: 'unavailable',
  queue_full: 'rate_limited',
  admission_cancelled: 'conflict',
  shutting_down: 'unavailable',
  lease_held: 'conflict',
  unknown_strategy: 'invalid_input',
  duplicate_strategy: 'invalid_input',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link BalancerError}. */
export type BalancerErrorCode = keyof typeof CATEGORIES;

/** A lease was not granted, so that the holder has no new one; or a strategy cannot be used. */
export class BalancerError extends CodedError<BalancerErrorCode> {
  /** No token can serve the request as things stand. */
  static noUsableToken(request: LeaseRequest, verdicts: readonly TokenVerdict[]): BalancerError {
    return BalancerError.of(
      'no_usable_token',
      `No token can serve ${request.model}: ${reason(request, verdicts)}.`,
    );
  }

  static unknownStrategy(name: string, known: readonly string[]): BalancerError {
    return BalancerError.of(
      'unknown_strategy',
      `There is no balancing strategy "${name}". There are: ${known.join(', ')}.`,
    );
  }

  static duplicateStrategy(name: string, ...by: readonly object[]): BalancerError {
    const classes = by.map((each) => each.constructor.name).join(' and ');
    return BalancerError.of(
      'duplicate_strategy',
      `The balancing strategy "${name}" is registered by ${classes}. Rename one, or drop one from the imports.`,
    );
  }

  static queueFull(maxWaiting: number, priority: Priority, retryAfterMs: number): BalancerError {
    return BalancerError.of(
      'queue_full',
      `All ${maxWaiting} places of the queue for the priority "${priority}" are taken. Try again later.`,
      { retryAfterMs },
    );
  }

  static cancelled(holder: string): BalancerError {
    return BalancerError.of('admission_cancelled', `${holder} stopped waiting for a token.`);
  }

  static shuttingDown(): BalancerError {
    return BalancerError.of(
      'shutting_down',
      'Tokens are no longer handed out: the process is shutting down.',
    );
  }

  static leaseHeld(held: LeaseClaim): BalancerError {
    return BalancerError.of(
      'lease_held',
      `${held.holder} has a lease on ${held.tokenId} for ${held.kind}. Release it before taking another one.`,
    );
  }

  private static of(code: BalancerErrorCode, message: string, options?: CodedErrorOptions): BalancerError {
    return new BalancerError(code, CATEGORIES[code], message, options);
  }
}

function reason({ providers, tokenId }: LeaseRequest, verdicts: readonly TokenVerdict[]): string {
  if (providers.length === 0) return 'no provider offers it';
  const others = verdicts.filter(({ verdict }) => verdict !== 'not_pinned');
  if (tokenId !== null && others.length === 0)
    return `token ${tokenId} is gone or belongs to another provider`;
  if (others.length === 0) return `there is no token of ${providers.join(', ')}`;
  return summarise(others);
}
