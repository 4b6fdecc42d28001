export { collectedHeap, collectGarbage } from './collected-heap.js';
export { ManualClock } from './manual-clock.js';
export { SeededRandom } from './seeded-random.js';
