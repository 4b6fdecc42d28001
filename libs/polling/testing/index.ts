export {
  aPollRequest,
  FakeListTarget,
  FakePollTarget,
  type ListScript,
  type PollScript,
} from './fake-poll-target.js';
export { aPollReport, describePollJournal } from './poll-journal.conformance.js';
export { describePollKnowledgeStore } from './poll-knowledge-store.conformance.js';
export { describePollQueue } from './poll-queue.conformance.js';
export { aListingScheduler, aPollScheduler, type PollSchedulerFixture } from './poll-scheduler.fixture.js';
export { describePollingStrategy, type DelayRange } from './polling-strategy.conformance.js';
