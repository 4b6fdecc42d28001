import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { PollScheduler } from 'penstock/polling';

import type { Generation } from '../generation.entity.js';

/** After a long standstill the upstream is asked for at least this long before a generation is given up. */
const GRACE_MS = 60_000;

/** How long generations may still be polled. */
@Injectable()
export class PollDeadlines {
  constructor(
    private readonly scheduler: PollScheduler,
    private readonly clock: Clock,
  ) {}

  /** Milliseconds until the deadline of an accepted generation, at least a minute. */
  remainingMs(generation: Generation): number {
    const elapsed = this.clock.now() - (generation.startedAt ?? this.clock.now());
    return Math.max(GRACE_MS, this.scheduler.deadlineMs(generation.kind) - Math.max(0, elapsed));
  }
}
