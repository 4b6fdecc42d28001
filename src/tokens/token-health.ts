import { Injectable, Logger, Optional } from '@nestjs/common';
import { Clock } from 'penstock/kernel';

import { TokenQuotas } from './lifecycle/token-quotas.js';
import { TokenCounters } from './token-counters.js';
import { healthAfter, isOfToken, markAfter, type TokenOutcome } from './token-health.policy.js';
import { TokenIncidents } from './token-incidents.js';
import { TokenStore, type TokenPatch } from './token-store.js';
import type { Token } from './token.entity.js';
import { TokenError } from './tokens.errors.js';

export type { TokenOutcome } from './token-health.policy.js';

/**
 * Learns from calls what tokens are worth: cools them, turns them off after 3 errors in a row or a refused credential,
 * and says why. Reports at the same time lose nothing: each is carried out after the one before.
 */
@Injectable()
export class TokenHealth {
  readonly #logger = new Logger(TokenHealth.name);
  /** Tokens without errors that this process has not reported about since; their successes change nothing. */
  readonly #clean = new Set<string>();

  constructor(
    private readonly store: TokenStore,
    private readonly counters: TokenCounters,
    private readonly quotas: TokenQuotas,
    private readonly clock: Clock,
    @Optional() private readonly incidents: TokenIncidents = new TokenIncidents(),
  ) {}

  /**
   * Takes note of an accepted job (`success`) or a failure. A token that is gone is passed over.
   *
   * What an upstream says of a limit or a credential holds for the choice of tokens from the call on; when it cannot be
   * written, it is forgotten.
   *
   * A success of a token that has no errors is only counted and costs no statement.
   */
  async report(tokenId: string, outcome: TokenOutcome): Promise<void> {
    if (outcome.kind === 'success') {
      this.counters.count(tokenId, 'submitted');
      if (this.#clean.has(tokenId)) return;
      this.#clean.add(tokenId);
    } else {
      this.#clean.delete(tokenId);
      if (isOfToken(outcome)) this.counters.countError(tokenId, outcome.kind);
    }
    try {
      await this.#apply(tokenId, outcome);
    } catch (error) {
      this.#clean.delete(tokenId);
      if (!(error instanceof TokenError && error.code === 'token_not_found')) throw error;
    }
  }

  /** Takes note of how a generation of the token ended. Only counted; its quota is read later. */
  finished(tokenId: string, end: 'completed' | 'failed'): void {
    this.counters.count(tokenId, end);
    this.quotas.used(tokenId);
  }

  async #apply(tokenId: string, outcome: TokenOutcome): Promise<void> {
    let applied: TokenPatch | null = null;
    const now = this.clock.now();
    const patchOf = (row: Token): TokenPatch | null => (applied = healthAfter(row, outcome, now));
    const mark = markAfter(outcome, now);
    const { label, provider, enabled, rampLimit } = await this.store.change(tokenId, patchOf, { mark });
    // Each success lets it serve more, and one that is off may have to begin with little when it is turned on.
    if (!enabled || rampLimit !== null) this.#clean.delete(tokenId);
    if (outcome.kind !== 'success' && hasCooled(applied)) this.incidents.cooled(provider, outcome.kind);
    this.#tell(`${tokenId} (${label})`, applied);
  }

  #tell(token: string, change: TokenPatch | null): void {
    if (change?.enabled === false) {
      this.#logger.warn(`Token ${token} was turned off. ${change.disabledReason ?? ''}`);
    } else if (typeof change?.coolingUntil === 'number') {
      const until = new Date(change.coolingUntil).toISOString();
      this.#logger.warn(`Token ${token} is left alone until ${until}. ${change.coolingReason ?? ''}`);
    }
  }
}

/** One that is turned off does not cool. */
function hasCooled(change: TokenPatch | null): boolean {
  return change?.enabled !== false && typeof change?.coolingUntil === 'number';
}
