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
export { PollingStrategyPlugin } from './polling-strategy.decorator.js';
export { PollingStrategies } from './polling-strategies.js';
export {
  PollJournal,
  type PollHold,
  type PollReason,
  type PollRecord,
  type PollReport,
} from './ports/poll-journal.js';
export { PollQueue, type QueuedPoll } from './ports/poll-queue.js';
export { PollTarget, type PollListing, type PollObservation, type PollRequest } from './ports/poll-target.js';
export {
  LONGEST_KNOWLEDGE_KEY,
  PollKnowledge,
  PollKnowledgeStore,
  type LearnedModel,
  type StoredKnowledge,
} from './ports/poll-knowledge.js';
export {
  PollingStrategy,
  type PollEnd,
  type PollHistory,
  type PollTraits,
} from './ports/polling-strategy.js';
export { MemoryPollKnowledgeStore } from './strategies/memory-poll-knowledge-store.js';
export { MemoryPollJournal, type MemoryPollJournalOptions } from './strategies/memory-poll-journal.js';
export { MemoryPollQueue } from './strategies/memory-poll-queue.js';
export { PredictiveStrategy } from './strategies/predictive/predictive-strategy.js';
export type { PredictiveOptions } from './strategies/predictive/predictive-strategy.options.js';
export { StagesStrategy } from './strategies/stages-strategy.js';
export type { Stage, StagesOptions } from './strategies/stages-strategy.options.js';
export type { TrackRequest } from './tracked-poll.js';
