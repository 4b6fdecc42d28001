import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Semaphore } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';
import { Timed } from 'penstock/metrics';
import { Settings } from 'penstock/settings';

import { TokenStore } from '../token-store.js';
import { CredentialRefresher } from './credential-refresher.js';
import { tokenRefreshSettings } from './token-refresh.settings.js';

const LOOK_EVERY_MS = 5 * 60_000;
const LONGEST_REST_MS = 60 * 60_000;
const AT_ONCE = 5;

/** Until when a token is left alone after its last renewal. Times are on the monotonic clock. */
interface Setback {
  readonly until: number;
  readonly pauseMs: number;
}

/**
 * Renews credentials in time: every 5 minutes, those that expire within 24 hours (a setting), a few at once. One that
 * cannot be renewed is tried again at growing pauses of at most 6 hours (a setting); until it expires, its token serves on.
 */
@Injectable()
export class ExpiryWatch implements OnApplicationBootstrap {
  readonly #logger = new Logger(ExpiryWatch.name);
  readonly #setbacks = new Map<string, Setback>();
  readonly #slots: Semaphore;

  constructor(
    private readonly store: TokenStore,
    private readonly refresher: CredentialRefresher,
    private readonly clock: Clock,
    @Inject(Settings) private readonly settings: Pick<Settings, 'get'>,
  ) {
    this.#slots = new Semaphore({ name: 'tokens.refreshes', permits: AT_ONCE, clock });
  }

  /** The start does not wait for the renewals. */
  onApplicationBootstrap(): void {
    void this.look();
  }

  /** Resolves when the renewals that are due have ended. A look that overlaps another renews nothing twice. */
  @Interval(LOOK_EVERY_MS)
  @Timed({ name: 'token expiry', kind: 'task', slowAfterMs: 60_000 })
  async look(): Promise<void> {
    try {
      const { aheadMs } = this.settings.get(tokenRefreshSettings);
      const ids = await this.store.idsExpiringBefore(this.clock.now() + aheadMs);
      this.#forgetAllBut(new Set(ids));
      const now = this.clock.monotonic();
      const due = ids.filter((id) => (this.#setbacks.get(id)?.until ?? 0) <= now);
      await Promise.all(due.map((id) => this.#slots.run(() => this.#renew(id))));
    } catch (error) {
      this.#logger.warn({ err: error }, 'Tokens that expire soon could not be looked at');
    }
  }

  async #renew(id: string): Promise<void> {
    try {
      const { expiresAt } = await this.refresher.refresh(id);
      this.#settle(id, expiresAt);
    } catch (error) {
      const last = this.#setbacks.get(id)?.pauseMs ?? LOOK_EVERY_MS / 2;
      const pauseMs = Math.min(2 * last, this.settings.get(tokenRefreshSettings).longestPauseMs);
      this.#setbacks.set(id, { until: this.clock.monotonic() + pauseMs, pauseMs });
      this.#logger.warn({ token: id, retryInMs: pauseMs, err: error }, 'A credential could not be renewed');
    }
  }

  /**
   * A credential that never lives as long as we look ahead is not renewed at each look, but when half of its life is over,
   * or an hour: an operator may have set one meanwhile that ends sooner.
   */
  #settle(id: string, expiresAt: number | null): void {
    const leftMs = (expiresAt ?? Infinity) - this.clock.now();
    const restMs = Math.min(leftMs / 2, LONGEST_REST_MS);
    this.#setbacks.set(id, { until: this.clock.monotonic() + restMs, pauseMs: LOOK_EVERY_MS / 2 });
  }

  #forgetAllBut(ids: ReadonlySet<string>): void {
    for (const id of this.#setbacks.keys()) if (!ids.has(id)) this.#setbacks.delete(id);
  }
}
