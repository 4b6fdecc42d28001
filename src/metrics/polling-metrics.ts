import { Injectable } from '@nestjs/common';
import { AppMetrics } from 'penstock/metrics';
import { PollScheduler } from 'penstock/polling';

/** Shows whether this process is fast enough for all that it polls. Read at each scrape. */
@Injectable()
export class PollingMetrics {
  constructor(metrics: AppMetrics, scheduler: PollScheduler) {
    metrics.gauge({
      name: 'penstock_polling_stretch',
      help: 'How many times longer pauses between polls are than planned, because there are too many, at the origin with the longest; 1 while there is no need.',
      collect: (gauge) => {
        gauge.set(scheduler.stats().stretch);
      },
    });
  }
}
