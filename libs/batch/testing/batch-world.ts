import {
  BatchChanges,
  BatchCreator,
  BatchOperations,
  BatchRunner,
  MemoryBatchStore,
  type BatchOperationTraits,
  type BatchOptions,
  type BatchRecord,
  type BatchStore,
  type BatchWish,
} from 'penstock/batch';
import { ManualClock } from 'penstock/kernel/testing';

import { ScriptedOperation, type ScriptedItem } from './scripted-operation.js';

/** What a world is made of; the rest is made. */
export interface BatchWorldOptions extends BatchOptions {
  readonly store?: BatchStore;
  readonly clock?: ManualClock;
  readonly traits?: Partial<BatchOperationTraits>;
}

/** A runner on a clock that stands still, and one operation, `test.script`. */
export interface BatchWorld {
  readonly clock: ManualClock;
  readonly store: BatchStore;
  readonly operation: ScriptedOperation;
  readonly runner: BatchRunner;
  readonly creator: BatchCreator;
  readonly changes: BatchChanges;
  /** Makes a batch of these items. */
  create(items: readonly ScriptedItem[], wish?: BatchWish, confirmation?: string): Promise<BatchRecord>;
  /** How a batch stands: pending, running, succeeded, failed, skipped. */
  counts(id: string): Promise<readonly number[]>;
  state(id: string): Promise<string | undefined>;
}

/** Starts one without Nest. With the store of another, it is the next start of the process. */
export async function startBatchWorld({
  store = new MemoryBatchStore(),
  clock = new ManualClock(),
  traits = {},
  ...options
}: BatchWorldOptions = {}): Promise<BatchWorld> {
  const operation = new ScriptedOperation(clock);
  const manifest = { name: 'test.script', concurrency: 3, ...traits };
  const operations = new BatchOperations({ explore: () => [{ manifest, instance: operation }] });
  operations.onModuleInit();
  const changes = new BatchChanges();
  const runner = new BatchRunner(store, operations, changes, options, clock);
  const creator = new BatchCreator(store, operations, runner, options, clock);
  await runner.onApplicationBootstrap();
  return {
    clock,
    store,
    operation,
    runner,
    creator,
    changes,
    create: (items, wish = {}, confirmation) =>
      creator.create({ operation: manifest.name, input: { items }, wish, confirmation, createdBy: 'key_1' }),
    counts: async (id) => Object.values((await store.tallies([id])).get(id)?.counts ?? {}),
    state: async (id) => (await store.get(id))?.state,
  };
}
