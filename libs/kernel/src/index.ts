export { assertNever } from './assert-never.js';
export { Clock, type Timer } from './clock.js';
export { CodedError, type CodedErrorOptions } from './coded-error.js';
export type { ErrorCategory } from './error-category.js';
export type { JsonObject, JsonValue } from './json.js';
export { longLivedAbort } from './long-lived-abort.js';
export { Random } from './random.js';
export { SystemClock } from './system-clock.js';
export { SystemRandom } from './system-random.js';
