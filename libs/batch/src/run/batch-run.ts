import { longLivedAbort, type Clock } from 'penstock/kernel';
import PQueue from 'p-queue';

import type { BatchEnding, BatchRecord, ItemRecord } from '../batch.js';
import type { ResolvedBatchOptions } from '../batch.options.js';
import type { RegisteredOperation } from '../operations.registry.js';
import type { BatchStore } from '../ports/batch-store.js';
import { runItem, type ItemRunParts } from './item-run.js';
import type { KeyLocks } from './key-locks.js';
import type { Lane } from './lane.js';
import { Pace } from './pace.js';
import type { Patience } from './patience.js';
import { ProgressMeter } from './progress-meter.js';

/** What all runs share. */
export interface SharedParts {
  readonly store: BatchStore;
  readonly clock: Clock;
  readonly locks: KeyLocks;
  readonly patience: Patience;
  readonly options: ResolvedBatchOptions;
  /** Aborts when the process ends: nothing may start any more. */
  readonly stop: AbortSignal;
  /** Aborts a little later: what is under way has to come to its end. */
  readonly abandon: AbortSignal;
  /** Told after every stored change of a batch. */
  readonly changed: (id: string) => void;
}

/** Carries out one batch, from where its items stand. */
export class BatchRun {
  readonly meter: ProgressMeter;
  readonly #halt = longLivedAbort();
  readonly #places: PQueue;
  readonly #pace: Pace;
  #bug: { readonly error: unknown } | null = null;

  constructor(
    private readonly batch: BatchRecord,
    private readonly operation: RegisteredOperation,
    private readonly lane: Lane,
    private readonly shared: SharedParts,
  ) {
    const { concurrency, intervalMs } = batch.limits;
    this.meter = new ProgressMeter(shared.clock);
    this.#places = new PQueue({ concurrency });
    this.#pace = new Pace(shared.clock, () => intervalMs);
  }

  /** Resolves when the batch has ended, or the process is about to. */
  async drive(): Promise<void> {
    const { store, patience, stop, clock } = this.shared;
    const { id } = this.batch;
    const halt = (): void => {
      this.#halt.abort();
    };
    stop.addEventListener('abort', halt, { once: true });
    if (stop.aborted || this.batch.ending !== null) halt();
    try {
      await this.#feed();
      await this.#places.onIdle();
      if (stop.aborted) return;
      if (this.#bug !== null) throw this.#bug.error;
      await patience.until(() => store.end(id, clock.now()));
      this.shared.changed(id);
    } finally {
      stop.removeEventListener('abort', halt);
    }
  }

  /** Lets no further item begin. @returns false when the batch is ending already */
  async wind(ending: BatchEnding, reason: string): Promise<boolean> {
    const { store, patience, changed } = this.shared;
    const isFirst = await patience.until(() => store.wind(this.batch.id, ending, reason));
    this.#halt.abort();
    changed(this.batch.id);
    return isFirst;
  }

  #isHalted(): boolean {
    return this.#halt.signal.aborted;
  }

  /** Only as many items are in memory as a page holds. */
  async #feed(): Promise<void> {
    const { store, patience, options } = this.shared;
    for (let after = 0; !this.#isHalted();) {
      const items = await patience.until(() => store.pending(this.batch.id, after, options.pageSize));
      if (items.length === 0) return;
      for (const item of items) {
        await this.#places.onSizeLessThan(1);
        if (this.#isHalted()) return;
        void this.#places.add(() => this.#enter(item));
      }
      after = items.at(-1)?.position ?? after;
    }
  }

  /** The key comes before the place, so that an item that waits for another batch keeps nobody else waiting. */
  async #enter(item: ItemRecord): Promise<void> {
    try {
      await this.shared.locks.run(item.key, () => this.lane.run(() => this.#run(item)));
    } catch (error) {
      // The end of the process may keep a result from being stored: the next start finds the item running.
      if (this.shared.stop.aborted) return;
      this.#bug = { error };
      this.#halt.abort();
    }
  }

  async #run(item: ItemRecord): Promise<void> {
    const { store, patience, clock, changed } = this.shared;
    const { batchId, position } = item;
    if (this.#isHalted()) return;
    if (!(await patience.until(() => store.begin(batchId, position, clock.now())))) return;
    changed(batchId);
    const end = await runItem(item, this.#partsFor(item));
    if (end === null) await patience.until(() => store.release(batchId, position));
    else if (!this.#isCutOff(end)) await patience.until(() => store.finish(batchId, position, end));
    if (end !== null) this.meter.note();
    changed(batchId);
    if (end?.state === 'failed' && this.batch.limits.onError === 'stop')
      await this.wind('stopped', `${item.label} (item ${position}) failed: ${end.reason ?? end.result}`);
  }

  /** What the end of the process cut off is left running, for the next start to decide about. */
  #isCutOff({ result }: { readonly result: string }): boolean {
    return this.shared.abandon.aborted && result === 'deadline_exceeded';
  }

  #partsFor({ key: own }: ItemRecord): ItemRunParts {
    const { clock, options, locks, stop, abandon } = this.shared;
    return {
      batch: this.batch,
      operation: this.operation,
      clock,
      stop,
      abandon,
      abortGraceMs: options.abortGraceMs,
      retryPauseMs: options.retryPauseMs,
      halt: this.#halt.signal,
      turn: () => this.#pace.turn(this.#halt.signal, this.lane.pace),
      exclusively: (key, work) => locks.run(key === own ? null : key, work),
    };
  }
}
