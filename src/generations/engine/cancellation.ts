import { Injectable } from '@nestjs/common';
import { PollScheduler } from 'penstock/polling';

import type { Generation } from '../generation.entity.js';
import { JobObserver } from './job-observer.js';
import { Settlement } from './settlement.js';
import { UpstreamCancellation } from './upstream-cancellation.js';

/** Stops generations that run upstream because their client wants it. */
@Injectable()
export class Cancellation {
  constructor(
    private readonly upstream: UpstreamCancellation,
    private readonly settlement: Settlement,
    private readonly scheduler: PollScheduler,
    private readonly observer: JobObserver,
  ) {}

  /** Tells the upstream, as far as it listens, and ends the generation as cancelled in any case. */
  async carryOut(generation: Generation): Promise<Generation | null> {
    this.scheduler.untrack(generation.id);
    await this.upstream.request(generation);
    const polls = this.observer.polls(generation);
    this.observer.forget(generation.id);
    return this.settlement.settle(generation.id, { status: 'cancelled' }, { polls });
  }
}
