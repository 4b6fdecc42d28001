import { CreateBatches1764000030000 } from './1764000030000-create-batches.js';

/** In the order of their making. */
export const batchMigrations = [CreateBatches1764000030000] as const;
