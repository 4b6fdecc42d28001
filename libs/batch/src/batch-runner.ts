import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock, longLivedAbort, SystemClock } from 'penstock/kernel';

import type { BatchRecord } from './batch.js';
import { BatchError } from './batch.errors.js';
import { MODULE_OPTIONS_TOKEN } from './batch.module-definition.js';
import { resolveBatchOptions, type BatchOptions } from './batch.options.js';
import { operationLimits } from './batch-limits.js';
import { BatchChanges } from './batch-changes.js';
import { BatchOperations, type RegisteredOperation } from './operations.registry.js';
import { failed } from './outcome.js';
import { BatchStore } from './ports/batch-store.js';
import { BatchRun, type SharedParts } from './run/batch-run.js';
import { KeyLocks } from './run/key-locks.js';
import { Lane } from './run/lane.js';
import { Patience } from './run/patience.js';

const INTERRUPTED = failed('interrupted', {
  reason: 'The process ended while it ran. It is not known what was done; retry it if that does no harm.',
});
const CANCELLED = 'It was cancelled.';
const OPERATION_GONE = 'No plugin offers its operation any more.';

/** Carries out batches, several at once. Takes up at the start what an end of the process interrupted. */
@Injectable()
export class BatchRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(BatchRunner.name);
  readonly #stop = longLivedAbort();
  readonly #abandon = longLivedAbort();
  readonly #lanes = new Map<string, Lane>();
  readonly #runs = new Map<string, { readonly run: BatchRun; readonly ended: Promise<void> }>();
  readonly #shared: SharedParts;

  constructor(
    private readonly store: BatchStore,
    private readonly operations: BatchOperations,
    private readonly changes: BatchChanges,
    @Inject(MODULE_OPTIONS_TOKEN) options: BatchOptions,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {
    this.#shared = {
      store,
      clock,
      locks: new KeyLocks(),
      options: resolveBatchOptions(options),
      stop: this.#stop.signal,
      abandon: this.#abandon.signal,
      patience: new Patience(clock, this.#stop.signal, (err, retryInMs) => {
        this.#logger.warn({ err, retryInMs }, 'The store of batches failed; trying again');
      }),
      changed: (id) => {
        changes.publish(id);
      },
    };
  }

  /** Batches that were not accepted yet are removed: whoever asked for them got no answer. */
  async onApplicationBootstrap(): Promise<void> {
    for (const batch of await this.store.unfinished()) {
      if (batch.state === 'preparing') await this.store.discard(batch.id);
      else await this.#resume(batch);
    }
  }

  /** Begins with a batch that is running, as the store has it. */
  start(batch: BatchRecord): void {
    if (this.#stop.signal.aborted) return;
    const operation = this.operations.get(batch.operation);
    const run = new BatchRun(batch, operation, this.#laneOf(operation), this.#shared);
    this.#runs.set(batch.id, { run, ended: this.#drive(batch.id, run) });
  }

  /** Lets no further item of a batch begin; those under way end. @throws BatchError `batch_not_found`, `batch_ended` */
  async cancel(id: string): Promise<void> {
    const batch = await this.#get(id);
    if (batch.state !== 'running') throw BatchError.ended(id, batch.state);
    const running = this.#runs.get(id);
    if (running !== undefined) {
      await running.run.wind('cancelled', CANCELLED);
      return;
    }
    await this.store.wind(id, 'cancelled', CANCELLED);
    await this.store.end(id, this.clock.now());
  }

  /**
   * Runs the failed items of an ended batch again.
   *
   * @returns how many
   * @throws BatchError `batch_not_found`, `batch_not_ended`, `nothing_to_retry`, `batch_operation_not_found`
   */
  async retry(id: string): Promise<number> {
    const { state, operation } = await this.#get(id);
    if (state === 'running' || state === 'preparing' || this.#runs.has(id)) throw BatchError.notEnded(id);
    this.operations.get(operation);
    if (this.#stop.signal.aborted) throw BatchError.stopped();
    const items = await this.store.retry(id);
    if (items === 0) throw BatchError.nothingToRetry(id);
    this.start(await this.#get(id));
    this.changes.publish(id);
    return items;
  }

  /** Items that end in a second, lately; `null` when it is not running, or too little is known. */
  perSecond(id: string): number | null {
    return this.#runs.get(id)?.run.meter.perSecond() ?? null;
  }

  /** Batches that are under way. */
  get active(): number {
    return this.#runs.size;
  }

  /** Begins nothing any more, and waits a while for what is under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    const ended = longLivedAbort();
    const all = Promise.allSettled(Array.from(this.#runs.values(), (each) => each.ended)).then(() => {
      ended.abort();
    });
    await this.clock.sleep(this.#shared.options.stopTimeoutMs, ended.signal);
    this.#abandon.abort();
    await Promise.race([all, this.clock.sleep(this.#shared.options.abortGraceMs, ended.signal)]);
  }

  async #resume(batch: BatchRecord): Promise<void> {
    const operation = this.operations.find(batch.operation);
    const isSafe = operation?.manifest.idempotent === true;
    await this.store.recover(
      batch.id,
      isSafe ? { kind: 'again' } : { kind: 'give-up', outcome: INTERRUPTED },
    );
    if (operation !== undefined) {
      this.start(batch);
      return;
    }
    this.#logger.warn(`Batch ${batch.id} is stopped: no plugin offers ${batch.operation} any more.`);
    await this.store.wind(batch.id, 'stopped', OPERATION_GONE);
    await this.store.end(batch.id, this.clock.now());
  }

  async #drive(id: string, run: BatchRun): Promise<void> {
    try {
      await run.drive();
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#logger.error({ err: error, batch: id }, 'A batch stands still');
    } finally {
      this.#runs.delete(id);
    }
  }

  async #get(id: string): Promise<BatchRecord> {
    const batch = await this.store.get(id);
    if (batch === null) throw BatchError.notFound(id);
    return batch;
  }

  #laneOf(operation: RegisteredOperation): Lane {
    const { name } = operation.manifest;
    const limits = operationLimits(operation);
    const lane = this.#lanes.get(name) ?? new Lane(limits, this.clock);
    lane.configure(limits);
    this.#lanes.set(name, lane);
    return lane;
  }
}
