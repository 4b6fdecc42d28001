import { describeBatchStore } from '../../testing/index.js';
import { MemoryBatchStore } from './memory-batch-store.js';

describeBatchStore('MemoryBatchStore', () => new MemoryBatchStore());
