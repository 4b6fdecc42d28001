import { Injectable } from '@nestjs/common';
import { WriteBehindBuffers } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import type { EntityManager } from 'typeorm';

import { Token } from './token.entity.js';

/** What is counted of a token. */
export type CountedEvent = 'submitted' | 'completed' | 'failed';

/** How often what happened. */
export type TokenTally = Readonly<Record<CountedEvent | 'errors', number>>;

/** Counts that are not in the database yet. */
export interface PendingCounts {
  readonly total: TokenTally;
  /** Of it, what happened today. */
  readonly today: TokenTally;
  readonly lastUsedAt: number | null;
  readonly lastError: TokenFault | null;
}

/** A failure that was the token's. */
export interface TokenFault {
  readonly kind: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The counts of one token on one day. */
interface CountedToken extends TokenTally {
  readonly id: string;
  readonly day: number;
  readonly lastUsedAt: number | null;
  readonly lastError: TokenFault | null;
}

const DAY_MS = 86_400_000;
/** Nothing happened. */
export const NO_TALLY: TokenTally = Object.freeze({ submitted: 0, completed: 0, failed: 0, errors: 0 });

/** The columns of a token that did nothing yet. */
export const NOTHING_COUNTED = Object.freeze({
  ...NO_TALLY,
  lastUsedAt: null,
  lastError: null,
  lastErrorAt: null,
  countedDay: null,
  daySubmitted: 0,
  dayCompleted: 0,
  dayFailed: 0,
  dayErrors: 0,
});

/** The first moment of a day in UTC. */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

/**
 * Counts what tokens did, in all and on each day of UTC, written behind: every 5 s and at the end of the process. A crash
 * loses the counts of the last 5 s, nothing else.
 */
@Injectable()
export class TokenCounters {
  readonly #buffer;

  constructor(
    buffers: WriteBehindBuffers,
    private readonly clock: Clock,
  ) {
    this.#buffer = buffers.create<CountedToken>({
      name: 'token-counters',
      maxDelayMs: 5_000,
      merge: { key: keyOf, add: sum },
      write: async (manager, tokens) => {
        for (const token of tokens) await add(manager, token);
      },
    });
  }

  count(tokenId: string, event: CountedEvent): void {
    this.#add(tokenId, { [event]: 1, lastUsedAt: event === 'submitted' ? this.clock.now() : null });
  }

  /** Counts a failure that was the token's. @param kind - of the failure, such as `rate_limited` */
  countError(tokenId: string, kind: string): void {
    this.#add(tokenId, { errors: 1, lastError: { kind, at: this.clock.now() } });
  }

  /** What was counted of a token since the last write. */
  pending(id: string): PendingCounts {
    const day = dayOf(this.clock.now());
    const nothing: CountedToken = { id, day, ...NO_TALLY, lastUsedAt: null, lastError: null };
    const today = this.#buffer.find(keyOf(nothing)) ?? nothing;
    const before = this.#buffer.find(keyOf({ id, day: day - DAY_MS })) ?? nothing;
    const { lastUsedAt, lastError } = sum(before, today);
    return { total: sumOf(before, today), today: sumOf(today, NO_TALLY), lastUsedAt, lastError };
  }

  #add(id: string, counted: Partial<CountedToken>): void {
    const nothing = { ...NO_TALLY, lastUsedAt: null, lastError: null };
    this.#buffer.add({ ...nothing, ...counted, id, day: dayOf(this.clock.now()) });
  }
}

async function add(manager: EntityManager, token: CountedToken): Promise<void> {
  const { id, day, submitted, completed, failed, errors, lastUsedAt, lastError } = token;
  const onDay = (column: string, count: number) => (): string =>
    `CASE WHEN counted_day = ${day} THEN ${column} + ${count} ELSE ${count} END`;
  await manager
    .createQueryBuilder()
    .update(Token)
    .set({
      submitted: () => `submitted + ${submitted}`,
      completed: () => `completed + ${completed}`,
      failed: () => `failed + ${failed}`,
      errors: () => `errors + ${errors}`,
      daySubmitted: onDay('day_submitted', submitted),
      dayCompleted: onDay('day_completed', completed),
      dayFailed: onDay('day_failed', failed),
      dayErrors: onDay('day_errors', errors),
      countedDay: day,
      ...(lastUsedAt === null ? {} : { lastUsedAt }),
      ...(lastError === null ? {} : { lastError: lastError.kind, lastErrorAt: lastError.at }),
    })
    .where({ id })
    .execute();
}

const keyOf = ({ id, day }: Pick<CountedToken, 'id' | 'day'>): string => `${id} ${day}`;

function sum(one: CountedToken, later: CountedToken): CountedToken {
  return {
    id: one.id,
    day: one.day,
    ...sumOf(one, later),
    lastUsedAt: later.lastUsedAt ?? one.lastUsedAt,
    lastError: later.lastError ?? one.lastError,
  };
}

/** Both together. */
export function sumOf(one: TokenTally, other: TokenTally): TokenTally {
  return {
    submitted: one.submitted + other.submitted,
    completed: one.completed + other.completed,
    failed: one.failed + other.failed,
    errors: one.errors + other.errors,
  };
}
