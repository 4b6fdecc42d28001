export {
  BATCH_STATES,
  ITEM_STATES,
  NO_RESULT,
  type BatchEnding,
  type BatchLimits,
  type BatchRecord,
  type BatchState,
  type BatchTally,
  type ItemOutcome,
  type ItemRecord,
  type ItemState,
  type PlannedItem,
} from './batch.js';
export { BatchChanges } from './batch-changes.js';
export { BatchCreator, type BatchRequest } from './batch-creator.js';
export { operationLimits, type BatchWish, type OperationLimits } from './batch-limits.js';
export {
  BatchOperation,
  BatchOperationHandler,
  type BatchOperationManifest,
  type BatchOperationTraits,
  type ItemContext,
} from './batch-operation.js';
export { BatchRunner } from './batch-runner.js';
export { BatchError, ConfirmationRequired, type BatchErrorCode } from './batch.errors.js';
export type { BatchModuleExtras } from './batch.module-definition.js';
export { BatchModule } from './batch.module.js';
export { resolveBatchOptions, type BatchOptions, type ResolvedBatchOptions } from './batch.options.js';
export { BatchOperations, type RegisteredOperation } from './operations.registry.js';
export { failed, skipped, succeeded, type OutcomeDetail } from './outcome.js';
export { BatchStore, skippedBy, type ItemEnd, type Recovery } from './ports/batch-store.js';
export { MemoryBatchStore } from './strategies/memory-batch-store.js';
export { Tally } from './tally.js';
