import { Injectable } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { LessThan, LessThanOrEqual, type EntityManager } from 'typeorm';

import { stateOf, type TokenState } from '../token-state.js';
import type { DisabledBy, Token } from '../token.entity.js';
import { TokenTransition } from './token-transition.entity.js';

/** Transitions kept of each token; older ones go. */
const KEPT = 200;

/** The state of a token before and after a change, and who made it. */
export interface TokenChange {
  /** `null` when it is new. */
  readonly before: Token | null;
  readonly after: Token;
  readonly by: DisabledBy;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What state each token was in, since when and why. */
@Injectable()
export class TokenHistory {
  constructor(private readonly pool: DatabasePool) {}

  /** Notes a change if it is one of state or of its reason. Part of the transaction that makes the change. */
  async note(manager: EntityManager, { before, after, by, at }: TokenChange): Promise<void> {
    const from = before === null ? null : stateOf(before, at);
    const to = stateOf(after, at);
    if (from?.state === to.state && from.reason === to.reason) return;
    await manager.insert(TokenTransition, {
      tokenId: after.id,
      version: after.version,
      at,
      by,
      from: from?.state ?? null,
      to: to.state,
      reason: to.reason,
      until: endOf(to.state, after),
    });
    await this.#prune(manager, after.id);
  }

  /** The transitions of a token, newest first. @param before - only those of versions below this one */
  list(tokenId: string, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<TokenTransition[]> {
    return this.pool.read((manager) =>
      manager.find(TokenTransition, {
        where: { tokenId, version: LessThan(before) },
        order: { version: 'DESC' },
        take: limit,
      }),
    );
  }

  /** Forgets a token that is gone. */
  async forget(manager: EntityManager, tokenId: string): Promise<void> {
    await manager.delete(TokenTransition, { tokenId });
  }

  async #prune(manager: EntityManager, tokenId: string): Promise<void> {
    const [oldest] = await manager.find(TokenTransition, {
      select: { version: true },
      where: { tokenId },
      order: { version: 'DESC' },
      skip: KEPT,
      take: 1,
    });
    if (oldest === undefined) return;
    await manager.delete(TokenTransition, { tokenId, version: LessThanOrEqual(oldest.version) });
  }
}

/** When a state ends by time alone. */
function endOf(state: TokenState, { coolingUntil, quotaResetsAt }: Token): number | null {
  if (state === 'exhausted') return quotaResetsAt;
  return state === 'cooling' ? coolingUntil : null;
}
