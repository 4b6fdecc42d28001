import { DiscoveryService } from '@nestjs/core';
import type { JsonObject } from 'penstock/kernel';
import type { z } from 'zod';

import type { BatchLimits, ItemOutcome, ItemRecord, PlannedItem } from './batch.js';

/** What an operation says of itself. */
export interface BatchOperationTraits {
  /** Most items at once, in all batches of the operation together. */
  readonly concurrency: number;
  /** Least time between two starts, in all batches of the operation together. @defaultValue 0 */
  readonly intervalMs?: number;
  /** Whether an item may be run again that was interrupted by the end of the process. @defaultValue false */
  readonly idempotent?: boolean;
  /** @defaultValue 0 */
  readonly retries?: number;
  /** The longest time that an item may take, in milliseconds. @defaultValue 120,000 */
  readonly timeoutMs?: number;
  /** Whether it must be confirmed, since it cannot be undone. @defaultValue false */
  readonly confirm?: boolean;
}

/** {@link BatchOperationTraits} with the name. */
export interface BatchOperationManifest extends BatchOperationTraits {
  /** Such as `token.test`. */
  readonly name: string;
}

/** The metadata of {@link BatchOperation}. */
export const BatchOperationMetadata = DiscoveryService.createDecorator<BatchOperationManifest>();

/**
 * Makes a provider of any module an operation that batches carry out. Its class extends {@link BatchOperationHandler}.
 *
 * @example
 * ```ts
 * @BatchOperation('token.test', { concurrency: 5, intervalMs: 300, idempotent: true })
 * export class TestTokens extends BatchOperationHandler<Input> { ... }
 * ```
 */
export const BatchOperation = (name: string, traits: BatchOperationTraits): ClassDecorator =>
  BatchOperationMetadata({ name, ...traits });

/** What an item is run with. */
export interface ItemContext {
  /** What was kept of the input. */
  readonly input: JsonObject;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborts when the item's time is up. */
  readonly signal: AbortSignal;
  /** Runs `work` while no other item works on `key`. For what becomes known only when the item runs; not to be nested. */
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** An operation over many items. One instance serves all batches. */
export abstract class BatchOperationHandler<Input = unknown> {
  /** What it takes. */
  abstract readonly input: z.ZodType<Input>;
  /** For people: what it does. */
  abstract readonly description: string;

  /** What of the input is stored, shown and given to `run`: never a secret. */
  abstract keep(input: Input): JsonObject;

  /** Limits of now, such as those of settings. @defaultValue those of the decorator */
  limits(): Partial<Pick<BatchLimits, 'concurrency' | 'intervalMs'>> {
    return {};
  }

  /** Every item, in pages of a size that fits into memory, positions rising. Changes nothing; may be called twice. */
  abstract plan(input: Input, batchId: string): AsyncIterable<readonly PlannedItem[]>;

  /**
   * Works on one item. What it throws is tried again as often as the batch says; an outcome is final. With
   * `idempotent`, running it again after an end of the process at any moment leads to the same.
   */
  abstract run(item: ItemRecord, context: ItemContext): Promise<ItemOutcome>;

  /** Says what `run` would do, and changes nothing. */
  abstract preview(item: ItemRecord, context: ItemContext): Promise<ItemOutcome>;
}
