import { Inject } from '@nestjs/common';
import { PollScheduler } from 'penstock/polling';

import { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';

const LATE_MS = 5_000;
const STUCK_MS = 30_000;

/** The heartbeat of polling: what is due begins at once, or waits for a slot. Late over 5 s degrades, over 30 s is down. */
@ContributesHealth('poller')
export class PollerHealth implements HealthContributor {
  constructor(@Inject(PollScheduler) private readonly scheduler: Pick<PollScheduler, 'stats'>) {}

  check(): HealthReport {
    const { overdueMs, stretch, ...counts } = this.scheduler.stats();
    const facts = { ...counts, overdueMs: Math.round(overdueMs), stretch: Number(stretch.toFixed(2)) };
    if (overdueMs <= LATE_MS) return { status: 'up', detail: facts };
    const message = `Nothing was polled for ${Math.round(overdueMs)} ms although something was due.`;
    return { status: overdueMs > STUCK_MS ? 'down' : 'degraded', detail: { ...facts, message } };
  }
}
