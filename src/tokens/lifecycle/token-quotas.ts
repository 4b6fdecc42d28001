import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Semaphore } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';
import type { Quota } from 'penstock/plugin-api';
import { TokenCache } from 'penstock/token-cache';

import { TokenCalls } from '../token-calls.js';
import { healthAfterQuota, markAfter } from '../token-health.policy.js';
import { TokenStore, type TokenPatch } from '../token-store.js';
import type { Token } from '../token.entity.js';
import { TokenError } from '../tokens.errors.js';

const LOOK_EVERY_MS = 5_000;
const LEAST_PAUSE_MS = 30_000;
const AT_ONCE = 5;

/**
 * Reads what the accounts of tokens may still use, in the background: after generations, at most every 30 s for each
 * token, and when a cooldown ends. Nothing waits for it. A token without any quota left cools until its quota resets, also
 * where a refusal that did not tell the time had it cool for longer.
 */
@Injectable()
export class TokenQuotas implements OnModuleDestroy {
  readonly #logger = new Logger(TokenQuotas.name);
  readonly #wanted = new Set<string>();
  readonly #reading = new Set<string>();
  readonly #cooling = new Set<string>();
  /** When each was asked for last, on the monotonic clock. */
  readonly #askedAt = new Map<string, number>();
  readonly #slots: Semaphore;
  readonly #unsubscribe: () => void;

  constructor(
    private readonly store: TokenStore,
    private readonly cache: TokenCache,
    private readonly calls: TokenCalls,
    private readonly clock: Clock,
  ) {
    this.#slots = new Semaphore({ name: 'tokens.quotas', permits: AT_ONCE, clock });
    this.#unsubscribe = cache.onChange((id) => {
      this.#noteCooldown(id);
    });
  }

  onModuleDestroy(): void {
    this.#unsubscribe();
  }

  /** Says that a generation of the token ended, so that its quota is another now. */
  used(id: string): void {
    const token = this.cache.get(id);
    if (token !== undefined && this.calls.offers(token, 'fetchQuota')) this.#wanted.add(id);
  }

  /** Reads what is wanted and was not read just now. Resolves when the reads that it began have ended. */
  @Interval(LOOK_EVERY_MS)
  @Timed({ name: 'token quotas', kind: 'task', slowAfterMs: 60_000 })
  async look(): Promise<void> {
    this.#wantThoseThatCooled();
    const latest = this.clock.monotonic() - LEAST_PAUSE_MS;
    const due = [...this.#wanted].filter(
      (id) => !this.#reading.has(id) && (this.#askedAt.get(id) ?? -Infinity) <= latest,
    );
    await Promise.all(due.map((id) => this.#read(id)));
    this.#forgetOldAsks();
  }

  #noteCooldown(id: string): void {
    if ((this.cache.get(id)?.coolingUntil ?? 0) > this.clock.now()) this.#cooling.add(id);
  }

  #wantThoseThatCooled(): void {
    for (const id of this.#cooling) {
      if ((this.cache.get(id)?.coolingUntil ?? 0) > this.clock.now()) continue;
      this.#cooling.delete(id);
      this.used(id);
    }
  }

  #forgetOldAsks(): void {
    const latest = this.clock.monotonic() - LEAST_PAUSE_MS;
    for (const [id, at] of this.#askedAt) if (at <= latest) this.#askedAt.delete(id);
  }

  async #read(id: string): Promise<void> {
    this.#wanted.delete(id);
    this.#reading.add(id);
    try {
      await this.#slots.run(() => this.#fetch(id));
    } catch (error) {
      const isGone = error instanceof TokenError && error.code === 'token_not_found';
      if (!isGone) this.#logger.warn({ token: id, err: error }, 'The quota of a token could not be read');
    } finally {
      this.#askedAt.set(id, this.clock.monotonic());
      this.#reading.delete(id);
    }
  }

  async #fetch(id: string): Promise<void> {
    const row = await this.store.get(id);
    if (row.enabled) await this.readNow(row);
  }

  /**
   * Reads the quota of a token at once, also of one that is off.
   *
   * @returns `null` when its provider does not tell
   * @throws ProviderError; SecretError when its secret does not open; PluginError `unknown_provider`
   */
  async readNow(row: Token): Promise<Quota | null> {
    const { id } = row;
    const quota = await this.calls.run(row, 'fetchQuota', (provider, context) =>
      provider.fetchQuota === undefined ? Promise.resolve(null) : provider.fetchQuota(context),
    );
    if (quota === null) return null;
    const now = this.clock.now();
    const { remaining, resetsAt } = quota;
    const isUsedUp = remaining !== null && remaining <= 0;
    const mark = isUsedUp ? markAfter({ kind: 'quota_exhausted', resetsAt }, now) : null;
    await this.store.change(id, (token) => patchOf(token, quota, now), { mark });
    return quota;
  }
}

function patchOf(token: Token, quota: Quota, now: number): TokenPatch {
  const { remaining, resetsAt } = quota;
  return {
    ...healthAfterQuota(token, quota, now),
    quotaRemaining: remaining === null ? null : Math.max(0, remaining),
    quotaResetsAt: resetsAt,
    quotaReadAt: now,
  };
}
