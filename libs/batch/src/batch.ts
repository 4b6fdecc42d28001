import type { JsonObject } from 'penstock/kernel';

/** What a batch can be. Items are added while it is `preparing`; nothing of it runs before it is `running`. */
export const BATCH_STATES = ['preparing', 'running', 'completed', 'stopped', 'cancelled'] as const;

/** A member of {@link BATCH_STATES}. */
export type BatchState = (typeof BATCH_STATES)[number];

/** How a batch ends before all of its items were tried: by an error, or because somebody wants it to. */
export type BatchEnding = 'stopped' | 'cancelled';

/** What an item can be. The last three are final, unless a failed one is retried. */
export const ITEM_STATES = ['pending', 'running', 'succeeded', 'failed', 'skipped'] as const;

/** A member of {@link ITEM_STATES}. */
export type ItemState = (typeof ITEM_STATES)[number];

/** How the items of a batch are run. */
export interface BatchLimits {
  /** Items at once, at least 1. */
  readonly concurrency: number;
  /** Least time between two starts, in milliseconds. */
  readonly intervalMs: number;
  /** How often an item that throws is tried again. */
  readonly retries: number;
  /** The longest time from the first start of an item to its end, in milliseconds. */
  readonly timeoutMs: number;
  /** What a failed item means for those that have not begun. */
  readonly onError: 'continue' | 'stop';
  /** Only says what would be done. */
  readonly dryRun: boolean;
}

/** A batch as it is stored. Times are in milliseconds since 1970. */
export interface BatchRecord {
  readonly id: string;
  readonly operation: string;
  /** What was asked for, without secrets. */
  readonly input: JsonObject;
  readonly limits: BatchLimits;
  readonly state: BatchState;
  /** Set as soon as no further item begins; the batch is still `running` until those under way have ended. */
  readonly ending: BatchEnding | null;
  /** Why it was stopped. */
  readonly reason: string | null;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Rises with every result and every change of the batch itself. */
  readonly revision: number;
  /** Items in all. */
  readonly total: number;
}

/** How an item ended. */
export interface ItemOutcome {
  readonly state: 'succeeded' | 'failed' | 'skipped';
  /** One word for programs, such as `valid`. */
  readonly result: string;
  /** For people; never holds a secret. */
  readonly reason: string | null;
  /** Words for what is another now, such as `enabled`. */
  readonly changes: readonly string[];
  /** The id of what was made or found, where the key does not say it. */
  readonly subject: string | null;
}

/** An item as an operation plans it. */
export interface PlannedItem {
  /** Its place, rising within the batch: the line number of an import. At least 1. */
  readonly position: number;
  /** What it works on, such as the id of a token: no two items with the same key run at once. `null` for nothing. */
  readonly key: string | null;
  /** For people. */
  readonly label: string;
  /** What the operation needs to run it. Kept until it has succeeded or was skipped; seal what is secret. */
  readonly payload: string | null;
  /** Set when the outcome is known already: the item never runs. */
  readonly outcome: ItemOutcome | null;
}

/** An item as it is stored. */
export interface ItemRecord {
  readonly batchId: string;
  readonly position: number;
  readonly key: string | null;
  readonly label: string;
  readonly payload: string | null;
  readonly state: ItemState;
  /** Starts so far. */
  readonly attempts: number;
  readonly result: string | null;
  readonly reason: string | null;
  readonly changes: readonly string[];
  readonly subject: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  /** The revision of the batch that its result made; `null` while it has none. */
  readonly sequence: number | null;
}

/** What an item holds of its result while it has none. */
export const NO_RESULT = {
  result: null,
  reason: null,
  changes: [],
  subject: null,
  startedAt: null,
  durationMs: null,
  sequence: null,
} satisfies Partial<ItemRecord>;

/** The items of a batch, counted. */
export interface BatchTally {
  /** How many are in each state. */
  readonly counts: Readonly<Record<ItemState, number>>;
  /** How often each result was had. */
  readonly results: Readonly<Record<string, number>>;
  /** How often each change was made. */
  readonly changes: Readonly<Record<string, number>>;
}
