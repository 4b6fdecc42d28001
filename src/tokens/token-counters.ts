import { Injectable } from '@nestjs/common';
import { WriteBehindBuffers } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import type { EntityManager } from 'typeorm';

import { Token } from './token.entity.js';

/** What is counted of a token. */
export type CountedEvent = 'submitted' | 'completed' | 'failed';

/** Counts that are not in the database yet. */
export type TokenCounts = Readonly<Record<CountedEvent, number>> & { readonly lastUsedAt: number | null };

/** The counts of one token. */
interface CountedToken extends TokenCounts {
  readonly id: string;
}

const NOTHING: TokenCounts = Object.freeze({ submitted: 0, completed: 0, failed: 0, lastUsedAt: null });

/**
 * Counts what tokens did, written behind: every 5 s and at the end of the process. A crash loses the counts of the last
 * 5 s, nothing else.
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
      merge: { key: ({ id }) => id, add: sum },
      write: async (manager, tokens) => {
        for (const token of tokens) await add(manager, token);
      },
    });
  }

  count(tokenId: string, event: CountedEvent): void {
    const lastUsedAt = event === 'submitted' ? this.clock.now() : null;
    this.#buffer.add({ ...NOTHING, id: tokenId, [event]: 1, lastUsedAt });
  }

  /** What was counted of a token since the last write. */
  pending(tokenId: string): TokenCounts {
    return this.#buffer.find(tokenId) ?? NOTHING;
  }
}

async function add(manager: EntityManager, token: CountedToken): Promise<void> {
  const { id, submitted, completed, failed, lastUsedAt } = token;
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

function sum(one: CountedToken, later: CountedToken): CountedToken {
  return {
    id: one.id,
    submitted: one.submitted + later.submitted,
    completed: one.completed + later.completed,
    failed: one.failed + later.failed,
    lastUsedAt: later.lastUsedAt ?? one.lastUsedAt,
  };
}
