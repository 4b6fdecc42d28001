export { Bell, Bells } from './bell.js';
export { ConcurrencyError, type ConcurrencyErrorCode } from './concurrency.errors.js';
export { ReentrantLock, type LockWait, type ReentrantLockOptions } from './reentrant-lock.js';
export { Semaphore, type Release, type SemaphoreOptions } from './semaphore.js';
export { SingleFlight } from './single-flight.js';
export { SilentWaitObserver, WaitObserver, type Wait } from './wait-observer.js';
