export { LogLines } from './log-lines.js';
export { parseExposition, type Exposition, type Sample } from './parse-exposition.js';
