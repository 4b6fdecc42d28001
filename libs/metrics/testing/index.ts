export { lintExposition } from './lint-exposition.js';
export { LogLines } from './log-lines.js';
export { parseExposition, type Exposition, type Sample } from './parse-exposition.js';
export { watchedOperations, type WatchedOperations } from './watched-operations.js';
