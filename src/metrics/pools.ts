import { Injectable } from '@nestjs/common';
import { AdmissionQueue, Balancer } from 'penstock/balancer';
import { DatabasePool } from 'penstock/database';
import { PoolMetrics } from 'penstock/metrics';
import { PollScheduler } from 'penstock/polling';
import { SessionPool } from 'penstock/upstream';

/** Shows every pool that callers may have to wait for. */
@Injectable()
export class Pools {
  constructor(
    metrics: PoolMetrics,
    database: DatabasePool,
    sessions: SessionPool,
    balancer: Balancer,
    queue: AdmissionQueue,
    scheduler: PollScheduler,
  ) {
    metrics.register('database.readers', () => database.stats().readers);
    metrics.register('database.writer', () => database.stats().writer);
    metrics.register('upstream.sessions', () => {
      const { running, open, waiting } = sessions.stats();
      return { active: running, idle: Math.max(0, open - running), waiting };
    });
    metrics.register('balancer.admission', () => ({
      active: balancer.stats().inFlight,
      idle: 0,
      waiting: queue.stats().waiting,
    }));
    metrics.register('polling.slots', () => {
      const { active, due } = scheduler.stats();
      return { active, idle: 0, waiting: due };
    });
  }
}
