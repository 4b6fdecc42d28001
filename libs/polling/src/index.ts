export { PollScheduler } from './poll-scheduler.js';
export type { PollSchedulerParts, PollSchedulerStats } from './poll-scheduler.types.js';
export { PollingModule } from './polling.module.js';
export {
  resolvePollDeadlines,
  resolvePollSettings,
  type PollDeadlines,
  type PollingOptions,
  type PollSettings,
} from './polling.options.js';
export { PollQueue, type QueuedPoll } from './ports/poll-queue.js';
export { PollTarget, type PollObservation } from './ports/poll-target.js';
export { PollingStrategy, type PollHistory } from './ports/polling-strategy.js';
export { MemoryPollQueue } from './strategies/memory-poll-queue.js';
export { StagesStrategy } from './strategies/stages-strategy.js';
export type { Stage, StagesOptions } from './strategies/stages-strategy.options.js';
export type { TrackRequest } from './tracked-poll.js';
