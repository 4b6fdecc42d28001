import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

import { AppMetrics } from './app-metrics.js';

/** A pool at one moment. */
export interface PoolStats {
  /** Connections, permits or slots in use. */
  readonly active: number;
  /** Those that could be had at once. */
  readonly idle: number;
  /** Callers that wait for one. */
  readonly waiting: number;
  /** Callers so far whose wait is over, those who did not have to wait too; left out where nobody counts them. */
  readonly waits?: { readonly count: number };
}

/**
 * Reports pools, which are read at each scrape: `penstock_pool_connections`, `penstock_pool_waiting` and
 * `penstock_pool_acquires_total`. How long callers waited is in `penstock_wait_seconds`.
 */
@Injectable()
export class PoolMetrics implements OnModuleDestroy {
  readonly #logger = new Logger('PoolMetrics');
  readonly #pools = new Map<string, () => PoolStats>();

  constructor(metrics: AppMetrics) {
    metrics.gauge({
      name: 'penstock_pool_connections',
      help: 'Pooled connections, permits or slots by state.',
      labelNames: ['pool', 'state'],
      collect: (gauge) => {
        gauge.reset();
        this.#each((pool, { active, idle }) => {
          gauge.set({ pool, state: 'active' }, active);
          gauge.set({ pool, state: 'idle' }, idle);
        });
      },
    });
    metrics.gauge({
      name: 'penstock_pool_waiting',
      help: 'Callers that wait for a pooled connection, permit or slot.',
      labelNames: ['pool'],
      collect: (gauge) => {
        gauge.reset();
        this.#each((pool, { waiting }) => {
          gauge.set({ pool }, waiting);
        });
      },
    });
    metrics.counter({
      name: 'penstock_pool_acquires_total',
      help: 'Callers that asked for a pooled connection, permit or slot, and did or did not have to wait.',
      labelNames: ['pool'],
      collect: (counter) => {
        counter.reset();
        this.#each((pool, { waits }) => {
          if (waits !== undefined) counter.inc({ pool }, waits.count);
        });
      },
    });
  }

  /**
   * Reports a pool from now on. `read` is called at each scrape and should be cheap; while it throws, the pool is left
   * out and the rest is reported.
   *
   * @param name - value of the `pool` label, such as `database.readers`
   * @returns ends the report; calling it again does nothing
   * @throws Error when a pool of this name is reported already.
   */
  register(name: string, read: () => PoolStats): () => void {
    if (this.#pools.has(name)) {
      throw new Error(`Pool "${name}" is reported already. Choose another name, or end the first report.`);
    }
    this.#pools.set(name, read);
    return () => {
      if (this.#pools.get(name) === read) this.#pools.delete(name);
    };
  }

  onModuleDestroy(): void {
    this.#pools.clear();
  }

  #each(report: (pool: string, stats: PoolStats) => void): void {
    for (const [pool, read] of this.#pools) {
      try {
        report(pool, read());
      } catch (error) {
        this.#logger.warn(`Pool "${pool}" could not be read: ${String(error)}`);
      }
    }
  }
}
