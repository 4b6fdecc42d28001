import {
  Inject,
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { SingleFlight } from 'penstock/concurrency';
import { Clock, SystemClock, type Timer } from 'penstock/kernel';

import type { PooledToken } from './pooled-token.js';
import { TokenSource } from './ports/token-source.js';
import { TokenCacheError } from './token-cache.errors.js';
import { MODULE_OPTIONS_TOKEN } from './token-cache.module-definition.js';
import { resolveTokenCacheOptions, type TokenCacheOptions } from './token-cache.options.js';
import { TokenLoad } from './token-load.js';
import type { TokenMark } from './token-marks.js';
import type { TokenCacheHealth, TokenListener, TokenSnapshot } from './token-snapshot.js';
import { TokenTable } from './token-table.js';

/**
 * Every token in memory. Reads are synchronous, take no lock and copy nothing; nothing on the request path waits for the
 * source. Loads at start (and fails the start when it cannot), then refreshes in the background.
 *
 * Whoever changes a token calls {@link TokenCache.put} or {@link TokenCache.remove} once the change is committed; a
 * refresh under way at that time does not undo it. Changes by others are seen at the next refresh.
 */
@Injectable()
export class TokenCache implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger(TokenCache.name);
  #ttlMs: number;
  readonly #table = new TokenTable();
  readonly #flights = new SingleFlight<'all', void>();
  readonly #listeners = new Set<TokenListener>();
  #loaded: { readonly at: number; readonly monotonic: number } | undefined;
  #lastError: string | null = null;
  #timer: Timer | undefined;
  #closed = false;

  constructor(
    private readonly source: TokenSource,
    @Inject(MODULE_OPTIONS_TOKEN) options: TokenCacheOptions = {},
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {
    this.#ttlMs = resolveTokenCacheOptions(options).ttlMs;
  }

  /** @throws TokenCacheError `token_load_failed` */
  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.#armRefresh();
  }

  onModuleDestroy(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  /** @throws TokenCacheError `tokens_not_loaded` before the first load, so that nobody takes that for an empty pool */
  snapshot(): TokenSnapshot {
    if (this.#loaded === undefined) throw TokenCacheError.notLoaded();
    const { index } = this.#table;
    return {
      tokens: index.tokens,
      active: index.active,
      ofProvider: (name) => index.ofProvider(name),
      loadedAt: this.#loaded.at,
      ageMs: this.clock.monotonic() - this.#loaded.monotonic,
    };
  }

  /** Every token that is known by now: none before the first load has brought any. */
  all(): Iterable<PooledToken> {
    return this.#table.index.tokens.values();
  }

  get(id: string): PooledToken | undefined {
    return this.#table.index.tokens.get(id);
  }

  /** Takes over a committed change. A version older than the present one, or than a removed one, is ignored. */
  put(token: PooledToken): void {
    if (this.#table.put(token)) this.#notify(token.id);
  }

  /** Takes over a committed deletion. */
  remove(id: string): void {
    if (this.#table.remove(id)) this.#notify(id);
  }

  /**
   * Shows a token at once as it will be after a change that is still to be committed, whatever else is put meanwhile.
   *
   * @returns the way to end that, once the change was put or has failed; ending it again does nothing
   */
  mark(id: string, mark: TokenMark): () => void {
    // Of its own, so that each ends only itself.
    const own: TokenMark = (token) => mark(token);
    if (this.#table.mark(id, own)) this.#notify(id);
    return () => {
      if (this.#table.unmark(id, own)) this.#notify(id);
    };
  }

  /**
   * Loads everything again. A call during a load joins it and may therefore get rows from before the call.
   *
   * @throws TokenCacheError `token_load_failed`; the present tokens stay
   */
  refresh(): Promise<void> {
    return this.#flights.run('all', () => this.#load());
  }

  /** Changes options while it runs, at once. @throws RangeError naming the option; then nothing changes */
  configure(options: TokenCacheOptions): void {
    this.#ttlMs = resolveTokenCacheOptions({ ttlMs: this.#ttlMs, ...options }).ttlMs;
    // A refresh under way sets the next timer when it ends.
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#armRefresh();
  }

  health(): TokenCacheHealth {
    const ageMs = this.#loaded === undefined ? null : this.clock.monotonic() - this.#loaded.monotonic;
    const stale = this.#lastError !== null || ageMs === null || ageMs > 2 * this.#ttlMs;
    return { ageMs, stale, lastError: this.#lastError };
  }

  /** Calls `listener` after each change, within the call that makes it. Returns the way to end that. */
  onChange(listener: TokenListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #load(): Promise<void> {
    const began = { at: this.clock.now(), monotonic: this.clock.monotonic() };
    const load = new TokenLoad(this.#table, (id) => {
      this.#notify(id);
    });
    try {
      await load.run(() => this.source.loadAll());
      this.#loaded = began;
      this.#lastError = null;
    } catch (cause) {
      const error = TokenCacheError.loadFailed(cause);
      this.#lastError = error.message;
      throw error;
    }
  }

  #armRefresh(): void {
    if (this.#closed) return;
    this.#timer = this.clock.setTimer(() => {
      this.#timer = undefined;
      void this.#refreshInBackground();
    }, this.#ttlMs);
  }

  async #refreshInBackground(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      if (!this.#closed) this.#logger.warn(`${String(error)} Serving the tokens loaded before.`);
    }
    this.#armRefresh();
  }

  #notify(id: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(id);
      } catch (error) {
        this.#logger.error('A listener to token changes failed.', error);
      }
    }
  }
}
