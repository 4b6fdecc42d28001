import { Inject, Injectable, Optional } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { WaitObserver, SilentWaitObserver } from 'penstock/concurrency';
import { Clock, Random, SystemClock, SystemRandom } from 'penstock/kernel';

import type { PollSchedulerParts } from './poll-scheduler.types.js';
import { MODULE_OPTIONS_TOKEN } from './polling.module-definition.js';
import { type PollingOptions, resolvePollDeadlines, resolvePollSettings } from './polling.options.js';
import { PollingStrategies } from './polling-strategies.js';
import { PollJournal } from './ports/poll-journal.js';
import { PollQueue } from './ports/poll-queue.js';
import { PollTarget } from './ports/poll-target.js';
import type { PollingStrategy } from './ports/polling-strategy.js';

/** Collects from the Nest container what a scheduler is made of. */
@Injectable()
export class PollingParts implements PollSchedulerParts {
  readonly settings;
  readonly deadlines;

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly strategies: PollingStrategies,
    readonly queue: PollQueue,
    readonly journal: PollJournal,
    @Inject(MODULE_OPTIONS_TOKEN) options: PollingOptions,
    @Optional() readonly clock: Clock = new SystemClock(),
    @Optional() readonly random: Random = new SystemRandom(),
    @Optional() readonly observer: WaitObserver = new SilentWaitObserver(),
  ) {
    this.settings = resolvePollSettings(options);
    this.deadlines = resolvePollDeadlines(options.deadlineMs);
  }

  readonly strategy = (): PollingStrategy => this.strategies.current;

  /** @throws Error when no module of the application provides a `PollTarget`. */
  readonly target = (): PollTarget => {
    try {
      return this.moduleRef.get(PollTarget, { strict: false });
    } catch (cause) {
      const fix = 'Add { provide: PollTarget, useClass: … } to a module of the application.';
      throw new Error(`PollingModule found no PollTarget. ${fix}`, { cause });
    }
  };
}
