import type { Clock, Random } from 'penstock/kernel';

import { DatabaseError } from '../database.errors.js';
import { isConflict } from './postgres-failures.js';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;

/** How long conflicts are gone through. */
export interface RepeatOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** No attempt is begun after this. */
  readonly timeoutMs: number;
}

/**
 * Runs a transaction until it does not lose against another one, with growing random pauses.
 *
 * Source: Brooker (2015), *Exponential Backoff And Jitter* (full jitter).
 *
 * @throws DatabaseError `transaction_conflict` when it still lost after `timeoutMs`
 */
export async function repeatConflicts<T>(attempt: () => Promise<T>, options: RepeatOptions): Promise<T> {
  const { clock, random, timeoutMs } = options;
  const deadline = clock.monotonic() + timeoutMs;
  for (
    let pauseMs = FIRST_PAUSE_MS, tries = 1;
    ;
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS), tries += 1
  ) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (clock.monotonic() >= deadline) throw givenUp(tries, timeoutMs, error);
    }
    await clock.sleep(random.next() * pauseMs);
  }
}

const givenUp = (tries: number, timeoutMs: number, cause: unknown): DatabaseError =>
  DatabaseError.of(
    'transaction_conflict',
    `A transaction lost against others ${tries} times in ${timeoutMs} ms. Shorten it, or try again later.`,
    cause,
  );
