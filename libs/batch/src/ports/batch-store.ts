import type { BatchEnding, BatchRecord, BatchTally, ItemOutcome, ItemRecord, PlannedItem } from '../batch.js';

/** How an item that ran ended, and what it took. */
export interface ItemEnd extends ItemOutcome {
  /** Tries of this run: at least 1, or 0 when it was never really begun. */
  readonly tries: number;
  readonly durationMs: number;
}

/** What becomes of the items that were running when the process ended. */
export type Recovery =
  { readonly kind: 'again' } | { readonly kind: 'give-up'; readonly outcome: ItemOutcome };

/**
 * Port: where batches and their items are kept. Every change is whole or not at all, and survives an end of the process
 * from the moment that the method resolves. Times are in milliseconds since 1970.
 */
export abstract class BatchStore {
  /** Adds a batch that is `preparing`. */
  abstract create(batch: BatchRecord): Promise<void>;

  /** Adds items to a batch that is `preparing`; those with an outcome have their result at once. */
  abstract addItems(id: string, items: readonly PlannedItem[]): Promise<void>;

  /** Makes a `preparing` batch `running`. @returns the batch */
  abstract open(id: string, at: number): Promise<BatchRecord>;

  /** Removes a batch and its items. Content when there is none. */
  abstract discard(id: string): Promise<void>;

  /** `null` when there is none. */
  abstract get(id: string): Promise<BatchRecord | null>;

  /** Those that are `preparing` or `running`, the oldest first. */
  abstract unfinished(): Promise<readonly BatchRecord[]>;

  /** Pending items after a position, in order. */
  abstract pending(id: string, after: number, limit: number): Promise<readonly ItemRecord[]>;

  /**
   * Turns a pending item into a running one and counts the start.
   *
   * @returns false when it is not pending (any more)
   */
  abstract begin(id: string, position: number, at: number): Promise<boolean>;

  /**
   * Gives a running item its result, its `sequence` being the new revision of the batch. The payload is kept only of a
   * failed one.
   *
   * @returns false when it is not running (any more), and then nothing was changed
   */
  abstract finish(id: string, position: number, end: ItemEnd): Promise<boolean>;

  /** Undoes the begin of an item that never ran: pending again, or skipped as `wind` does when the batch is ending. */
  abstract release(id: string, position: number): Promise<void>;

  /** What {@link release} does, or an outcome, for every running item. For a batch that nobody runs. */
  abstract recover(id: string, recovery: Recovery): Promise<void>;

  /**
   * Lets no further item begin: notes the ending and its reason and skips every pending item, with the ending as result.
   *
   * @returns false when the batch is not running or is ending already, and then nothing was changed
   */
  abstract wind(id: string, ending: BatchEnding, reason: string): Promise<boolean>;

  /** Ends a running batch without pending and running items, as its ending says, or as completed. Else changes nothing. */
  abstract end(id: string, at: number): Promise<void>;

  /**
   * Makes the failed items of an ended batch pending, and the batch running.
   *
   * @returns how many; with 0 nothing was changed
   */
  abstract retry(id: string): Promise<number>;

  /** The tally of each of these batches, in one look: those without items have zeros, those that are not there, too. */
  abstract tallies(ids: readonly string[]): Promise<ReadonlyMap<string, BatchTally>>;

  /** Items with a result of a later revision than `after`, in the order of their results. */
  abstract results(id: string, after: number, limit: number): Promise<readonly ItemRecord[]>;
}

/** The outcome of items that an ending kept from beginning. */
export function skippedBy(ending: BatchEnding): ItemOutcome {
  const reason =
    ending === 'cancelled'
      ? 'The batch was cancelled before it began.'
      : 'The batch was stopped before it began.';
  return { state: 'skipped', result: ending, reason, changes: [], subject: null };
}
