import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { Clock, type Timer } from 'penstock/kernel';
import type { EntityManager } from 'typeorm';

import { Token } from './token.entity.js';

/** What is counted of a token. */
export type CountedEvent = 'submitted' | 'completed' | 'failed';

/** Counts that are not in the database yet. */
export type TokenCounts = Readonly<Record<CountedEvent, number>> & { readonly lastUsedAt: number | null };

const FLUSH_AFTER_MS = 5_000;
const NOTHING: TokenCounts = Object.freeze({ submitted: 0, completed: 0, failed: 0, lastUsedAt: null });

/**
 * Counts what tokens did, written behind: every 5 s and at the end of the process. A crash loses the counts of the last
 * 5 s, nothing else.
 */
@Injectable()
export class TokenCounters implements BeforeApplicationShutdown {
  readonly #logger = new Logger(TokenCounters.name);
  #pending = new Map<string, TokenCounts>();
  #timer: Timer | undefined;

  constructor(
    private readonly pool: DatabasePool,
    private readonly clock: Clock,
  ) {}

  count(tokenId: string, event: CountedEvent): void {
    const before = this.pending(tokenId);
    const lastUsedAt = event === 'submitted' ? this.clock.now() : before.lastUsedAt;
    this.#pending.set(tokenId, { ...before, [event]: before[event] + 1, lastUsedAt });
    this.#timer ??= this.clock.setTimer(() => void this.#flushLater(), FLUSH_AFTER_MS);
  }

  /** What was counted of a token since the last write. */
  pending(tokenId: string): TokenCounts {
    return this.#pending.get(tokenId) ?? NOTHING;
  }

  /** Writes everything down. What cannot be written is kept for the next time. */
  async flush(): Promise<void> {
    const batch = this.#pending;
    this.#pending = new Map();
    if (batch.size === 0) return;
    try {
      await this.pool.transaction(async (manager) => {
        for (const [id, counts] of batch) await add(manager, id, counts);
      });
    } catch (error) {
      for (const [id, counts] of batch) this.#pending.set(id, sum(counts, this.pending(id)));
      throw error;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#flushQuietly();
  }

  async #flushLater(): Promise<void> {
    this.#timer = undefined;
    await this.#flushQuietly();
  }

  async #flushQuietly(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      this.#logger.warn(`The counts of tokens could not be written and are kept: ${String(error)}`);
    }
  }
}

async function add(manager: EntityManager, id: string, counts: TokenCounts): Promise<void> {
  const { submitted, completed, failed, lastUsedAt } = counts;
  await manager
    .createQueryBuilder()
    .update(Token)
    .set({
      submitted: () => `submitted + ${submitted}`,
      completed: () => `completed + ${completed}`,
      failed: () => `failed + ${failed}`,
      ...(lastUsedAt === null ? {} : { lastUsedAt }),
    })
    .where({ id })
    .execute();
}

function sum(one: TokenCounts, later: TokenCounts): TokenCounts {
  return {
    submitted: one.submitted + later.submitted,
    completed: one.completed + later.completed,
    failed: one.failed + later.failed,
    lastUsedAt: later.lastUsedAt ?? one.lastUsedAt,
  };
}
