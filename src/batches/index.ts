export { BatchesModule } from './batches.module.js';
export { batchMigrations } from './migrations/index.js';
