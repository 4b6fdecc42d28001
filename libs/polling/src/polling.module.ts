import { type FactoryProvider, Module } from '@nestjs/common';

import { PollScheduler } from './poll-scheduler.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './polling.module-definition.js';
import type { PollingOptions } from './polling.options.js';
import { PollingParts } from './polling.parts.js';
import { PollQueue } from './ports/poll-queue.js';
import { PollingStrategy } from './ports/polling-strategy.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';
import { StagesStrategy } from './strategies/stages-strategy.js';

const strategy: FactoryProvider<PollingStrategy> = {
  provide: PollingStrategy,
  inject: [MODULE_OPTIONS_TOKEN],
  useFactory: (options: PollingOptions) => options.strategy ?? new StagesStrategy(),
};

const queue: FactoryProvider<PollQueue> = {
  provide: PollQueue,
  inject: [MODULE_OPTIONS_TOKEN],
  useFactory: (options: PollingOptions) => options.queue ?? new MemoryPollQueue(),
};

const scheduler: FactoryProvider<PollScheduler> = {
  provide: PollScheduler,
  inject: [PollingParts],
  useFactory: (parts: PollingParts) => new PollScheduler(parts),
};

/**
 * Offers {@link PollScheduler}. Any module of the application provides the `PollTarget`; it may import this one. A
 * `Clock`, a `Random` and a `WaitObserver` are taken from a global module or from `imports` if there are any. The
 * scheduler stops when the application closes.
 */
@Module({ providers: [strategy, queue, PollingParts, scheduler], exports: [PollScheduler] })
export class PollingModule extends ConfigurableModuleClass {}
