import { type FactoryProvider, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock, SystemClock } from 'penstock/kernel';

import { PollKnowledgeKeeper } from './poll-knowledge-keeper.js';
import { PollScheduler } from './poll-scheduler.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './polling.module-definition.js';
import type { PollingOptions } from './polling.options.js';
import { PollingParts } from './polling.parts.js';
import { PollingStrategies } from './polling-strategies.js';
import { PollJournal } from './ports/poll-journal.js';
import { PollQueue } from './ports/poll-queue.js';
import { MemoryPollJournal } from './strategies/memory-poll-journal.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';

const queue: FactoryProvider<PollQueue> = {
  provide: PollQueue,
  inject: [MODULE_OPTIONS_TOKEN],
  useFactory: (options: PollingOptions) => options.queue ?? new MemoryPollQueue(),
};

const journal: FactoryProvider<PollJournal> = {
  provide: PollJournal,
  inject: [{ token: Clock, optional: true }],
  useFactory: (clock: Clock = new SystemClock()) => new MemoryPollJournal(clock),
};

const scheduler: FactoryProvider<PollScheduler> = {
  provide: PollScheduler,
  inject: [PollingParts],
  useFactory: (parts: PollingParts) => new PollScheduler(parts),
};

/**
 * Offers {@link PollScheduler}, {@link PollingStrategies} and {@link PollJournal}. Any module of the application provides the `PollTarget`; it
 * may import this one. A `Clock`, a `Random`, a `WaitObserver` and a `PollKnowledgeStore` are taken from a global module
 * or from `imports` if there are any. The scheduler stops when the application closes.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [queue, journal, PollingParts, PollingStrategies, PollKnowledgeKeeper, scheduler],
  exports: [PollScheduler, PollingStrategies, PollJournal],
})
export class PollingModule extends ConfigurableModuleClass {}
