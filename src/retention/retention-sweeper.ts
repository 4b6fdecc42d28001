import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Interval } from '@nestjs/schedule';
import { Clock, longLivedAbort } from 'penstock/kernel';
import { AppMetrics, Timed } from 'penstock/metrics';

import { Retained, type RetainedRows } from './retained-rows.js';

const LOOK_EVERY_MS = 60_000;
/** Rows of one transaction: few, so that no other write waits long for it. */
const CHUNK_ROWS = 200;
/** Between two transactions, for those who wait. */
const PAUSE_MS = 20;

/** Deletes what need not be kept any longer, of every provider that is `@Retained`, in small transactions with pauses. */
@Injectable()
export class RetentionSweeper implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger('retention');
  readonly #shutdown = longLivedAbort();
  readonly #retained = new Map<string, RetainedRows>();
  readonly #deleted;
  #running: Promise<void> | undefined;

  constructor(
    metrics: AppMetrics,
    private readonly discovery: DiscoveryService,
    private readonly clock: Clock,
  ) {
    this.#deleted = metrics.counter({
      name: 'penstock_retention_deleted_rows_total',
      help: 'Rows that were deleted because they need not be kept any longer.',
      labelNames: ['rows'],
    });
  }

  /** @throws Error when a provider that is `@Retained` has no `prune`, or two have one name */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: Retained.KEY })) {
      const name = this.discovery.getMetadataByDecorator(Retained, wrapper);
      const instance: unknown = wrapper.instance;
      if (name === undefined || this.#retained.get(name) === instance) continue;
      if (!isRetained(instance)) throw new Error(`"${name}" is @Retained and has no method prune(limit).`);
      if (this.#retained.has(name))
        throw new Error(`Two providers are @Retained('${name}'). Rename one of them.`);
      this.#retained.set(name, instance);
    }
  }

  /** Sweeps, or joins the sweep that runs. Does not throw. */
  @Interval(LOOK_EVERY_MS)
  @Timed({ name: 'retention sweep', kind: 'task', slowAfterMs: Infinity })
  sweep(): Promise<void> {
    this.#running ??= this.#sweepAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Ends after the transaction that runs. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#shutdown.abort();
    await this.#running;
  }

  async #sweepAll(): Promise<void> {
    for (const [name, rows] of this.#retained) {
      try {
        await this.#sweepOne(name, rows);
      } catch (error) {
        this.#logger.warn(
          { err: error, rows: name },
          'Old rows could not be deleted; trying again in a minute',
        );
      }
    }
  }

  async #sweepOne(name: string, rows: RetainedRows): Promise<void> {
    for (let deleted = CHUNK_ROWS; deleted >= CHUNK_ROWS && !this.#shutdown.signal.aborted;) {
      deleted = await rows.prune(CHUNK_ROWS);
      if (deleted > 0) this.#deleted.inc({ rows: name }, deleted);
      if (deleted >= CHUNK_ROWS) await this.clock.sleep(PAUSE_MS, this.#shutdown.signal);
    }
  }
}

function isRetained(value: unknown): value is RetainedRows {
  return typeof value === 'object' && value !== null && 'prune' in value && typeof value.prune === 'function';
}
