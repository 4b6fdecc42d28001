import { createHash, randomBytes } from 'node:crypto';

import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock, SystemClock, type JsonObject } from 'penstock/kernel';

import type { BatchLimits, BatchRecord, PlannedItem } from './batch.js';
import { BatchError, ConfirmationRequired } from './batch.errors.js';
import { MODULE_OPTIONS_TOKEN } from './batch.module-definition.js';
import { resolveBatchOptions, type BatchOptions } from './batch.options.js';
import { resolveLimits, type BatchWish } from './batch-limits.js';
import { BatchRunner } from './batch-runner.js';
import { Confirmations } from './confirmations.js';
import { BatchOperations } from './operations.registry.js';
import { BatchStore } from './ports/batch-store.js';

/** What is asked for. */
export interface BatchRequest {
  readonly operation: string;
  /** As the schema of the operation gives it. */
  readonly input: unknown;
  readonly wish?: BatchWish;
  /** What `confirmation_required` told. */
  readonly confirmation?: string | undefined;
  /** Who asks, such as the id of a key. */
  readonly createdBy: string;
}

/** A page that came slowly, as by a slow upload, was no work of that length. */
const LONGEST_REST_MS = 20;

/** Makes batches: all of their items are stored before anything runs. */
@Injectable()
export class BatchCreator {
  readonly #confirmations: Confirmations;
  readonly #maxItems: number;

  constructor(
    private readonly store: BatchStore,
    private readonly operations: BatchOperations,
    private readonly runner: BatchRunner,
    @Inject(MODULE_OPTIONS_TOKEN) options: BatchOptions,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {
    this.#confirmations = new Confirmations(clock);
    this.#maxItems = resolveBatchOptions(options).maxItems;
  }

  /**
   * Stores a batch and begins with it. It goes on after a restart from the moment that this resolves; when it rejects,
   * nothing is left.
   *
   * @throws BatchError `batch_operation_not_found`, `batch_limit`, `batch_too_large`, `confirmation_required`; what the
   *   plan of the operation throws
   */
  async create(request: BatchRequest): Promise<BatchRecord> {
    const operation = this.operations.get(request.operation);
    const { handler, manifest } = operation;
    const limits = resolveLimits(request.wish ?? {}, operation);
    const batch = this.#newBatch(request, handler.keep(request.input), limits);
    await this.store.create(batch);
    try {
      const planned = await this.#store(batch.id, handler.plan(request.input, batch.id));
      if (manifest.confirm === true && !limits.dryRun) this.#confirm(request, batch, planned);
      const opened = await this.store.open(batch.id, this.clock.now());
      this.runner.start(opened);
      return opened;
    } catch (error) {
      await this.store.discard(batch.id);
      throw error;
    }
  }

  #newBatch({ operation, createdBy }: BatchRequest, input: JsonObject, limits: BatchLimits): BatchRecord {
    return {
      id: `batch_${randomBytes(12).toString('hex')}`,
      operation,
      input,
      limits,
      createdBy,
      createdAt: this.clock.now(),
      state: 'preparing',
      ending: null,
      reason: null,
      startedAt: null,
      endedAt: null,
      revision: 0,
      total: 0,
    };
  }

  /**
   * Stores the pages of a plan. After each it rests for as long as that took, so that a long plan leaves others half of
   * the process and of the database.
   *
   * @returns how many, and a hash that tells them from any others
   */
  async #store(id: string, pages: AsyncIterable<readonly PlannedItem[]>): Promise<Planned> {
    const hash = createHash('sha256');
    let count = 0;
    let beganAt = this.clock.monotonic();
    for await (const page of pages) {
      count += page.length;
      if (count > this.#maxItems) throw BatchError.tooLarge(this.#maxItems);
      for (const { position, key } of page) hash.update(`${position} ${key ?? ''}\n`);
      if (page.length > 0) await this.store.addItems(id, page);
      const tookMs = this.clock.monotonic() - beganAt;
      if (tookMs > 0) await this.clock.sleep(Math.min(tookMs, LONGEST_REST_MS));
      beganAt = this.clock.monotonic();
    }
    return { count, hash: hash.digest('hex') };
  }

  /** What was confirmed is this operation on these very items. */
  #confirm(
    { operation, confirmation }: BatchRequest,
    { input }: BatchRecord,
    { count, hash }: Planned,
  ): void {
    const digest = JSON.stringify([operation, input, hash]);
    if (count === 0 || (confirmation !== undefined && this.#confirmations.use(confirmation, digest))) return;
    throw new ConfirmationRequired(this.#confirmations.ask(digest), operation, count);
  }
}

interface Planned {
  readonly count: number;
  readonly hash: string;
}
