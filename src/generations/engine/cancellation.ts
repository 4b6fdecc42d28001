import { Injectable } from '@nestjs/common';
import { PollScheduler } from 'penstock/polling';

import type { Generation } from '../generation.entity.js';
import { JobObserver } from './job-observer.js';
import { UpstreamCancellation } from './upstream-cancellation.js';

/** Stops generations that run upstream because their client wants it. */
@Injectable()
export class Cancellation {
  constructor(
    private readonly upstream: UpstreamCancellation,
    private readonly scheduler: PollScheduler,
    private readonly observer: JobObserver,
  ) {}

  /** Tells the upstream, as far as it listens, and ends the generation as cancelled in any case. */
  async carryOut(generation: Generation): Promise<Generation | null> {
    this.scheduler.untrack(generation.id);
    await this.upstream.request(generation);
    return this.observer.end(generation, { status: 'cancelled' });
  }
}
