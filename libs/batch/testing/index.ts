export { aBatch, anItem } from './a-batch.js';
export { describeBatchStore } from './batch-store.conformance.js';
export { ScriptedOperation, type ScriptedItem } from './scripted-operation.js';
export { startBatchWorld, type BatchWorld } from './batch-world.js';
